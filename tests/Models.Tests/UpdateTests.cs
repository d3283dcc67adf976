using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>What an update does beside the optimiser's step: clipping, accumulation, the average of the weights, and the way back when figures are not finite.</summary>
public class UpdateTests
{
    private const int Steps = 5;

    private static readonly TrainerOptions s_options = new() { MaxBatch = 12, MaxSteps = Steps, ClipNorm = float.PositiveInfinity, AverageDecay = 0.8 };

    public static TheoryData<OptimizerSettings> Optimisers =>
    [
        new SgdSettings { WeightDecay = 0.01 },
        new SgdSettings { Momentum = 0.9, Nesterov = true },
        new AdamSettings { WeightDecay = 0.01 },
        new AdamWSettings(),
    ];

    [Theory]
    [MemberData(nameof(Optimisers))]
    public void Every_optimiser_learns_to_remember_the_first_symbol(OptimizerSettings optimiser)
    {
        float rate = optimiser is SgdSettings sgd ? 1 - (float)sgd.Momentum : 0.02f;
        using SequenceTrainer trainer = Model().CreateTrainer(s_options with { Optimizer = optimiser, ClipNorm = 1 });
        double[] losses = new double[250];
        for (int update = 0; update < losses.Length; update++)
        {
            losses[update] = Backward(trainer, update, 12);
            Assert.True(trainer.Update(rate).Applied);
        }

        Assert.Equal(losses.Length, trainer.Updates);
        Assert.Equal((0, 0), (trainer.Skipped, trainer.Restorations));
        Assert.True(losses[^20..].Average() < 0.5, $"{optimiser}: loss {losses[..20].Average():F3} at first, {losses[^20..].Average():F3} at last; allowed: below 0.5");
    }

    [Fact]
    public void Accumulated_batches_have_the_gradient_of_one()
    {
        TestModel model = Model();
        using SequenceTrainer whole = model.CreateTrainer(s_options), parts = model.CreateTrainer(s_options with { MaxBatch = 9 });
        for (int update = 0; update < 3; update++)
        {
            double loss = Backward(whole, update, 12), sum = 0;
            foreach ((int first, int count) in new[] { (0, 9), (9, 1), (10, 2) })
            {
                sum += Backward(parts, update, count, first, scale: 1f / 12);
                if (first < 10)
                {
                    parts.Accumulate();
                    Assert.Equal(0, parts.Count);
                    parts.Clear();
                }
            }

            Assert.Equal(2, parts.Accumulated);
            Assert.Equal(loss, sum, 1e-6);
            Dictionary<string, float[]> expected = model.Gradients(whole), gradients = model.Gradients(parts);
            foreach ((string tensor, float[] values) in expected)
            {
                Compare.Close("RememberModel", $"gradient of {tensor}", Array.ConvertAll(values, value => (double)value), gradients[tensor], 2e-6);
            }

            double norm = whole.Update(0.01f).GradientNorm;
            Assert.Equal(norm, parts.Update(0.01f).GradientNorm, 1e-5 * norm);
            Assert.Equal(0, parts.Accumulated);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_accumulated_gradient_is_given_up_by_clear_and_forward_after_backward(bool clears)
    {
        TestModel model = Model();
        using SequenceTrainer trainer = model.CreateTrainer(s_options), other = model.CreateTrainer(s_options);
        Backward(trainer, 1, 3);
        trainer.Accumulate();
        Backward(trainer, 2, 4);
        if (clears)
        {
            trainer.Clear();
            Add(trainer, 2, 4);
        }

        Forward(trainer, 2, 4);
        trainer.Backward();
        Backward(other, 2, 4);
        Compare.SameBits("RememberModel", model.Gradients(other), model.Gradients(trainer));
    }

    [Fact]
    public void Accumulate_must_follow_backward()
    {
        using SequenceTrainer trainer = Model().CreateTrainer(s_options);
        Assert.Throws<InvalidOperationException>(trainer.Accumulate);
        Add(trainer, 1, 2);
        Assert.Throws<InvalidOperationException>(trainer.Accumulate);
        Forward(trainer, 1, 2);
        Assert.Throws<InvalidOperationException>(trainer.Accumulate);
        trainer.Backward();
        trainer.Accumulate();
        Assert.Throws<InvalidOperationException>(trainer.Accumulate);
        Assert.Throws<InvalidOperationException>(() => trainer.Update(1));
    }

    [Fact]
    public void Gradients_are_clipped_by_value_and_then_by_norm()
    {
        // Plain descent with a rate of one: the weights move by the clipped gradient.
        const float Value = 0.01f, Norm = 0.05f;
        TestModel model = Model();
        Dictionary<string, float[]> gradients = [];
        double[] Moved(TrainerOptions options, out UpdateResult result)
        {
            using SequenceTrainer trainer = model.CreateTrainer(options with { Optimizer = new SgdSettings() });
            Backward(trainer, 1, 12);
            gradients = model.Gradients(trainer);
            result = trainer.Update(1);
            Dictionary<string, float[]> before = model.Tensors(), after = model.FromTrainer(trainer).Tensors();
            return [.. before.SelectMany(tensor => tensor.Value.Zip(after[tensor.Key], (a, b) => a - (double)b))];
        }

        double[] byValue = Moved(s_options with { ClipValue = Value }, out UpdateResult one);
        double[] clipped = [.. model.Tensors().Keys.SelectMany(key => gradients[key]).Select(g => (double)Math.Clamp(g, -Value, Value))];
        Assert.Contains(Value, clipped);
        Assert.All(byValue.Zip(clipped), pair => Assert.Equal(pair.Second, pair.First, 1e-6));

        double[] both = Moved(s_options with { ClipValue = Value, ClipNorm = Norm }, out UpdateResult other);
        double norm = Math.Sqrt(clipped.Sum(g => g * g));
        Assert.True(norm > 1.2 * Norm, $"the norm after clipping by value is {norm}");
        Assert.All(both.Zip(clipped), pair => Assert.Equal(pair.Second * Norm / norm, pair.First, 1e-6));

        // What is told is the norm before all clipping.
        Assert.Equal(one.GradientNorm, other.GradientNorm);
        Assert.Equal(Math.Sqrt(gradients.Values.Sum(values => values.Sum(g => (double)g * g))), one.GradientNorm, 1e-6);
    }

    [Fact]
    public void The_average_follows_the_weights()
    {
        RememberModel model = RememberModel.Create(3);
        using RememberModel.Trainer trainer = model.CreateTrainer(s_options);
        float[] Tensor(RememberModel from) => new TestModel(ModelCase.Of<RememberModel>(), from).Tensors()["gru.weight_hh_l0"];
        Assert.Equal(Tensor(model), Tensor(trainer.ToAverageModel()));
        double[] expected = [];
        for (int update = 0; update < 4; update++)
        {
            Backward(trainer, update, 12);
            trainer.Update(0.05f);
            float[] weights = Tensor(trainer.ToModel());
            expected = update == 0
                ? Array.ConvertAll(weights, value => (double)value)
                : [.. expected.Zip(weights, (mean, value) => (0.8 * mean) + (0.2 * value))];
            Compare.Close("RememberModel", $"average after update {update + 1}", expected, Tensor(trainer.ToAverageModel()), 1e-6);
        }

        Assert.NotEqual(Tensor(trainer.ToModel()), Tensor(trainer.ToAverageModel()));
        Assert.Equal("7", trainer.ToAverageModel(new Dictionary<string, string> { ["epochs"] = "7" }).Metadata["epochs"]);
        using RememberModel.Trainer without = model.CreateTrainer(s_options with { AverageDecay = 0 });
        Assert.Contains("AverageDecay", Assert.Throws<InvalidOperationException>(() => without.ToAverageModel()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Optimisers))]
    public void A_step_that_spoils_the_weights_is_taken_back_at_once_and_a_batch_that_is_not_finite_changes_nothing(OptimizerSettings optimiser)
    {
        using Twins twins = new(optimiser);
        RememberModel.Trainer trainer = twins.Trainer;
        for (int i = 1; i <= 2; i++)
        {
            Backward(trainer, 9 + i, 6, scale: 1e3f);
            UpdateResult result = trainer.Update(float.MaxValue);
            Assert.True(double.IsFinite(result.GradientNorm));
            Assert.False(result.Applied);
            Assert.Equal((3 + i, i, i, 0), (trainer.Updates, trainer.Skipped, trainer.Restorations, trainer.Count));
            twins.CheckWeights();
        }

        // Nothing is left to take back: the weights of the three steps stay, however many batches are not finite.
        for (int i = 1; i <= 3; i++)
        {
            Spoil(trainer);
            Assert.Equal((5 + i, 2 + i, 2, 0), (trainer.Updates, trainer.Skipped, trainer.Restorations, trainer.Count));
            twins.CheckWeights();
        }

        twins.CheckNextStep();
    }

    [Theory]
    [MemberData(nameof(Optimisers))]
    public void A_second_batch_in_a_row_that_is_not_finite_takes_the_last_step_back(OptimizerSettings optimiser)
    {
        using Twins twins = new(optimiser);
        RememberModel.Trainer trainer = twins.Trainer;
        for (int i = 1; i <= 2; i++)
        {
            Backward(trainer, 9 + i, 6, scale: 10);
            Assert.True(trainer.Update(0.5f).Applied);
            Dictionary<string, float[]> last = twins.Weights();
            Spoil(trainer);
            Assert.Equal(i - 1, trainer.Restorations);
            Compare.SameBits("weights after one batch", last, twins.Weights());
            Spoil(trainer);
            twins.CheckWeights();
            Spoil(trainer);
            twins.CheckWeights();
            Assert.Equal((3 + (4 * i), 3 * i, i), (trainer.Updates, trainer.Skipped, trainer.Restorations));
        }

        twins.CheckNextStep();
    }

    [Fact]
    public void A_step_between_two_batches_that_are_not_finite_is_kept()
    {
        using Twins twins = new(new AdamWSettings());
        for (int i = 0; i < 3; i++)
        {
            Spoil(twins.Trainer);
            twins.CheckNextStep();
        }

        Assert.Equal((9, 3, 0), (twins.Trainer.Updates, twins.Trainer.Skipped, twins.Trainer.Restorations));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_step_though_the_gradient_is_finite()
    {
        TestModel model = ModelCase.Of<GruModel>().Create();
        using SequenceTrainer trainer = model.CreateTrainer(s_options);
        float[] inputs = TestData.Values(model.Case.Input, 1), targets = new float[model.OutputSize], infinite = [.. targets];
        infinite[0] = float.PositiveInfinity;
        trainer.Add(inputs);
        trainer.Add(inputs);
        trainer.Forward();
        Assert.False(double.IsFinite(trainer.MeanSquaredError(0, infinite)));
        trainer.MeanSquaredError(0, targets);
        trainer.MeanSquaredError(1, targets);
        trainer.Backward();

        // It counts for all batches of the update, and no longer than that.
        trainer.Accumulate();
        trainer.Add(inputs);
        trainer.Forward();
        trainer.MeanSquaredError(0, targets);
        trainer.Backward();
        UpdateResult result = trainer.Update(0.1f);
        Assert.True(double.IsFinite(result.GradientNorm));
        Assert.False(result.Applied);
        Compare.SameBits("GruModel", model.Tensors(), model.FromTrainer(trainer).Tensors());

        trainer.Add(inputs);
        trainer.Forward();
        trainer.MeanSquaredError(0, targets);
        trainer.Backward();
        Assert.True(trainer.Update(0.1f).Applied);
        Assert.Equal((2, 1, 0), (trainer.Updates, trainer.Skipped, trainer.Restorations));
    }

    [Fact]
    public void Clipping_by_value_does_not_hide_a_gradient_that_is_infinite()
    {
        using SequenceTrainer trainer = Model().CreateTrainer(s_options with { ClipValue = 1 });
        Add(trainer, 1, 2);
        trainer.Forward();
        trainer.GetOutputGradients(0)[1] = float.PositiveInfinity;
        trainer.Backward();

        Assert.False(trainer.Update(0.1f).Applied);
    }

    [Theory]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(1, true)]
    public void A_gradient_whose_squares_are_infinite_is_applied_only_when_it_is_clipped(float clip, bool applied)
    {
        using SequenceTrainer trainer = Model().CreateTrainer(s_options with { ClipNorm = clip });
        Backward(trainer, 1, 6, scale: 1e21f);

        UpdateResult result = trainer.Update(0.1f);

        Assert.True(double.IsFinite(result.GradientNorm));
        Assert.Equal(applied, result.Applied);
        Assert.Equal(applied ? 0 : 1, trainer.Restorations);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        TrainerOptions[] wrong =
        [
            s_options with { ClipValue = 0 },
            s_options with { ClipValue = float.NaN },
            s_options with { AverageDecay = 1 },
            s_options with { AverageDecay = -0.1 },
            s_options with { AverageDecay = double.NaN },
            s_options with { DropoutMask = (DropoutMask)2 },
            s_options with { Optimizer = new SgdSettings { Momentum = 1 } },
            s_options with { Optimizer = new AdamSettings { WeightDecay = -1 } },
        ];
        Assert.All(wrong, options => Assert.Throws<ArgumentOutOfRangeException>(() => Model().CreateTrainer(options)));
        Assert.Equal("Nesterov", Assert.Throws<ArgumentException>(() => Model().CreateTrainer(s_options with { Optimizer = new SgdSettings { Nesterov = true } })).ParamName);
    }

    /// <summary>A batch whose gradient is no number.</summary>
    private static void Spoil(SequenceTrainer trainer)
    {
        Add(trainer, 1, 2);
        trainer.Forward(training: false);
        trainer.GetOutputGradients(0)[1] = float.NaN;
        trainer.Backward();
        Assert.False(trainer.Update(0.1f).Applied);
    }

    private static TestModel Model() => ModelCase.Of<RememberModel>().Create(3);

    private static Dictionary<string, float[]> Average(RememberModel.Trainer trainer) =>
        new TestModel(ModelCase.Of<RememberModel>(), trainer.ToAverageModel()).Tensors();

    /// <summary>Sequences of symbols, the first of which is the label; which ones is a function of seed and index.</summary>
    private static void Add(SequenceTrainer trainer, int seed, int count, int first = 0)
    {
        for (int i = first; i < first + count; i++)
        {
            CounterRandom random = new((ulong)seed, (ulong)i);
            float[] inputs = new float[(1 + (i % Steps)) * 4];
            for (int t = 0; t < inputs.Length / 4; t++)
            {
                inputs[(t * 4) + (int)(random.GetBits((ulong)t) % 4)] = 1;
            }

            trainer.Add(inputs);
        }
    }

    private static double Forward(SequenceTrainer trainer, int seed, int count, int first = 0, float scale = 0, bool training = true)
    {
        trainer.Forward(training);
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            int label = (int)(new CounterRandom((ulong)seed, (ulong)(first + i)).GetBits(0) % 4);
            loss += trainer.CrossEntropy(i, [label], scale == 0 ? 1f / count : scale);
        }

        return loss;
    }

    private static double Backward(SequenceTrainer trainer, int seed, int count, int first = 0, float scale = 0, bool training = true)
    {
        Add(trainer, seed, count, first);
        double loss = Forward(trainer, seed, count, first, scale, training);
        trainer.Backward();
        return loss;
    }

    /// <summary>Two trainers after the same three steps.</summary>
    private sealed class Twins : IDisposable
    {
        private readonly TestModel _model = Model();
        private readonly RememberModel.Trainer _other;
        private int _batch;

        public Twins(OptimizerSettings optimiser)
        {
            TrainerOptions options = s_options with { Optimizer = optimiser };
            (Trainer, _other) = (RememberModel.Create(3).CreateTrainer(options), RememberModel.Create(3).CreateTrainer(options));
            for (int update = 0; update < 3; update++)
            {
                CheckNextStep();
            }
        }

        public RememberModel.Trainer Trainer { get; }

        public Dictionary<string, float[]> Weights() => _model.FromTrainer(Trainer).Tensors();

        public void CheckWeights() => Compare.SameBits("weights", _model.FromTrainer(_other).Tensors(), Weights());

        /// <summary>The same step of both gives the same bits: so do moments and the number of steps.</summary>
        public void CheckNextStep()
        {
            _batch++;
            foreach (RememberModel.Trainer each in new[] { Trainer, _other })
            {
                Backward(each, _batch, 6, training: false);
                Assert.True(each.Update(0.01f).Applied);
            }

            CheckWeights();
            Compare.SameBits("average", Average(_other), Average(Trainer));
        }

        public void Dispose()
        {
            Trainer.Dispose();
            _other.Dispose();
        }
    }
}
