using Seq.Embedded.Training;

namespace Seq.Embedded.Tests.Training;

public class TrainerLayoutTests
{
    private const int Weights = 1000;

    private static readonly TrainerLayout s_layout = new(
        InputSize: 3, OutputSize: 2, OutputStride: 16, OutputRegion: 0, OutputGradientRegion: 1, OutputAxis: 0, OutputActivation: Activation.Softmax,
        [new RegionSize(16, 0), new RegionSize(32, 5)]);

    [Theory]
    [InlineData(1, 10, 1, 1)]
    [InlineData(8, 10, 1, 8)]
    [InlineData(9, 7, 2, 8)]
    [InlineData(65_536, 20, 8192, 8)]
    public void GetMemoryBytes_follows_the_formula(int batch, int steps, int shards, int perShard)
    {
        TrainerOptions options = new() { MaxBatch = batch, MaxSteps = steps };
        long rows = (long)batch * steps, table = steps + 1 + (3 * perShard), shard = Weights + (perShard * steps * (3 + 16 + 32)) + (perShard * 5) + table;

        Assert.Equal(4 * ((7 * Weights) + (rows * (3 + 2 + 2)) + (shards * shard)), s_layout.GetMemoryBytes(options, Weights));

        TrainerLayout last = s_layout with { OutputAxis = -1 };
        Assert.Equal(4 * ((7 * Weights) + (rows * 3) + (batch * 4) + (shards * shard)), last.GetMemoryBytes(options, Weights));

        // A token takes one value, an initial state seven.
        TrainerLayout tokens = s_layout with { Tokens = true, StateSize = 7 };
        Assert.Equal(4 * ((7 * Weights) + (rows * (1 + 2 + 2)) + (batch * 7) + (shards * (shard - (perShard * steps * 2)))), tokens.GetMemoryBytes(options, Weights));

        TrainerLayout transposed = s_layout with { TransposedPanels = [new(0, 5, 7, 3), new(200, 10, 17, 1)] };
        Assert.Equal(4 * ((15 * 16) + (10 * 32)), transposed.GetMemoryBytes(options, Weights) - s_layout.GetMemoryBytes(options, Weights));

        // The second region and the outputs on an axis of every fourth time step.
        TrainerLayout strided = s_layout with
        {
            OutputAxis = 1, Axes = [TimeAxis.Input, new TimeAxis(4)], Regions = [new RegionSize(16, 0), new RegionSize(32, 5, Axis: 1)],
        };
        int quarter = (steps + 3) / 4;
        shard = Weights + (perShard * steps * (3 + 16)) + (perShard * ((quarter * 32) + 5)) + table + quarter + 1 + (3 * perShard);
        Assert.Equal(4 * ((7 * Weights) + (rows * 3) + ((long)batch * quarter * 4) + (shards * shard)), strided.GetMemoryBytes(options, Weights));
    }

    [Fact]
    public void GetMemoryBytes_counts_what_the_optimiser_and_the_average_keep()
    {
        TrainerOptions options = new() { MaxBatch = 3, MaxSteps = 10, Optimizer = new SgdSettings() };
        long plain = s_layout.GetMemoryBytes(options, Weights);
        long More(TrainerOptions other) => s_layout.GetMemoryBytes(other, Weights) - plain;

        // Each with its copy.
        Assert.Equal(4 * 2 * Weights, More(options with { Optimizer = new SgdSettings { Momentum = 0.9 } }));
        Assert.Equal(4 * 4 * Weights, More(options with { Optimizer = new AdamSettings() }));
        Assert.Equal(4 * 4 * Weights, More(options with { Optimizer = new AdamWSettings() }));
        Assert.Equal(4 * 2 * Weights, More(options with { AverageDecay = 0.9 }));
    }

    // Two layers: the first has regions 2 to 4, weights 0 to 299 and a panel that only its own gradient needs.
    private static readonly TrainerLayout s_layers = s_layout with
    {
        Regions = [new(16, 0, Layer: 1), new(16, 0, Layer: 1, IsGradient: true), new(48, 0), new(32, 5), new(16, 0, IsGradient: true)],
        LayerNames = ["low", "high"],
        Weights = [new(Layer: 0, Offset: 0), new(Layer: 1, Offset: 300)],
        Cuts = [new(Layer: 1, Region: 3, Width: 20, Stride: 32, Axis: 0)],
        TransposedPanels = [new(0, 5, 7, 3), new(300, 10, 17, 1, Layer: 1)],
        StateSize = 7,
    };

    [Theory]
    [InlineData(10, 10)]
    [InlineData(100, 32)]
    public void GetMemoryBytes_counts_what_frozen_layers_leave(int steps, int frozenSteps)
    {
        TrainerOptions options = new() { MaxBatch = 9, MaxSteps = steps, FrozenLayers = ["low"], AverageDecay = 0.5 };
        const int Trained = Weights - 300;

        // Weights; gradients, last good weights, moments and average of 700; the transposed panel of the high layer; rows of the cut, states and outputs.
        long floats = Weights + (8 * Trained) + (10 * 32) + (9 * steps * (20 + 2 + 2)) + (9 * 7);

        // Two shards of 8 with the regions of the high layer and the rows of the cut; the low layer for one sequence.
        floats += (2 * (Trained + (8 * ((steps * (16 + 16 + 32)) + 5)))) + (frozenSteps * (3 + 48 + 32)) + 5;

        // The tables of their rows.
        floats += (2 * (steps + 1 + (3 * 8))) + frozenSteps + 1 + 3;
        Assert.Equal(4 * floats, s_layers.GetMemoryBytes(options, Weights));

        // Frozen layers above a trained one have gradients to pass on.
        Assert.Equal(s_layers.GetMemoryBytes(options with { FrozenLayers = [] }, Weights), s_layers.GetMemoryBytes(options with { FrozenLayers = ["high"] }, Weights));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(1000)]
    public void GetMemoryBytes_counts_a_chunk_and_the_states_between(int checkpointSteps)
    {
        const int Steps = 100;
        TrainerOptions options = new() { MaxBatch = 3, MaxSteps = Steps };
        int chunk = Math.Min(checkpointSteps, Steps), kept = chunk < Steps ? (Steps + chunk - 1) / chunk : 0;
        long less = (Steps - chunk) * ((3L * (3 + 16 + 16 + 48 + 32 + 16)) + 1), more = 3L * kept * 7;
        Assert.Equal(
            s_layers.GetMemoryBytes(options, Weights) + (4 * (more - less)), s_layers.GetMemoryBytes(options with { ActivationCheckpointSteps = checkpointSteps }, Weights));

        ArgumentException e = Assert.Throws<ArgumentException>(
            () => (s_layers with { WholeSequenceLayer = "conv" }).GetMemoryBytes(options with { ActivationCheckpointSteps = checkpointSteps }, Weights));
        Assert.Contains("layer \"conv\" reads more", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 7, 7)]
    [InlineData(3, 0, 0)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 3, 1)]
    [InlineData(3, 4, 2)]
    [InlineData(16_384, int.MaxValue, 131_072)]
    public void GetSteps_of_an_axis_counts_every_step_of_the_stride_from_the_first_on(int stride, int steps, int expected) =>
        Assert.Equal(expected, new TimeAxis(stride).GetSteps(steps));

    [Fact]
    public void GetMemoryBytes_labels_of_CTC_take_memory()
    {
        TrainerOptions options = new() { MaxBatch = 3, MaxSteps = 10 };

        long more = s_layout.GetMemoryBytes(options with { MaxLabels = 4 }, Weights) - s_layout.GetMemoryBytes(options, Weights);

        Assert.Equal(8 * ((12 * 9) + 2), more);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_layout.GetMemoryBytes(options with { MaxLabels = -1 }, Weights));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_layout.GetMemoryBytes(options with { MaxSteps = 200, MaxLabels = 16_777_216 }, Weights));
    }

    [Fact]
    public void GetMemoryBytes_sizes_out_of_range_are_refused()
    {
        TrainerOptions options = new() { MaxBatch = 1, MaxSteps = 1 };
        Assert.Throws<ArgumentOutOfRangeException>(() => s_layout.GetMemoryBytes(options with { MaxBatch = 0 }, Weights));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_layout.GetMemoryBytes(options, -1));
        Assert.Throws<ArgumentNullException>(() => s_layout.GetMemoryBytes(null!, Weights));

        // The widest region takes 32 * 8 * MaxSteps + 40 floats.
        options = new() { MaxBatch = 8, MaxSteps = 8_388_351 };
        Assert.True(s_layout.GetMemoryBytes(options, Weights) > 1L << 33);
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(
            () => s_layout.GetMemoryBytes(options with { MaxSteps = 8_388_352 }, Weights));
        Assert.Contains(
            "a buffer of 2147418152 floats; allowed: up to 2147418112. Lower MaxBatch or MaxSteps, or set ActivationCheckpointSteps to 4194304, which needs ", e.Message, StringComparison.Ordinal);

        // What does not make it fit is not named, nor what cannot be done.
        e = Assert.Throws<ArgumentOutOfRangeException>(
            () => (s_layout with { WholeSequenceLayer = "conv" }).GetMemoryBytes(options with { MaxSteps = 8_388_352 }, Weights));
        Assert.Contains("Lower MaxBatch or MaxSteps.", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentOutOfRangeException>(() => s_layers.GetMemoryBytes(options with { MaxSteps = 16_777_216, MaxMemoryBytes = 1 }, Weights));
        Assert.Contains("Lower MaxBatch or MaxSteps, or freeze the lowest layers (FrozenLayers).", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_refuses_what_a_trainer_of_the_layout_would()
    {
        TrainerOptions options = new() { MaxBatch = 1, MaxSteps = 1 };
        Assert.Same(s_layout, s_layout.Check(options, Weights));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_layout.Check(options with { MaxMemoryBytes = 1 }, Weights));
        Assert.Throws<ArgumentNullException>(() => s_layout.Check(null!, Weights));
    }

    [Fact]
    public void More_bytes_than_available_are_refused_with_what_to_lower()
    {
        TrainerOptions options = new() { MaxBatch = 25, MaxSteps = 4 };

        TrainerPlan plan = new(s_layout, options, Weights);

        TrainerMemory.Check(plan, 5000, available: 5000);
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => TrainerMemory.Check(plan, 5001, available: 5000));

        Assert.Equal("options", e.ParamName);
        Assert.Equal(5001L, e.ActualValue);
        Assert.Contains(
            "MaxBatch 25 and MaxSteps 4 need 5001 bytes, 16000 of them for 4 gradients of 1000 weights (one per 8 sequences); "
            + "allowed: the 5000 bytes of this machine. Lower MaxBatch or MaxSteps.",
            e.Message, StringComparison.Ordinal);

        plan = new(s_layers, options with { MaxBatch = 8 }, Weights);
        e = Assert.Throws<ArgumentOutOfRangeException>(() => TrainerMemory.Check(plan, 5001, available: 5000));
        Assert.Contains(" for 1 gradient of 1000 weights", e.Message, StringComparison.Ordinal);
        Assert.Contains("Lower MaxBatch or MaxSteps, or freeze the lowest layers (FrozenLayers).", e.Message, StringComparison.Ordinal);
    }
}
