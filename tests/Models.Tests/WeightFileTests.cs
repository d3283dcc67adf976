using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests;

/// <summary>Generated models load and save weight files, and refuse those of others.</summary>
public class WeightFileTests
{
    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Load_of_a_saved_model_gives_the_same_outputs_and_metadata(string name)
    {
        using TemporaryFolder folder = new();
        TestModel model = ModelCase.Get(name).Create(seed: 31, outputs: 7);
        string path = folder.GetPath("a.safetensors"), again = folder.GetPath("b.safetensors");
        model.Save(path, new Dictionary<string, string> { ["labels"] = "yes,no" });
        TestModel loaded = model.Case.Load(path);
        float[] inputs = TestData.Values(9 * model.Case.Input, 1);

        Assert.Equal(model.OutputSize, loaded.OutputSize);
        Assert.Equal("yes,no", loaded.Metadata["labels"]);
        Assert.Equal(model.Spec, loaded.Metadata["seq.spec"]);
        Compare.SameBits(name, "outputs", model.CreateStream().Run(inputs), loaded.CreateStream().Run(inputs));
        loaded.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Load_of_a_file_without_metadata_takes_it_by_its_tensors(string name)
    {
        using TemporaryFolder folder = new();
        TestModel model = ModelCase.Get(name).Create(seed: 32);
        TestModel loaded = model.Case.Load(Rewrite(folder, model, tensors => tensors));
        Compare.SameBits(name, model.Tensors(), loaded.Tensors());
        Assert.Empty(loaded.Metadata);
    }

    [Fact]
    public void The_tensors_have_the_names_shapes_and_order_of_PyTorch()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("keyword.safetensors");
        KeywordModel.Create(5, 1).Save(path);
        Dictionary<string, string> shapes = SafeTensorsFile.Read(path).Tensors.ToDictionary(tensor => tensor.Name, tensor => string.Join('x', tensor.Shape));
        Dictionary<string, string> expected = new()
        {
            ["dense.weight"] = "48x80",
            ["dense.bias"] = "48",
            ["gru.weight_ih_l0"] = "192x48",
            ["gru.weight_hh_l0"] = "192x64",
            ["gru.bias_ih_l0"] = "192",
            ["gru.bias_hh_l0"] = "192",
            ["gru.weight_ih_l1"] = "192x64",
            ["gru.weight_hh_l1"] = "192x64",
            ["gru.bias_ih_l1"] = "192",
            ["gru.bias_hh_l1"] = "192",
            ["head.weight"] = "5x64",
            ["head.bias"] = "5",
        };
        Assert.Equal(expected.OrderBy(pair => pair.Key), shapes.OrderBy(pair => pair.Key));
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void A_missing_an_extra_and_a_misshapen_tensor_are_named(string name)
    {
        using TemporaryFolder folder = new();
        TestModel model = ModelCase.Get(name).Create(seed: 33);
        foreach (string tensor in model.Tensors().Keys)
        {
            Refused(tensor, model.Case, Rewrite(folder, model, tensors => [.. tensors.Where(other => other.Name != tensor)]));
            Refused(tensor, model.Case, Rewrite(folder, model, tensors => [.. tensors.Select(other => other.Name == tensor ? SafeTensor.Create(tensor, [other.Length, 1, 1], other.ToArray()) : other)]));
        }

        Refused("surplus", model.Case, Rewrite(folder, model, tensors => [.. tensors, SafeTensor.Create("surplus", [1], [1])]));
    }

    [Fact]
    public void Weights_of_another_spec_are_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("other.safetensors");
        Dictionary<string, string> saved = [];
        foreach (ModelCase model in ModelCase.All)
        {
            TestModel created = model.Create();
            Assert.True(saved.TryAdd(created.Spec, model.Name), $"{model.Name} and {saved.GetValueOrDefault(created.Spec)} have the same fingerprint: {created.Spec}");
        }

        // The same tensors, another place of the reset gate.
        GruModel.Create(1).Save(path);
        WeightFileException exception = Assert.Throws<WeightFileException>(() => GruBeforeModel.Load(path));
        Assert.Contains(GruModel.Spec, exception.Message, StringComparison.Ordinal);
        Assert.Contains(GruBeforeModel.Spec, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_model_takes_its_outputs_from_the_file()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("open.safetensors");
        OpenSoftmaxModel.Create(23, 1).Save(path);
        OpenSoftmaxModel loaded = OpenSoftmaxModel.Load(path);
        Assert.Equal(23, loaded.OutputSize);
        Assert.Equal(23, loaded.Layers[^1].Outputs);

        Assert.Throws<ArgumentOutOfRangeException>(() => OpenSoftmaxModel.Create(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => OpenSoftmaxModel.Create(16_385, 1));
        using OpenSoftmaxModel.Trainer trainer = loaded.CreateTrainer(new Seq.Embedded.Training.TrainerOptions { MaxBatch = 1, MaxSteps = 1 });
        Assert.Equal(23, trainer.ToModel().OutputSize);
    }

    private static string Rewrite(TemporaryFolder folder, TestModel model, Func<IReadOnlyList<SafeTensor>, IReadOnlyList<SafeTensor>> change)
    {
        string path = folder.GetPath("saved.safetensors"), changed = folder.GetPath("changed.safetensors");
        model.Save(path);
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, change([.. SafeTensorsFile.Read(path).Tensors]));
        File.WriteAllBytes(changed, stream.ToArray());
        return changed;
    }

    private static void Refused(string tensor, ModelCase model, string path)
    {
        WeightFileException exception = Assert.Throws<WeightFileException>(() => model.Load(path));
        Assert.Equal(tensor, exception.Tensor);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }
}
