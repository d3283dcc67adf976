using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Wrong call order, lengths and options give the documented exceptions, and change nothing.</summary>
public class TrainerMisuseTests
{
    private static readonly TrainerOptions Small = new() { MaxBatch = 2, MaxSteps = 3 };

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        using ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(Small);
        Refused("empty", () => trainer.Forward());
        Refused("GetOutputs must follow Forward", () => trainer.GetOutputs(0));
        Refused("GetOutputGradients must follow Forward", () => trainer.GetOutputGradients(0));
        Refused("CrossEntropy must follow Forward", () => trainer.CrossEntropy(0, [0]));
        Refused("Backward must follow Forward", trainer.Backward);
        Refused("Update must follow Backward", () => trainer.Update(0.1f));

        trainer.Add([1]);
        Refused("GetOutputs must follow Forward", () => trainer.GetOutputs(0));
        Refused("Backward must follow Forward", trainer.Backward);
        trainer.Forward();
        Refused("Add must follow Clear", () => trainer.Add([1]));
        Refused("Update must follow Backward", () => trainer.Update(0.1f));
        trainer.Backward();
        Refused("Backward must follow Forward", trainer.Backward);
        Refused("GetOutputGradients must follow Forward", () => trainer.GetOutputGradients(0));
        Assert.Equal(2, trainer.GetOutputs(0).Length);
        trainer.Update(0.1f);
        Refused("Update must follow Backward", () => trainer.Update(0.1f));
        Refused("empty", () => trainer.Forward());
        Assert.Equal(1, trainer.Updates);
    }

    [Fact]
    public void Add_of_a_wrong_length_is_refused()
    {
        using RememberModel.Trainer trainer = RememberModel.Create(1).CreateTrainer(Small);
        Assert.Contains("multiple of 4", Assert.Throws<ArgumentException>(() => trainer.Add(new float[5])).Message, StringComparison.Ordinal);
        Assert.Contains("0 time steps; allowed: 1 to 3", Assert.Throws<ArgumentException>(() => trainer.Add([])).Message, StringComparison.Ordinal);
        Assert.Contains("4 time steps; allowed: 1 to 3", Assert.Throws<ArgumentException>(() => trainer.Add(new float[16])).Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.Count);

        Assert.Equal(0, trainer.Add(new float[12]));
        Assert.Equal(1, trainer.Add(new float[4]));
        Refused("up to 2 (MaxBatch)", () => trainer.Add(new float[4]));
        Assert.Equal(2, trainer.Count);
        Assert.Equal(3, trainer.GetSteps(0));
        Assert.Equal(1, trainer.GetSteps(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetSteps(2));
        trainer.Forward();
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputs(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputGradients(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CrossEntropy(2, [0]));
    }

    [Fact]
    public void CrossEntropy_refuses_wrong_labels_and_models_without_softmax()
    {
        using ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(Small);
        trainer.Add([1, 0]);
        trainer.Forward();
        Assert.Contains("labels", Assert.Throws<ArgumentException>(() => trainer.CrossEntropy(0, [0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CrossEntropy(0, [0, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CrossEntropy(0, [-2, 0]));
        Assert.Equal(0, trainer.CrossEntropy(0, [-1, -1]));

        using GruModel.Trainer plain = GruModel.Create(1).CreateTrainer(Small);
        plain.Add(new float[5]);
        plain.Forward();
        Refused("Softmax", () => plain.CrossEntropy(0, [0]));
    }

    [Fact]
    public void CrossEntropy_with_a_wrong_label_in_a_later_row_changes_nothing()
    {
        TestModel model = ModelCase.Of<ParityModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(Small), other = model.CreateTrainer(Small);
        float[] given = [1, -2, 3, -4, 5, -6];
        foreach (SequenceTrainer each in new[] { trainer, other })
        {
            each.Add([1, 0, 1]);
            each.Forward();
            given.CopyTo(each.GetOutputGradients(0));
        }

        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => trainer.CrossEntropy(0, [0, 1, 2]));
        Assert.Equal("labels", e.ParamName);
        Assert.Contains("row 2 must be 0 to 1, or -1", e.Message, StringComparison.Ordinal);
        Assert.Equal(given, trainer.GetOutputGradients(0).ToArray());

        // They are still gradients of the posteriors, not of the logits.
        trainer.Backward();
        other.Backward();
        Compare.SameBits("ParityModel", model.Gradients(other), model.Gradients(trainer));
    }

    [Fact]
    public void Gradients_are_refused_unless_they_are_those_of_the_batch()
    {
        const string Order = "gradients of the weights must follow Backward, before Update or Clear";
        using ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(Small);
        Refused(Order, () => trainer.GradientsAsModel());
        trainer.Add([1]);
        Refused(Order, () => trainer.GradientsAsModel());
        trainer.Forward();
        Refused(Order, () => trainer.GradientsAsModel());
        trainer.Backward();
        Assert.NotNull(trainer.GradientsAsModel());
        trainer.Update(0.1f);
        Refused(Order, () => trainer.GradientsAsModel());

        trainer.Add([1]);
        trainer.Forward();
        trainer.Backward();
        trainer.Clear();
        Refused(Order, () => trainer.GradientsAsModel());
    }

    [Fact]
    public void A_trainer_larger_than_the_machine_is_refused_before_memory_is_taken()
    {
        // Every buffer is allowed, but together they take some 600 gigabytes.
        ParityModel model = ParityModel.Create(1);
        TrainerOptions options = new() { MaxBatch = 65_536, MaxSteps = 15_000 };
        long before = GC.GetAllocatedBytesForCurrentThread();
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Contains("Lower MaxBatch or MaxSteps", e.Message, StringComparison.Ordinal);
        Assert.True((long)e.ActualValue! > 1L << 38, e.Message);
        Assert.True(allocated < 1 << 20, $"{allocated} bytes allocated");
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(65_537, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 16_777_217, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 1025)]
    [InlineData(65_536, 16_777_216, 1)]
    [InlineData(1024, 4_000_000, 1)]
    public void Options_of_sizes_out_of_range_are_refused(int batch, int steps, int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => ParityModel.Create(1).CreateTrainer(new TrainerOptions { MaxBatch = batch, MaxSteps = steps, Threads = threads }));

    [Fact]
    public void Options_of_the_optimiser_out_of_range_are_refused_at_creation()
    {
        TrainerOptions[] wrong =
        [
            Small with { ClipNorm = 0 },
            Small with { ClipNorm = float.NaN },
            Small with { Optimizer = new AdamWSettings { Beta1 = 1 } },
            Small with { Optimizer = new AdamWSettings { Beta2 = -0.1 } },
            Small with { Optimizer = new AdamWSettings { Epsilon = 0 } },
            Small with { Optimizer = new AdamWSettings { WeightDecay = double.NaN } },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => ParityModel.Create(1).CreateTrainer(options)));
        Assert.Throws<ArgumentNullException>(() => ParityModel.Create(1).CreateTrainer(null!));
        Assert.Throws<ArgumentNullException>(() => ParityModel.Create(1).CreateTrainer(Small with { Optimizer = null! }));
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Update_refuses_a_learning_rate_and_leaves_the_step_to_be_made(float learningRate)
    {
        TestModel model = ModelCase.Of<ParityModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(Small);
        trainer.Add([1, 0, 1]);
        trainer.Forward();
        trainer.CrossEntropy(0, [1, 1, 0]);
        trainer.Backward();
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Update(learningRate));
        Assert.Equal(0, trainer.Updates);
        Compare.SameBits("ParityModel", model.Tensors(), model.FromTrainer(trainer).Tensors());

        Assert.True(trainer.Update(0.1f).Applied);
        Assert.Equal(1, trainer.Updates);
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void A_gradient_that_is_not_finite_changes_nothing(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        using SequenceTrainer trainer = model.CreateTrainer(Small), other = model.CreateTrainer(Small);
        float[] inputs = TestData.Values(2 * model.Case.Input, 1), bad = [.. inputs];
        bad[0] = float.NaN;
        (float[], float)[] spoiled = [(inputs, float.NaN), (inputs, float.NegativeInfinity), .. model.Case.TakesTokens ? [] : new[] { (bad, 1f) }];
        foreach ((float[] values, float gradient) in spoiled)
        {
            model.Add(trainer, values);
            trainer.Forward(training: false);
            trainer.GetOutputGradients(0).Fill(gradient);
            trainer.Backward();
            UpdateResult result = trainer.Update(0.1f);
            Assert.False(result.Applied || double.IsFinite(result.GradientNorm));
            Assert.Equal((trainer.Updates, 0), (trainer.Skipped, trainer.Restorations));
        }

        Assert.Equal(spoiled.Length, trainer.Updates);

        Compare.SameBits(name, model.Tensors(), model.FromTrainer(trainer).Tensors());

        // The next step is that of a new trainer: nothing of it stays in moments or activations.
        foreach (SequenceTrainer each in new[] { trainer, other })
        {
            model.Add(each, inputs);
            each.Forward();
            each.GetOutputGradients(0)[0] = 1;
            each.Backward();
            Assert.True(each.Update(0.1f).Applied);
        }

        Compare.SameBits(name, model.FromTrainer(other).Tensors(), model.FromTrainer(trainer).Tensors());
    }

    [Fact]
    public void A_disposed_trainer_refuses_to_work()
    {
        ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(Small);
        trainer.Add([1]);
        trainer.Dispose();
        trainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => trainer.Forward());
        Refused("GetOutputs must follow Forward", () => trainer.GetOutputs(0));

        ParityModel.Trainer half = ParityModel.Create(1).CreateTrainer(Small);
        half.Add([1]);
        half.Forward();
        half.Dispose();
        Assert.Throws<ObjectDisposedException>(half.Backward);
        Refused("Update must follow Backward", () => half.Update(0.1f));
    }

    private static void Refused(string message, Action call) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(call).Message, StringComparison.Ordinal);
}
