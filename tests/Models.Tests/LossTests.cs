using Seq.Embedded.Decoding;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>
/// The losses of trainers: values from their formulas and gradients from finite differences, both in double precision on the reference model.
/// </summary>
public class LossTests
{
    private const float Scale = 0.25f;
    private const double Tolerance = 1e-5;

    private static readonly int[] Lengths = [5, 9, 1, 7];

    private static readonly TrainerOptions Options = new() { MaxBatch = 4, MaxSteps = 9, MaxLabels = 4 };

    [Theory]
    [InlineData(nameof(DenseSigmoidOnlyModel), false)]
    [InlineData(nameof(DenseSigmoidModel), false)]
    [InlineData(nameof(OpenSigmoidModel), false)]
    [InlineData(nameof(OpenSigmoidModel), true)]
    [InlineData(nameof(LastConvOfOneModel), false)]
    public void Binary_cross_entropy_agrees_with_finite_differences(string name, bool weighted)
    {
        Random random = new(4);
        TestModel model = ModelCase.Get(name).Create();
        int size = model.OutputSize;
        float[][] targets = [.. Lengths.Select(length => Enumerable.Range(0, model.OutputLength(length)).Select(i => i % 3 == 0 ? random.NextSingle() : random.Next(2)).ToArray())];
        float[][] weights = [.. Lengths.Select(length => weighted ? Enumerable.Range(0, length).Select(t => 0.5f * (t % 3)).ToArray() : [])];
        Check(
            name,
            (trainer, i) => trainer.BinaryCrossEntropy(i, targets[i], Scale, weights[i]),
            (i, outputs) => -WeightedSum(weights[i], outputs, (t, k, p) => (targets[i][(t * size) + k] * Math.Log(p)) + ((1 - targets[i][(t * size) + k]) * Math.Log(1 - p))));
    }

    [Theory]
    [InlineData(nameof(DenseOnlyModel), false)]
    [InlineData(nameof(DenseReluHeadModel), false)]
    [InlineData(nameof(GruModel), true)]
    [InlineData(nameof(DenseSigmoidOnlyModel), true)]
    [InlineData(nameof(OpenSoftmaxModel), false)]
    [InlineData(nameof(RememberModel), true)]
    public void Mean_squared_error_agrees_with_finite_differences(string name, bool weighted)
    {
        TestModel model = ModelCase.Get(name).Create();
        int size = model.OutputSize;
        float[][] targets = [.. Lengths.Select((length, i) => TestData.Values(model.OutputLength(length), 70 + i))];
        float[][] weights = [.. targets.Select((target, i) => weighted ? Enumerable.Range(i, target.Length / size).Select(t => 0.5f * (t % 3)).ToArray() : [])];
        Check(
            name,
            (trainer, i) => trainer.MeanSquaredError(i, targets[i], Scale, weights[i]),
            (i, outputs) => WeightedSum(weights[i], outputs, (t, k, y) => Math.Pow(y - targets[i][(t * size) + k], 2) / size));
    }

    [Theory]
    [InlineData(nameof(OpenSoftmaxModel), 0)]
    [InlineData(nameof(OpenSoftmaxModel), 0.2f)]
    [InlineData(nameof(RememberModel), 0.2f)]
    public void Cross_entropy_with_class_weights_and_smoothing_agrees_with_finite_differences(string name, float smoothing)
    {
        TestModel model = ModelCase.Get(name).Create();
        int size = model.OutputSize;
        float[] weights = [.. Enumerable.Range(0, size).Select(k => 0.5f + k)];
        int[][] labels = [.. Lengths.Select(length => Enumerable.Range(0, model.OutputLength(length) / size).Select(t => t % 4 == 1 ? -1 : t % size).ToArray())];
        double Row(int label, double[] p) => label < 0 ? 0 : ((1 - smoothing) * weights[label] * Math.Log(p[label])) + (smoothing / size * p.Select((value, k) => weights[k] * Math.Log(value)).Sum());
        Check(
            name,
            (trainer, i) => trainer.CrossEntropy(i, labels[i], Scale, weights, smoothing),
            (i, outputs) => -outputs.Select((row, t) => Row(labels[i][t], row)).Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Detector_loss_agrees_with_finite_differences(int smoothingSteps)
    {
        const int WarmUp = 2;
        int[] labels = [1, 0, 2, 0];
        DetectorLoss loss = new(outputs: 3, smoothingSteps, WarmUp, negativeWeight: 2, backgroundWeight: 0.4);
        Check(nameof(OpenSoftmaxModel), (trainer, i) => trainer.Detector(i, labels[i], loss, Scale), (i, outputs) =>
        {
            double[][] seen = [.. Enumerable.Range(0, outputs.Length).Where(t => t >= Math.Max(WarmUp, smoothingSteps - 1))
                .Select(t => outputs[0].Select((_, k) => Enumerable.Range(t - smoothingSteps + 1, smoothingSteps).Average(at => outputs[at][k])).ToArray())];
            if (seen.Length == 0)
            {
                return 0;
            }

            double others = Math.Log(1 - seen.Max(row => row.Where((_, k) => k > 0 && k != labels[i]).Max()));
            return labels[i] > 0 ? -Math.Log(seen.Max(row => row[labels[i]])) - others : (-2 * others) - (0.4 * seen.Average(row => Math.Log(row[0])));
        });
    }

    [Theory]
    [InlineData(nameof(DenseSoftmaxModel), 0)]
    [InlineData(nameof(OpenSoftmaxModel), 2)]
    [InlineData(nameof(OpenSoftmaxModel), 0)]
    public void Ctc_agrees_with_finite_differences(string name, int blank)
    {
        int one = blank == 0 ? 1 : 0;
        int[][] labels = [[one, one], [one, 3 - blank - one, one, one], [], [one]];
        Check(name, (trainer, i) => trainer.Ctc(i, labels[i], blank, Scale), (i, outputs) => -Math.Log(CtcProbability(outputs, labels[i], blank)));
    }

    [Fact]
    public void Ctc_of_a_target_that_does_not_fit_is_infinite_and_changes_no_weight()
    {
        TestModel model = ModelCase.Of<OpenSoftmaxModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(Options with { Optimizer = new AdamWSettings { WeightDecay = 0 } });
        trainer.Add(TestData.Values(2 * model.Case.Input, 1));
        trainer.Forward();

        Assert.Equal(double.PositiveInfinity, trainer.Ctc(0, [1, 1]));

        trainer.Backward();
        Assert.Equal(new UpdateResult(GradientNorm: 0, Applied: true), trainer.Update(0.1f));
        Compare.SameBits("OpenSoftmaxModel", model.Tensors(), model.FromTrainer(trainer).Tensors());
    }

    [Fact]
    public void Binary_cross_entropy_corrects_outputs_that_have_saturated()
    {
        TestModel model = ModelCase.Of<DenseSigmoidOnlyModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        trainer.Add([1e4f, -1e4f, 1e4f]);
        trainer.Forward();
        float[] outputs = trainer.GetOutputs(0).ToArray();
        Assert.All(outputs, p => Assert.True(p is 0 or 1, $"{p} is not saturated"));

        trainer.BinaryCrossEntropy(0, [.. outputs.Select(p => 1 - p)]);
        trainer.Backward();

        Assert.Equal(outputs.Select(p => p == 1 ? 1f : -1f), model.Gradients(trainer)["dense.bias"]);
    }

    [Fact]
    public void Each_sequence_of_a_batch_has_a_loss_of_its_own_and_the_last_one_set_counts()
    {
        TestModel model = ModelCase.Of<OpenSigmoidModel>().Create();
        float[][] inputs = TestData.Sequences(model.Case, 3, 4, 4);
        float[] targets = [.. Enumerable.Range(0, 4 * model.OutputSize).Select(i => (float)(i % 2))];
        void First(SequenceTrainer trainer, int index) => trainer.BinaryCrossEntropy(index, targets);
        void Second(SequenceTrainer trainer, int index)
        {
            trainer.BinaryCrossEntropy(index, targets, 3);
            trainer.MeanSquaredError(index, targets);
        }

        Dictionary<string, float[]> first = GradientsOf(model, (inputs[0], First)), second = GradientsOf(model, (inputs[1], (trainer, i) => trainer.MeanSquaredError(i, targets)));
        Dictionary<string, float[]> both = GradientsOf(model, (inputs[0], First), (inputs[1], Second));

        foreach ((string tensor, float[] values) in both)
        {
            double[] sum = [.. first[tensor].Zip(second[tensor], (a, b) => (double)a + b)];
            Compare.Close("OpenSigmoidModel", tensor, sum, values, 1e-6);
        }
    }

    [Fact]
    public void Training_steps_of_all_losses_allocate_nothing()
    {
        using OpenSigmoidModel.Trainer sigmoid = OpenSigmoidModel.Create(3, 1).CreateTrainer(Options);
        using OpenSoftmaxModel.Trainer softmax = OpenSoftmaxModel.Create(3, 1).CreateTrainer(Options);
        float[] inputs = TestData.Values(5 * OpenSigmoidModel.InputSize, 1), targets = new float[15], weights = [1, 0, 2, 1, 1], classWeights = [1, 2, 3];
        int[] labels = [0, 1, 2, -1, 0];
        DetectorLoss detector = new(3, 2);
        void Step()
        {
            sigmoid.Add(inputs);
            sigmoid.Add(inputs);
            sigmoid.Forward();
            sigmoid.BinaryCrossEntropy(0, targets, 1, weights);
            sigmoid.MeanSquaredError(1, targets, 1, weights);
            sigmoid.Backward();
            sigmoid.Update(0.01f);
            softmax.Add(inputs);
            softmax.Add(inputs);
            softmax.Add(inputs);
            softmax.Forward();
            softmax.Ctc(0, [1, 1]);
            softmax.CrossEntropy(1, labels, 1, classWeights, 0.1f);
            softmax.Detector(2, 1, detector);
            softmax.Backward();
            softmax.Update(0.01f);
        }

        for (int i = 0; i < 10; i++)
        {
            Step();
        }

        // The compiler's thread may be started from a call: what the call itself allocates, it allocates every time.
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void A_gru_learns_labels_without_their_times()
    {
        const int Batch = 8, Steps = 14, Symbols = 3;
        Random random = new(3);
        using OpenSoftmaxModel.Trainer trainer = OpenSoftmaxModel.Create(Symbols + 1, 1)
            .CreateTrainer(new TrainerOptions { MaxBatch = Batch, MaxSteps = Steps, MaxLabels = 3 });
        double loss = 0;
        for (int update = 0; update < 300; update++)
        {
            int[][] labels = new int[Batch][];
            for (int i = 0; i < Batch; i++)
            {
                (float[] inputs, labels[i]) = Pulses(random, Steps, Symbols);
                trainer.Add(inputs);
            }

            trainer.Forward();
            loss = labels.Select((sequence, i) => trainer.Ctc(i, sequence, scale: 1f / Batch)).Sum();
            trainer.Backward();
            trainer.Update(0.02f);
        }

        Assert.True(loss < 0.2, $"loss {loss:F3}; expected below 0.2");
        OpenSoftmaxModel.Stream stream = trainer.ToModel().CreateStream();
        CtcGreedyDecoder greedy = new(Symbols + 1);
        CtcBeamDecoder beam = new(Symbols + 1, 5);
        float[] outputs = new float[Steps * (Symbols + 1)];
        int[] decoded = new int[Steps];
        for (int i = 0; i < 20; i++)
        {
            (float[] inputs, int[] expected) = Pulses(random, Steps, Symbols);
            stream.Reset();
            stream.Run(inputs, outputs);
            Assert.Equal(expected, decoded[..greedy.Run(outputs, decoded)]);
            Assert.Equal(expected, beam.Run(outputs));
        }
    }

    [Fact]
    public void Losses_that_a_model_cannot_have_are_refused_with_the_reason()
    {
        using OpenSoftmaxModel.Trainer softmax = OpenSoftmaxModel.Create(3, 1).CreateTrainer(Options with { MaxLabels = 0 });
        using OpenSigmoidModel.Trainer sigmoid = OpenSigmoidModel.Create(3, 1).CreateTrainer(Options);
        using RememberModel.Trainer last = RememberModel.Create(1).CreateTrainer(Options);
        Refused("BinaryCrossEntropy must follow Forward", () => sigmoid.BinaryCrossEntropy(0, [0, 0, 0]));
        Refused("MeanSquaredError must follow Forward", () => sigmoid.MeanSquaredError(0, [0, 0, 0]));
        Refused("Ctc must follow Forward", () => softmax.Ctc(0, [1]));
        foreach (SequenceTrainer trainer in new SequenceTrainer[] { softmax, sigmoid, last })
        {
            trainer.Add(new float[trainer == last ? RememberModel.InputSize : OpenSoftmaxModel.InputSize]);
            trainer.Forward();
        }

        Refused("Binary cross-entropy needs a last layer with Activation.Sigmoid; this model's has Activation.Softmax", () => softmax.BinaryCrossEntropy(0, [0, 0, 0]));
        Refused("Cross-entropy needs a last layer with Activation.Softmax; this model's has Activation.Sigmoid", () => sigmoid.CrossEntropy(0, [0]));
        Refused("CTC needs a last layer with Activation.Softmax; this model's has Activation.Sigmoid", () => sigmoid.Ctc(0, [1]));
        Refused("CTC needs an output per time step", () => last.Ctc(0, [1]));
        Refused("CTC needs MaxLabels", () => softmax.Ctc(0, [1]));
        DetectorLoss detector = new(3, 1);
        Refused("The detector loss needs a last layer with Activation.Softmax; this model's has Activation.Sigmoid", () => sigmoid.Detector(0, 1, detector));
        Refused("The detector loss needs an output per time step", () => last.Detector(0, 1, detector));
        Assert.Contains("for 4 outputs; the model has 3", Assert.Throws<ArgumentException>(() => softmax.Detector(0, 1, new DetectorLoss(4, 1))).Message, StringComparison.Ordinal);
        Assert.Equal("label", Assert.Throws<ArgumentOutOfRangeException>(() => softmax.Detector(0, 3, detector)).ParamName);
        Assert.Equal("classWeights", Assert.Throws<ArgumentException>(() => softmax.CrossEntropy(0, [0], 1, [1, 2])).ParamName);
        Assert.Equal("labelSmoothing", Assert.Throws<ArgumentOutOfRangeException>(() => softmax.CrossEntropy(0, [0], 1, default, 2)).ParamName);
    }

    [Theory]
    [InlineData(nameof(LastConvSigmoidModel))]
    [InlineData(nameof(ResidualSigmoidModel))]
    public void Binary_cross_entropy_of_outputs_that_are_not_the_sigmoids_own_rows_is_refused(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        trainer.Add(new float[model.Case.Input]);
        trainer.Forward();
        Refused(
            "Binary cross-entropy needs a last layer with Activation.Sigmoid; this model's has Activation.None, or its outputs are more than this layer's",
            () => trainer.BinaryCrossEntropy(0, new float[model.OutputSize]));
    }

    [Fact]
    public void Wrong_targets_are_refused_and_change_nothing()
    {
        TestModel model = ModelCase.Of<OpenSigmoidModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        trainer.Add(new float[2 * model.Case.Input]);
        trainer.Forward();
        float[] given = [1, 2, 3, 4, 5, 6], targets = new float[6];
        given.CopyTo(trainer.GetOutputGradients(0));
        void Changed<T>(string argument, Action call)
            where T : ArgumentException
        {
            Assert.Equal(argument, Assert.Throws<T>(call).ParamName);
            Assert.Equal(given, trainer.GetOutputGradients(0));
        }

        Changed<ArgumentException>("targets", () => trainer.BinaryCrossEntropy(0, new float[3]));
        Changed<ArgumentException>("targets", () => trainer.MeanSquaredError(0, new float[7]));
        Changed<ArgumentException>("weights", () => trainer.BinaryCrossEntropy(0, targets, 1, [1]));
        Changed<ArgumentException>("weights", () => trainer.MeanSquaredError(0, targets, 1, [1, 1, 1]));
        Changed<ArgumentOutOfRangeException>("weights", () => trainer.MeanSquaredError(0, targets, 1, [1, -1]));
        Changed<ArgumentOutOfRangeException>("targets", () => trainer.BinaryCrossEntropy(0, [0, 0, 0, 0, 0, 2]));
        Changed<ArgumentOutOfRangeException>("index", () => trainer.BinaryCrossEntropy(1, targets));
        Changed<ArgumentOutOfRangeException>("index", () => trainer.MeanSquaredError(-1, targets));

        // A row that does not count may hold anything.
        float[] p = trainer.GetOutputs(0).ToArray();
        double expected = -2 * (Math.Log(1 - p[0]) + Math.Log(p[1]) + Math.Log(1 - p[2]));
        Assert.Equal(expected, trainer.BinaryCrossEntropy(0, [0, 1, 0, float.NaN, 2, -1], 1, [2, 0]), 1e-6);
        Assert.Equal([0f, 0f, 0f], trainer.GetOutputGradients(0)[3..]);
    }

    private static void Refused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);

    private static void Check(string name, Func<SequenceTrainer, int, double> loss, FiniteDifferences.Loss expected)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 21);
        float[][] inputs = TestData.Sequences(model.Case, 6, Lengths);
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        foreach (float[] sequence in inputs)
        {
            trainer.Add(sequence);
        }

        trainer.Forward(training: false);
        ReferenceModel reference = new(model);
        double[][][] rows = [.. inputs.Select(sequence => reference.Rows(sequence, model.Case.Input))];
        double Scaled(int sequence, double[][] outputs) => Scale * expected(sequence, outputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            double actual = loss(trainer, i), sum = Scaled(i, reference.Forward(rows[i]));
            Assert.True(Math.Abs(sum - actual) <= 2e-6 * (1 + Math.Abs(sum)), $"{name}, loss of sequence {i}: expected {sum:R}, actual {actual:R}.");
        }

        trainer.Backward();
        new FiniteDifferences(name, reference, rows, Scaled).Check(model.Gradients(trainer), Tolerance);
    }

    private static double WeightedSum(float[] weights, double[][] outputs, Func<int, int, double, double> term) =>
        outputs.Select((row, t) => (weights.Length == 0 ? 1 : weights[t]) * row.Select((y, k) => term(t, k, y)).Sum()).Sum();

    /// <summary>Sum over all alignments, by the number of labels begun and whether the last class was a blank.</summary>
    private static double CtcProbability(double[][] outputs, int[] labels, int blank)
    {
        double[] inLabel = new double[labels.Length + 1], inBlank = new double[labels.Length + 1];
        inBlank[0] = 1;
        foreach (double[] p in outputs)
        {
            for (int n = labels.Length; n >= 0; n--)
            {
                double begin = n == 0 ? 0 : inBlank[n - 1] + (n >= 2 && labels[n - 1] != labels[n - 2] ? inLabel[n - 1] : 0);
                (inBlank[n], inLabel[n]) = (p[blank] * (inBlank[n] + inLabel[n]), n == 0 ? 0 : p[labels[n - 1]] * (inLabel[n] + begin));
            }
        }

        return inBlank[^1] + inLabel[^1];
    }

    private static Dictionary<string, float[]> GradientsOf(TestModel model, params (float[] Inputs, Action<SequenceTrainer, int> Loss)[] sequences)
    {
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        foreach ((float[] inputs, _) in sequences)
        {
            trainer.Add(inputs);
        }

        trainer.Forward();
        for (int i = 0; i < sequences.Length; i++)
        {
            sequences[i].Loss(trainer, i);
        }

        trainer.Backward();
        return model.Gradients(trainer);
    }

    /// <summary>One to three symbols, each an input of its own for one to three time steps, with pauses between them.</summary>
    private static (float[] Inputs, int[] Labels) Pulses(Random random, int steps, int symbols)
    {
        float[] inputs = new float[steps * OpenSoftmaxModel.InputSize];
        List<int> labels = [];
        int t = random.Next(1, 3);
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int symbol = random.Next(symbols);
            labels.Add(symbol + 1);
            for (int length = random.Next(1, 3); length > 0; length--)
            {
                inputs[(t++ * OpenSoftmaxModel.InputSize) + symbol] = 1;
            }

            t += random.Next(1, 3);
        }

        return (inputs, [.. labels]);
    }
}
