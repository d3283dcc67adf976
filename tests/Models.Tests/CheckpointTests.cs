using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Testing;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests;

/// <summary>Training goes on from a checkpoint as if it had not been interrupted; what does not fit is refused and named, and changes nothing.</summary>
public class CheckpointTests
{
    private const string FolderVariable = "SEQ_EMBEDDED_TEST_CHECKPOINTS";
    private const int MaxSteps = 9, Batch = 20;

    private static readonly TrainerOptions Options = new() { MaxBatch = Batch, MaxSteps = MaxSteps, Seed = 3 };

    private static readonly Dictionary<string, TrainerOptions> s_settings = new()
    {
        ["SGD"] = Options with { Optimizer = new SgdSettings() },
        ["momentum"] = Options with { Optimizer = new SgdSettings { Momentum = 0.9, Nesterov = true, WeightDecay = 0.1 } },
        ["Adam"] = Options with { Optimizer = new AdamSettings { WeightDecay = 0.1 } },
        ["average"] = Options with { AverageDecay = 0.9 },
        ["a mask per sequence"] = Options with { DropoutMask = DropoutMask.PerSequence },
        ["clipping by value"] = Options with { ClipValue = 0.01f },
        ["frozen layers below"] = Options with { FrozenLayers = DropoutModel.LayerNames[..2], AverageDecay = 0.9 },
        ["frozen layer between"] = Options with { FrozenLayers = [DropoutModel.LayerNames[2]] },
        ["head only"] = Options with { FrozenLayers = DropoutModel.LayerNames[..^1] },
        ["checkpoints of activations"] = Options with { ActivationCheckpointSteps = 2 },
    };

    public static TheoryData<string> Decoders => [.. DecoderCase.Names, .. DecoderCase.Int8Names];

    [Theory]
    [ClassData(typeof(ModelNames))]
    [ClassData(typeof(Int8ModelNames))]
    public void Training_goes_on_from_a_checkpoint_to_the_same_bits_on_another_number_of_threads(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 6);
        TestModel.AddSequence? adder = null;
        SequenceTrainer? bound = null;
        void Add(SequenceTrainer trainer, int update, int i)
        {
            if (bound != trainer)
            {
                (bound, adder) = (trainer, model.Adder(trainer));
            }

            adder!(TestData.Values((1 + (i * 4 % MaxSteps)) * model.Case.Input, (100 * update) + i));
        }

        GoesOn(name, options => model.CreateTrainer(options), ModelCase.Get(name).Create(seed: 7).CreateTrainer, Add);
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Training_of_a_decoder_goes_on_to_the_same_bits(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(6), other = model.Create(7);
        void Add(SequenceTrainer trainer, int update, int i) =>
            model.Adder(trainer)(model.Source(1 + (i * 4 % MaxSteps), (100 * update) + i), model.Target(1 + (i * 7 % MaxSteps), (100 * update) + i));

        GoesOn(name, options => model.CreateTrainer(instance, options), options => model.CreateTrainer(other, options), Add);
    }

    public static TheoryData<string> Settings => [.. s_settings.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Training_with_other_settings_goes_on_to_the_same_bits(string settings)
    {
        TestModel model = ModelCase.Of<DropoutModel>().Create(seed: 6), other = ModelCase.Of<DropoutModel>().Create(seed: 7);
        TrainerOptions With(TrainerOptions given) => s_settings[settings] with { Threads = given.Threads, MaxBatch = given.MaxBatch };
        GoesOn(
            settings, options => model.CreateTrainer(With(options)), options => other.CreateTrainer(With(options)),
            (to, update, i) => to.Add(TestData.Values(4 * DropoutModel.InputSize, (100 * update) + i)));
    }

    /// <param name="bad">How many of the batches that are not finite come before the checkpoint.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Batches_that_are_not_finite_have_the_same_effect_after_a_checkpoint(int bad)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint"), expected = folder.GetPath("expected.checkpoint"), actual = folder.GetPath("actual.checkpoint");
        TrainerOptions options = Options with { AverageDecay = 0.9, FrozenLayers = [DropoutModel.LayerNames[0]] };
        using SequenceTrainer trainer = ModelCase.Of<DropoutModel>().Create(seed: 1).CreateTrainer(options), resumed = ModelCase.Of<DropoutModel>().Create(seed: 2).CreateTrainer(options);
        void GoOn(SequenceTrainer with, int first)
        {
            for (int i = first; i < 2; i++)
            {
                Spoil(with);
            }

            TrainDropoutModel(with, 3, 2);
            Assert.Equal((7, 2, 1), (with.Updates, with.Skipped, with.Restorations));
        }

        TrainDropoutModel(trainer, 0, 3);
        for (int i = 0; i < bad; i++)
        {
            Spoil(trainer);
        }

        trainer.SaveCheckpoint(path);
        GoOn(trainer, bad);
        trainer.SaveCheckpoint(expected);
        resumed.LoadCheckpoint(path);
        GoOn(resumed, bad);
        resumed.SaveCheckpoint(actual);
        Assert.Equal(File.ReadAllBytes(expected), File.ReadAllBytes(actual));
    }

    private static void Spoil(SequenceTrainer trainer)
    {
        trainer.Add(new float[DropoutModel.InputSize]);
        trainer.Forward();
        trainer.GetOutputGradients(0)[0] = float.NaN;
        trainer.Backward();
        Assert.False(trainer.Update(0.1f).Applied);
    }

    [Fact]
    public void Training_goes_on_to_the_same_bits_at_another_width_of_vectors()
    {
        using TemporaryFolder folder = new();
        TestModel model = ModelCase.Of<DropoutModel>().Create(seed: 1);
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        TrainDropoutModel(trainer, 0, 2);
        trainer.SaveCheckpoint(folder.GetPath("a.checkpoint"));
        TrainDropoutModel(trainer, 2, 2);
        trainer.SaveCheckpoint(folder.GetPath("expected.checkpoint"));
        TestProcess.Run(typeof(CheckpointTests), [nameof(The_updates_of_a_checkpoint_are_those_of_the_training)], [.. TestProcess.WithVectors(128), (FolderVariable, folder.GetPath(""))]);
        Assert.Equal(File.ReadAllBytes(folder.GetPath("expected.checkpoint")), File.ReadAllBytes(folder.GetPath("actual.checkpoint")));
    }

    /// <summary>What the other process does.</summary>
    [Fact]
    public void The_updates_of_a_checkpoint_are_those_of_the_training()
    {
        using TemporaryFolder own = new();
        string folder = Environment.GetEnvironmentVariable(FolderVariable) ?? own.GetPath(""), path = Path.Combine(folder, "a.checkpoint");
        using SequenceTrainer trainer = ModelCase.Of<DropoutModel>().Create(seed: 2).CreateTrainer(Options);
        if (!File.Exists(path))
        {
            TrainDropoutModel(trainer, 0, 2);
            trainer.SaveCheckpoint(path);
        }

        trainer.LoadCheckpoint(path);
        Assert.Equal(2, trainer.Updates);
        TrainDropoutModel(trainer, 2, 2);
        Assert.Equal(4, trainer.Updates);
        trainer.SaveCheckpoint(Path.Combine(folder, "actual.checkpoint"));
    }

    [Fact]
    public void Texts_and_numbers_come_back_and_the_file_depends_on_nothing_else()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint"), again = folder.GetPath("b.checkpoint");
        TestModel model = ModelCase.Of<DropoutModel>().Create(seed: 1);
        Dictionary<string, string> texts = new() { ["epoch"] = "3", ["seq.spec"] = "mine", [""] = "line\n\u00e9\ufffd\ud83d\udd25", ["order"] = "" };
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        Train(trainer, 0, 2, (to, update, i) => model.Add(to, TestData.Values(2 * model.Case.Input, i)));
        trainer.SaveCheckpoint(path, texts);
        using SequenceTrainer resumed = model.CreateTrainer(Options with { MaxBatch = 3, MaxSteps = 4 });

        Assert.Equal(texts.OrderBy(text => text.Key), resumed.LoadCheckpoint(path).OrderBy(text => text.Key));
        Assert.Equal(2, resumed.Updates);
        resumed.SaveCheckpoint(again, texts);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        resumed.SaveCheckpoint(again);
        Assert.Empty(resumed.LoadCheckpoint(again));
        Compare.SameBits("weights", model.FromTrainer(trainer).Tensors(), model.FromTrainer(resumed).Tensors());
    }

    [Fact]
    public void Weights_of_a_checkpoint_have_the_names_and_values_of_a_model_file()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint");
        TestModel model = ModelCase.Of<KeywordModel>().Create(seed: 1);
        using SequenceTrainer trainer = model.CreateTrainer(Options);
        Train(trainer, 0, 1, (to, update, i) => model.Add(to, TestData.Values(2 * model.Case.Input, i)));
        trainer.SaveCheckpoint(path);
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        foreach ((string name, float[] weights) in model.FromTrainer(trainer).Tensors())
        {
            Assert.True(file.TryGetTensor(name, out SafeTensor? tensor));
            Compare.SameBits("weights", name, weights, tensor.ToArray());
            Assert.True(file.TryGetTensor("moment1/" + name, out SafeTensor? first) && first.Shape.SequenceEqual(tensor.Shape) && first.ToArray().Any(value => value != 0));
            Assert.True(file.TryGetTensor("moment2/" + name, out SafeTensor? second) && second.Shape.SequenceEqual(tensor.Shape) && second.ToArray().All(value => value >= 0));
        }

        // The model is as it was before its only step.
        Assert.All(model.Tensors(), tensor => Assert.True(file.TryGetTensor("before/" + tensor.Key, out SafeTensor? before) && before.ToArray().AsSpan().SequenceEqual(tensor.Value)));
        Assert.Equal(6 * model.Tensors().Count, file.Tensors.Count);

        // Of frozen layers below all others there are weights only.
        using SequenceTrainer head = model.CreateTrainer(Options with { FrozenLayers = KeywordModel.LayerNames[..^1] });
        head.SaveCheckpoint(path);
        string[] ofHead = [.. new[] { "", "moment1/", "moment2/" }.SelectMany(kind => new[] { "head.bias", "head.weight" }, (kind, tensor) => kind + tensor)];
        Assert.Equal(
            [.. model.Tensors().Keys.Concat(ofHead[2..]).Concat(ofHead.Select(name => "before/" + name)).Order(StringComparer.Ordinal)],
            SafeTensorsFile.Read(path).Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        WeightFileException exception = Assert.Throws<WeightFileException>(() => model.Case.Load(path));
        Assert.Contains("found a checkpoint of training; expected a model", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_other_outputs_and_other_settings_are_refused_and_named()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint");
        KeywordModel model = KeywordModel.Create(5, 1);
        using (KeywordModel.Trainer trainer = model.CreateTrainer(Options))
        {
            trainer.SaveCheckpoint(path);
        }

        const string Adam = "AdamW, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1E-08, WeightDecay = ";
        void Refused(SequenceTrainer trainer, string key, string found, string expected)
        {
            WeightFileException exception = Assert.Throws<WeightFileException>(() => trainer.LoadCheckpoint(path));
            Assert.Equal($"{key} '{found}' in the metadata", exception.Found);
            Assert.Equal($"'{expected}'", exception.Expected);
            Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            trainer.Dispose();
        }

        Refused(GruModel.Create(1).CreateTrainer(Options), "seq.spec", KeywordModel.Spec, GruModel.Spec);
        Refused(KeywordModel.Create(4, 1).CreateTrainer(Options), "seq.outputs", "5", "4");
        Refused(model.CreateTrainer(Options with { Seed = 4 }), "seq.seed", "3", "4");
        Refused(model.CreateTrainer(Options with { ClipNorm = float.PositiveInfinity }), "seq.clip_norm", "1", "Infinity");
        Refused(model.CreateTrainer(Options with { ClipValue = 2.5f }), "seq.clip_value", "Infinity", "2.5");
        Refused(model.CreateTrainer(Options with { AverageDecay = 0.99 }), "seq.average_decay", "0", "0.99");
        Refused(model.CreateTrainer(Options with { DropoutMask = DropoutMask.PerSequence }), "seq.dropout_mask", "PerStep", "PerSequence");
        Refused(model.CreateTrainer(Options with { Optimizer = new SgdSettings { Momentum = 0.5 } }), "seq.optimizer", Adam + "0.01", "SGD, Momentum = 0.5, Dampening = 0, Nesterov = False, WeightDecay = 0");
        Refused(model.CreateTrainer(Options with { FrozenLayers = KeywordModel.LayerNames[..2] }), "seq.frozen_layers", "", "dense, gru_l0");
        Refused(model.CreateTrainer(Options with { Optimizer = new AdamWSettings { WeightDecay = 0 } }), "seq.optimizer", Adam + "0.01", Adam + "0");
    }

    [Fact]
    public void Damaged_files_and_others_are_refused_and_nothing_changes()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint"), other = folder.GetPath("b.checkpoint"), before = folder.GetPath("before.checkpoint"), after = folder.GetPath("after.checkpoint");
        TestModel model = ModelCase.Of<DropoutModel>().Create(seed: 1);
        using SequenceTrainer trainer = model.CreateTrainer(Options), resumed = model.CreateTrainer(Options);
        void Add(SequenceTrainer to, int update, int i) => model.Add(to, TestData.Values(2 * model.Case.Input, i));
        Train(trainer, 0, 2, Add);
        trainer.SaveCheckpoint(path, new Dictionary<string, string> { ["epoch"] = "3" });
        Train(resumed, 5, 1, Add);
        resumed.SaveCheckpoint(before);
        void Refused(string part)
        {
            Assert.Contains(part, Assert.Throws<WeightFileException>(() => resumed.LoadCheckpoint(other)).Message, StringComparison.Ordinal);
            resumed.SaveCheckpoint(after);
            Assert.Equal(File.ReadAllBytes(before), File.ReadAllBytes(after));
        }

        byte[] bytes = File.ReadAllBytes(path);
        for (int at = bytes.Length - 1; at > 0; at -= bytes.Length / 23)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 1;
            File.WriteAllBytes(other, damaged);
            Refused(other);
            File.WriteAllBytes(other, bytes[..at]);
            Refused(other);
        }

        int digit = bytes.AsSpan().IndexOf("\"seq.updates\":\"2\""u8) + "\"seq.updates\":\"".Length;
        File.WriteAllBytes(other, [.. bytes[..digit], (byte)'7', .. bytes[(digit + 1)..]]);
        Refused("the file is damaged");

        model.Save(other);
        Refused("no seq.checkpoint in the metadata; expected a checkpoint of training");
        SafeTensorsWriter.Write(other, SafeTensorsFile.Read(path).Tensors, new Dictionary<string, string>(SafeTensorsFile.Read(path).Metadata) { ["seq.checkpoint"] = "2" });
        Refused("seq.checkpoint '2' in the metadata; expected '1'");
        Assert.Throws<FileNotFoundException>(() => resumed.LoadCheckpoint(folder.GetPath("none")));
        Assert.Throws<ArgumentException>(() => resumed.SaveCheckpoint(""));
        Assert.Throws<ArgumentException>(() => resumed.SaveCheckpoint(other, new Dictionary<string, string> { ["a"] = null! }));
        foreach ((string key, string value) in new[] { ("a", "\ud83d"), ("\udd25", "a") })
        {
            Assert.Contains("half a surrogate pair", Assert.Throws<ArgumentException>("texts", () => resumed.SaveCheckpoint(other, new Dictionary<string, string> { [key] = value })).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_batch_under_way_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint");
        using ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(Options);
        void Refused(int count, int accumulated = 0)
        {
            string rest = $" stands between two batches: this one holds {count} sequences, and {accumulated} are accumulated; allowed: 0 and 0. Call Update or Clear first.";
            Assert.Equal("SaveCheckpoint" + rest, Assert.Throws<InvalidOperationException>(() => trainer.SaveCheckpoint(path)).Message);
            Assert.Equal("LoadCheckpoint" + rest, Assert.Throws<InvalidOperationException>(() => trainer.LoadCheckpoint(path)).Message);
            Assert.False(File.Exists(path));
        }

        trainer.Add([1, 1]);
        Refused(1);
        trainer.Forward();
        Refused(1);
        trainer.Backward();
        Refused(1);
        trainer.Accumulate();
        Refused(0, accumulated: 1);
        trainer.Add([1, 1]);
        trainer.Forward();
        trainer.Backward();
        trainer.Update(0.1f);
        trainer.SaveCheckpoint(path);
        trainer.LoadCheckpoint(path);
        Assert.Equal(1, trainer.Updates);
    }

    /// <summary>Three updates and two, against three, a checkpoint, and two of a new trainer that began with other weights.</summary>
    private static void GoesOn(
        string name, Func<TrainerOptions, SequenceTrainer> create, Func<TrainerOptions, SequenceTrainer> createOther, Action<SequenceTrainer, int, int> add)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("a.checkpoint"), expected = folder.GetPath("expected.checkpoint"), actual = folder.GetPath("actual.checkpoint");
        using SequenceTrainer trainer = create(Options), resumed = createOther(Options with { Threads = 3, MaxBatch = Batch + 9 });
        Train(trainer, 0, 3, add);
        trainer.SaveCheckpoint(path);
        Train(trainer, 3, 2, add);
        trainer.SaveCheckpoint(expected);
        resumed.LoadCheckpoint(path);
        Train(resumed, 3, 2, add);
        resumed.SaveCheckpoint(actual);
        Assert.True(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(actual)), name);
        Assert.False(File.ReadAllBytes(expected).AsSpan().SequenceEqual(File.ReadAllBytes(path)), name);
    }

    private static void TrainDropoutModel(SequenceTrainer trainer, int first, int updates) =>
        Train(trainer, first, updates, (to, update, i) => to.Add(TestData.Values(2 * DropoutModel.InputSize, (100 * update) + i)));

    private static void Train(SequenceTrainer trainer, int first, int updates, Action<SequenceTrainer, int, int> add)
    {
        for (int update = first; update < first + updates; update++)
        {
            int count = Batch - update;
            for (int i = 0; i < count; i++)
            {
                add(trainer, update, i);
            }

            trainer.Forward();
            for (int i = 0; i < count; i++)
            {
                Span<float> gradients = trainer.GetOutputGradients(i);
                TestData.Values(gradients.Length, i).CopyTo(gradients);
            }

            trainer.Backward();
            trainer.Update(0.01f);
        }
    }
}
