using Seq.Embedded.Decoding;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests;

/// <summary>Models with 8-bit weights: what a stream computes, what their files hold, how they are trained.</summary>
public class Int8Tests
{
    // A float that is rounded to 7 bits just beside the middle of two steps may go the other way than in the reference, and then a whole step is the difference. It is as rare
    // as floats are exact: the sequences below have none.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Decoders => DecoderCase.Int8Names;

    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void Run_gives_the_outputs_of_a_reference_that_rounds_what_weights_multiply(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 3);
        ReferenceModel reference = new(model);
        foreach (float[] inputs in TestData.Sequences(model.Case, 1, 1, 2, 12))
        {
            double[][] expected = reference.Forward(reference.Rows(inputs, model.Case.Input));
            Compare.Close(name, $"outputs of {inputs.Length / model.Case.Input} steps", [.. expected.SelectMany(row => row)], model.CreateStream().Run(inputs), Tolerance, floor: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decoder_gives_the_outputs_of_a_reference_that_rounds_what_weights_multiply(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(51);
        ReferenceDecoder reference = new(model, instance);
        ISequenceDecoder stream = model.CreateStream(instance, 40);
        (int Source, int Target)[] lengths = [(3, 4), (1, 6), (7, 1), (12, 3)];
        for (int i = 0; i < lengths.Length; i++)
        {
            float[] source = model.Source(lengths[i].Source, i);
            int[] target = model.Target(lengths[i].Target, i);
            Compare.Close(name, $"outputs of pair {i}", [.. reference.Forward(source, target).SelectMany(row => row)], model.Steps(stream, source, target), Tolerance, floor: 1);
        }
    }

    /// <summary>With the same weights as floats only the rounding of activations is left: half of 1/63 of the largest of each vector.</summary>
    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void Outputs_are_close_to_those_of_floats(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 4);
        float[] inputs = TestData.Values(30 * model.Case.Input, 2);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 30 });
        model.Add(trainer, inputs);
        trainer.Forward(training: false);
        float[] expected = trainer.GetOutputs(0).ToArray(), actual = model.CreateStream().Run(inputs);

        Compare.Close(name, "outputs", Array.ConvertAll(expected, value => (double)value), actual, tolerance: 0.1, floor: 1);
        Assert.NotEqual(expected, actual);
    }

    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void Save_and_Load_keep_every_bit(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("int8.safetensors"), again = folder.GetPath("again.safetensors");
        TestModel model = ModelCase.Get(name).Create(seed: 5);
        model.Save(path, new Dictionary<string, string> { ["labels"] = "a,b" });
        TestModel loaded = model.Case.Load(path);
        loaded.Save(again);

        Assert.True(Int8Weights.IsInt8(SafeTensorsFile.Read(path)));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        Assert.Equal("a,b", loaded.Metadata["labels"]);
        float[] inputs = TestData.Values(9 * model.Case.Input, 3);
        Compare.SameBits(name, "outputs", model.CreateStream().Run(inputs), loaded.CreateStream().Run(inputs));
    }

    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void WeightBytes_and_ParameterCount_agree_with_the_file(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("int8.safetensors");
        TestModel model = ModelCase.Get(name).Create();
        model.Save(path);
        SafeTensorsFile file = SafeTensorsFile.Read(path);

        Assert.Equal(file.Tensors.Sum(tensor => tensor.Data.Length), model.WeightBytes);
        Assert.Equal(file.Tensors.Where(tensor => !tensor.Name.EndsWith("_scale", StringComparison.Ordinal)).Sum(tensor => tensor.Length), model.ParameterCount);
        Assert.All(file.Tensors.Where(tensor => tensor.Type == SafeTensorType.I8), tensor => Assert.Contains(file.Tensors, other => other.Name == tensor.Name + "_scale"));
    }

    [Theory]
    [ClassData(typeof(Int8ModelNames))]
    public void Floats_of_a_trainer_are_loaded_as_the_same_model(string name)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("floats.safetensors");
        TestModel model = ModelCase.Get(name).Create(seed: 6);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 1 });
        TestModel.SaveFloats(trainer, path);

        Assert.False(Int8Weights.IsInt8(SafeTensorsFile.Read(path)));
        SameWeights(model, model.Case.Load(path));
        SameWeights(model, model.FromTrainer(trainer));
    }

    [Fact]
    public void A_file_of_PyTorch_is_rounded_as_it_is_loaded()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("torch.safetensors");
        TestModel floats = ModelCase.Of<GruModel>().Create(seed: 8);
        floats.Save(path);
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        Assert.Equal(GruModel.Spec, Int8GruModel.Spec);

        Dictionary<string, float[]> rounded = ModelCase.Of<Int8GruModel>().Load(path).Tensors();

        foreach (SafeTensor tensor in file.Tensors)
        {
            float[] expected = tensor.ToArray();
            if (tensor.Shape.Length == 1)
            {
                Compare.SameBits(nameof(Int8GruModel), tensor.Name, expected, rounded[tensor.Name]);
                continue;
            }

            int columns = (int)tensor.Shape[1];
            for (int i = 0; i < expected.Length; i++)
            {
                float largest = expected.Skip(i / columns * columns).Take(columns).Max(Math.Abs);
                Assert.InRange(Math.Abs(expected[i] - rounded[tensor.Name][i]), 0, 0.501 * largest / 127);
            }
        }
    }

    [Fact]
    public void Training_lowers_the_loss_of_the_rounded_model()
    {
        TestModel model = ModelCase.Of<Int8KeywordModel>().Create(seed: 7);
        float[][] sequences = TestData.Sequences(model.Case, 4, [.. Enumerable.Repeat(10, 12)]);
        int[] labels = [.. Enumerable.Range(0, 12)];
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 12, MaxSteps = 10 });
        double before = Loss(model);
        for (int update = 0; update < 60; update++)
        {
            trainer.Clear();
            for (int i = 0; i < labels.Length; i++)
            {
                model.Add(trainer, sequences[i]);
            }

            trainer.Forward();
            for (int i = 0; i < labels.Length; i++)
            {
                trainer.CrossEntropy(i, [.. Enumerable.Repeat(labels[i], 10)]);
            }

            trainer.Backward();
            trainer.Update(3e-3f);
        }

        Assert.InRange(Loss(model.FromTrainer(trainer)), 0, before / 4);

        double Loss(TestModel trained) => labels.Average(label => -Math.Log(trained.CreateStream().Run(sequences[label])[^12..][label]));
    }

    /// <summary>All cells, directions and kinds of layers stand among the models.</summary>
    [Fact]
    public void All_kinds_of_layers_have_a_model()
    {
        Type[] kinds = [.. ModelCase.Int8.SelectMany(model => model.Layers).Select(layer => layer.GetType())];
        Assert.All(ModelCase.All.SelectMany(model => model.Layers).Select(layer => layer.GetType()).Where(kind => kind != typeof(GrowingAttribute)), kind => Assert.Contains(kind, kinds));
        Assert.Contains(ModelCase.Int8, model => model.LookAhead > 0);
        Assert.Contains(ModelCase.Int8, model => model.ReadsWholeSequence);
        Assert.Contains(ModelCase.Int8, model => model.ManyToOne && model.IsOpen);
        Assert.Equal(3, DecoderCase.Int8Names.Count);
    }

    private static void SameWeights(TestModel expected, TestModel actual)
    {
        using TemporaryFolder folder = new();
        string[] paths = [folder.GetPath("expected.safetensors"), folder.GetPath("actual.safetensors")];
        expected.Save(paths[0]);
        actual.Save(paths[1]);
        SafeTensorsFile before = SafeTensorsFile.Read(paths[0]), after = SafeTensorsFile.Read(paths[1]);
        Assert.Equal(before.Tensors.Select(tensor => tensor.Name), after.Tensors.Select(tensor => tensor.Name));
        foreach ((SafeTensor tensor, SafeTensor same) in before.Tensors.Zip(after.Tensors))
        {
            Assert.True(tensor.Data.Span.SequenceEqual(same.Data.Span), $"{expected.Case.Name}, {tensor.Name} differs");
        }
    }
}
