using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>
/// A model with PyTorch's weights, compared with PyTorch's outputs, gradients and ten training steps: files of
/// tests/Vectors/make_models.py. Here the inputs are vectors and the outputs have a class or a target each; others derive.
/// </summary>
internal class TorchCase
{
    // Of the largest value, and of 1 where that is smaller: 17 units in the last place of a float at 1.
    private const double OutputTolerance = 2e-6;

    // Of the largest gradient of the tensor.
    private const double GradientTolerance = 1e-5;
    private const double NormTolerance = 1e-6, FirstLossTolerance = 1e-6, LossTolerance = 1e-5;

    // What make_models.py trains with.
    private const float Clip = 0.1f;

    private static readonly (string Name, float Rate, OptimizerSettings Settings)[] s_optimisers =
    [
        ("adamw", 0.01f, new AdamWSettings { WeightDecay = 0.01 }),
        ("adam", 0.01f, new AdamSettings()),
        ("sgd", 0.2f, new SgdSettings { Momentum = 0.9, WeightDecay = 0.01 }),
    ];

    public TorchCase(string name)
    {
        Name = name;
        Model = VectorFiles.Load(name);
        Vectors = VectorFiles.VectorsOf(name);
        Sequences = Vectors.Keys.Count(key => key.StartsWith("outputs.", StringComparison.Ordinal));
    }

    protected string Name { get; }

    protected TestModel Model { get; }

    protected Dictionary<string, float[]> Vectors { get; }

    /// <summary>Number of sequences of the batch.</summary>
    protected int Sequences { get; }

    /// <summary>Room for the batch, and clipping as the script has it.</summary>
    protected virtual TrainerOptions Options => new() { MaxBatch = Sequences, MaxSteps = Enumerable.Range(0, Sequences).Max(StepsOf), ClipNorm = Clip };

    public void CheckOutputs()
    {
        for (int i = 0; i < Sequences; i++)
        {
            float[] outputs = new float[Vectors[$"outputs.{i}"].Length];
            Run(i, outputs);
            Compare.Close(Name, $"outputs.{i}", Doubles($"outputs.{i}"), outputs, OutputTolerance, floor: 1);
        }
    }

    public void CheckGradients()
    {
        using SequenceTrainer trainer = Model.CreateTrainer(Options);
        double loss = Backward(trainer);
        Dictionary<string, float[]> gradients = Model.Gradients(trainer);
        Compare.Close(Name, "loss", Vectors["losses.adamw"][0], loss, FirstLossTolerance);
        Assert.Equal(Vectors.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal)).Order(), gradients.Keys.Select(key => "grad." + key).Order());
        foreach ((string tensor, float[] gradient) in gradients)
        {
            Compare.Close(Name, $"gradient of {tensor}", Doubles("grad." + tensor), gradient, GradientTolerance);
        }

        Compare.Close(Name, "gradient norm", Vectors["grad_norm"][0], trainer.Update(0).GradientNorm, NormTolerance);
    }

    public void CheckLosses()
    {
        Assert.True(Vectors["grad_norm"][0] > Clip, $"{Name}: the norm of the gradient is {Vectors["grad_norm"][0]}, so that clipping to {Clip} is not tested.");
        foreach ((string optimiser, float rate, OptimizerSettings settings) in s_optimisers)
        {
            float[] losses = Vectors["losses." + optimiser];
            using SequenceTrainer trainer = Model.CreateTrainer(Options with { Optimizer = settings });
            for (int update = 0; update < losses.Length; update++)
            {
                Compare.Close(Name, $"loss before {optimiser} update {update + 1}", losses[update], Backward(trainer), LossTolerance);
                trainer.Update(rate);
            }

            Assert.True(losses[^1] < losses[0]);
        }
    }

    /// <summary>Whole numbers of the vectors.</summary>
    protected int[] Integers(string name) => Array.ConvertAll(Vectors[name], value => (int)value);

    protected virtual int StepsOf(int index) => Vectors[$"inputs.{index}"].Length / Model.Case.Input;

    /// <summary>Outputs of a sequence.</summary>
    protected virtual void Run(int index, Span<float> outputs) => Model.CreateStream().Run(Vectors[$"inputs.{index}"], outputs);

    /// <summary>Adds a sequence to the trainer's batch.</summary>
    protected virtual void Add(SequenceTrainer trainer, int index) => trainer.Add(Vectors[$"inputs.{index}"]);

    /// <summary>Loss of the batch as the script defines it; sets its gradient.</summary>
    protected virtual double Loss(SequenceTrainer trainer)
    {
        if (Vectors.ContainsKey("targets.0"))
        {
            float perOutput = 1f / Enumerable.Range(0, Sequences).Sum(i => Vectors[$"targets.{i}"].Length);
            return Enumerable.Range(0, Sequences).Sum(i => RegressionLoss(trainer, i, perOutput));
        }

        int[][] labels = [.. Enumerable.Range(0, Sequences).Select(i => Integers($"labels.{i}"))];
        float perRow = 1f / labels.Sum(rows => rows.Count(label => label >= 0));
        return labels.Select((rows, i) => trainer.CrossEntropy(i, rows, perRow)).Sum();
    }

    private double Backward(SequenceTrainer trainer)
    {
        trainer.Clear();
        for (int i = 0; i < Sequences; i++)
        {
            Add(trainer, i);
        }

        trainer.Forward();
        double loss = Loss(trainer);
        trainer.Backward();
        return loss;
    }

    /// <summary>Binary cross-entropy of sigmoid outputs, squared error of others.</summary>
    private double RegressionLoss(SequenceTrainer trainer, int index, float scale)
    {
        bool binary = Model.Case.Layers[^1] is DenseAttribute { Activation: Activation.Sigmoid };
        ReadOnlySpan<float> outputs = trainer.GetOutputs(index), targets = Vectors[$"targets.{index}"];
        Span<float> gradients = trainer.GetOutputGradients(index);
        double loss = 0;
        for (int k = 0; k < targets.Length; k++)
        {
            double y = outputs[k], difference = y - targets[k];
            loss += binary ? -Math.Log(targets[k] == 1 ? y : 1 - y) : difference * difference;
            gradients[k] = (float)(scale * (binary ? difference / (y * (1 - y)) : 2 * difference));
        }

        return scale * loss;
    }

    private double[] Doubles(string name) => Array.ConvertAll(Vectors[name], value => (double)value);
}
