using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;
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
        TestModel model = ModelCase.Get(name).Create(seed: 32);
        TestModel loaded = model.Case.Load(FileOf(Saved(model)));
        Compare.SameBits(name, model.Tensors(), loaded.Tensors());
        Assert.Empty(loaded.Metadata);
    }

    [Fact]
    public void Metadata_pass_through_training_and_cannot_be_changed_from_outside()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("keyword.safetensors");
        KeywordModel.Create(5, 1).Save(path, new Dictionary<string, string> { ["labels"] = "a,b" });
        using KeywordModel.Trainer trainer = KeywordModel.Load(path).CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 1 });
        Assert.Equal("a,b", trainer.ToModel().Metadata["labels"]);
        trainer.Add(new float[KeywordModel.InputSize]);
        trainer.Forward();
        trainer.Backward();
        Assert.Empty(trainer.GradientsAsModel().Metadata);

        Dictionary<string, string> own = new() { ["labels"] = "c" };
        KeywordModel given = trainer.ToModel(own);
        own["labels"] = "d";
        Assert.Equal("c", Assert.Single(given.Metadata).Value);
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
        TestModel model = ModelCase.Get(name).Create(seed: 33);
        IReadOnlyList<SafeTensor> tensors = Saved(model);
        foreach (SafeTensor tensor in tensors)
        {
            SafeTensor misshapen = SafeTensor.Create(tensor.Name, [tensor.Length, 1, 1], tensor.ToArray());
            Refused(tensor.Name, model.Case, [.. tensors.Where(other => other != tensor)]);
            Refused(tensor.Name, model.Case, [.. tensors.Select(other => other == tensor ? misshapen : other)]);
        }

        Refused("surplus", model.Case, [.. tensors, SafeTensor.Create("surplus", [1], [1])]);
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

    private static IReadOnlyList<SafeTensor> Saved(TestModel model)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("saved.safetensors");
        model.Save(path);
        return [.. SafeTensorsFile.Read(path).Tensors];
    }

    /// <summary>A file of these tensors and nothing else.</summary>
    private static SafeTensorsFile FileOf(IEnumerable<SafeTensor> tensors)
    {
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, tensors);
        stream.Position = 0;
        return SafeTensorsFile.Read(stream, "changed.safetensors");
    }

    private static void Refused(string tensor, ModelCase model, IEnumerable<SafeTensor> tensors)
    {
        WeightFileException exception = Assert.Throws<WeightFileException>(() => model.Load(FileOf(tensors)));
        Assert.Equal(tensor, exception.Tensor);
        Assert.Contains("changed.safetensors", exception.Message, StringComparison.Ordinal);
    }
}
