using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests;

/// <summary>Outputs, gradients and ten training steps against PyTorch: files of tests/Vectors/make_models.py.</summary>
public class TorchVectorTests
{
    private const int Sequences = 5;
    private const float Rate = 0.01f;

    private static readonly TrainerOptions Options = new() { MaxBatch = Sequences, MaxSteps = 12, ClipNorm = 0.1f };

    public static TheoryData<string, string> Models => new()
    {
        { nameof(Tests.Models.TorchRnnModel), "torch_rnn" },
        { nameof(Tests.Models.TorchGruModel), "torch_gru" },
        { nameof(Tests.Models.TorchLstmModel), "torch_lstm" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_are_those_of_PyTorch(string name, string file)
    {
        (TestModel model, Dictionary<string, float[]> vectors) = Load(name, file);
        for (int i = 0; i < Sequences; i++)
        {
            double[] expected = Array.ConvertAll(vectors[$"outputs.{i}"], value => (double)value);
            Compare.Close(name, $"outputs.{i}", expected, model.CreateStream().Run(vectors[$"inputs.{i}"]), 2e-6, floor: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_and_their_norm_are_those_of_PyTorch(string name, string file)
    {
        (TestModel model, Dictionary<string, float[]> vectors) = Load(name, file);
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        double loss = Backward(trainer, vectors);
        Dictionary<string, float[]> gradients = model.Gradients(trainer);
        Compare.Close(name, "loss", vectors["losses.adamw"][0], loss, 1e-6);
        Assert.Equal(vectors.Keys.Where(key => key.StartsWith("grad.", StringComparison.Ordinal)).Order(), gradients.Keys.Select(key => "grad." + key).Order());
        foreach ((string tensor, float[] gradient) in gradients)
        {
            Compare.Close(name, $"gradient of {tensor}", Array.ConvertAll(vectors["grad." + tensor], value => (double)value), gradient, 1e-5);
        }

        Compare.Close(name, "gradient norm", vectors["grad_norm"][0], trainer.Update(0), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Losses_of_ten_updates_are_those_of_PyTorch(string name, string file)
    {
        (TestModel model, Dictionary<string, float[]> vectors) = Load(name, file);
        foreach ((string optimiser, double weightDecay) in new[] { ("adamw", 0.01), ("adam", 0) })
        {
            float[] losses = vectors["losses." + optimiser];
            using SequenceTrainer trainer = model.CreateTrainer(Options with { Optimizer = new AdamWSettings { WeightDecay = weightDecay } });
            for (int update = 0; update < losses.Length; update++)
            {
                Compare.Close(name, $"loss before {optimiser} update {update + 1}", losses[update], Backward(trainer, vectors), 1e-5);
                trainer.Update(Rate);
            }

            Assert.True(losses[^1] < losses[0]);
        }
    }

    /// <summary>Mean cross-entropy of all labelled rows, and its gradient.</summary>
    private static double Backward(SequenceTrainer trainer, Dictionary<string, float[]> vectors)
    {
        int[][] labels = [.. Enumerable.Range(0, Sequences).Select(i => Array.ConvertAll(vectors[$"labels.{i}"], label => (int)label))];
        float scale = 1f / labels.Sum(rows => rows.Count(label => label >= 0));
        trainer.Clear();
        for (int i = 0; i < Sequences; i++)
        {
            trainer.Add(vectors[$"inputs.{i}"]);
        }

        trainer.Forward();
        double loss = labels.Select((rows, i) => trainer.CrossEntropy(i, rows, scale)).Sum();
        trainer.Backward();
        return loss;
    }

    private static (TestModel Model, Dictionary<string, float[]> Vectors) Load(string name, string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !Directory.Exists(Path.Combine(folder.FullName, "tests", "Vectors")))
        {
            folder = folder.Parent;
        }

        Assert.True(folder is not null, $"There is no folder tests/Vectors above {AppContext.BaseDirectory}.");
        string path = Path.Combine(folder.FullName, "tests", "Vectors", "models", file);
        return (
            ModelCase.Get(name).Load(path + ".safetensors"),
            SafeTensorsFile.Read(path + ".vectors.safetensors").Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray()));
    }
}
