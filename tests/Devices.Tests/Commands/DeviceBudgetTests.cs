using KeywordSpotter.Commands;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Commands;

public sealed class DeviceBudgetTests(TrainedModel model)
{
    [Theory]
    [InlineData("memory=64MB", 64_000_000L, null)]
    [InlineData("memory=1.5GB,seconds=120", 1_500_000_000L, 120.0)]
    [InlineData("seconds=2min, memory=900kB", 900_000L, 120.0)]
    [InlineData("seconds=0.5s", null, 0.5)]
    [InlineData("seconds=50000min", null, 3_000_000.0)]
    public void Parse_reads_numbers_with_units(string text, long? bytes, double? seconds)
    {
        DeviceBudget budget = DeviceBudget.Parse(text);

        Assert.Equal((bytes, seconds), (budget.MemoryBytes, budget.Time?.TotalSeconds));
    }

    [Theory]
    [InlineData("memory=64", "memory=64")]
    [InlineData("memory=MB", "memory=MB")]
    [InlineData("memory=-1MB", "memory=-1MB")]
    [InlineData("memory=0MB", "memory=0MB")]
    [InlineData("memory=64mb", "memory=64mb")]
    [InlineData("seconds=soon", "seconds=soon")]
    [InlineData("seconds=", "seconds=")]
    [InlineData("seconds=1h", "seconds=1h")]
    [InlineData("seconds=3000001", "seconds=3000001")]
    [InlineData("seconds=50001min", "seconds=50001min")]
    [InlineData("seconds=1,seconds=2", "seconds twice")]
    [InlineData("watts=5", "watts=5")]
    [InlineData("seconds=1,", "''")]
    public void Parse_anything_else_is_bad_usage(string text, string named)
    {
        string message = Assert.Throws<UsageException>(() => DeviceBudget.Parse(text)).Message;

        Assert.Contains(named, message);
        Assert.Contains("allowed: memory=NUMBER with kB, MB or GB", message);
        Assert.Contains("up to 3000000 s", message);
    }

    [Theory]
    [InlineData(0.9, 0)] // 10 batches of 0.09 s and 0.1 s of measuring: an epoch takes 1 s, and nine tenths of the time are planned for
    [InlineData(1.2, 1)]
    [InlineData(4.5, 4)]
    [InlineData(6.5, 5)] // the search after the fifth takes a second more
    [InlineData(7.8, 6)]
    [InlineData(1000, 20)]
    public void Pace_plans_the_most_epochs_that_fit(double seconds, int epochs)
    {
        var options = new TrainingOptions { Epochs = 20, Steps = 10, MineEvery = 5 };

        Assert.Equal(epochs, new TrainingPace(0.09, 0.1, 1).EpochsIn(TimeSpan.FromSeconds(seconds), options));
    }

    [Fact]
    public void Train_in_little_time_plans_epochs_that_can_be_repeated()
    {
        CommandRun limited = CommandRun.Of([.. Brief("limited"), "--epochs", "3", "--device-budget", "seconds=10min"]);

        Assert.Equal(0, limited.Status);
        Assert.Contains("planned: 3 of 3 epochs in 600 s", limited.Error);
        Assert.Equal(0, CommandRun.Of([.. Brief("unlimited"), "--epochs", "3"]).Status);
        Assert.Equal(File.ReadAllBytes(model.In("unlimited.safetensors")), File.ReadAllBytes(model.In("limited.safetensors")));
    }

    [Fact]
    public void Train_in_too_little_time_is_bad_input_that_says_how_much_is_needed() =>
        CommandRun.Of([.. Brief("hurried"), "--steps", "100000", "--device-budget", "seconds=3"]).AssertEndedBadly("seconds=3", "allowed: at least", "--steps");

    [Fact]
    public void Train_with_a_budget_that_cannot_be_read_is_bad_usage() =>
        CommandRun.Of([.. Brief("wrong"), "--device-budget", "seconds"]).AssertFailed(2, "--device-budget has 'seconds'", "allowed");

    [Fact]
    public void Train_in_little_memory_is_bad_input_that_says_what_would_fit() =>
        CommandRun.Of([.. Brief("narrow"), "--device-budget", "memory=1MB"]).AssertFailed(1, "memory=1.0 MB", "for the trainer", "for audio", "allowed: at least");

    [Fact]
    public void Memory_that_is_short_is_saved_on_examples_first()
    {
        var options = new TrainingOptions { Batch = 32, Threads = 2 };
        var audio = new AudioLength(60, 1_920_000);
        (long trainer, long examples) = TrainingSession.GetMemory(options, 2);
        long all = trainer + examples + audio.Bytes + 30_000_000 + 4_000_000 + MemoryPlan.GetReserve(options, audio);
        string told = "";

        Assert.Equal(options, MemoryPlan.Fit(options, 2, audio, 30_000_000, all, text => told = text));
        Assert.Contains(FormattableString.Invariant($"allowed: {all / 1e6:0.0} MB"), told);
        TrainingOptions fewer = MemoryPlan.Fit(options, 2, audio, 30_000_000, all - (examples / 2), text => told = text);
        Assert.Equal(options with { ExamplesAhead = 32 }, fewer);
    }

    [Fact]
    public void Memory_that_is_too_short_names_options_that_fit()
    {
        var options = new TrainingOptions { Batch = 32, Threads = 2 };
        var audio = new AudioLength(60, 1_920_000);
        (long trainer, _) = TrainingSession.GetMemory(options, 2);
        long limit = 30_000_000 + 4_000_000 + MemoryPlan.GetReserve(options, audio) + audio.Bytes + (trainer / 2);

        string message = Assert.Throws<InputException>(() => MemoryPlan.Fit(options, 2, audio, 30_000_000, limit, _ => { })).Message;

        int steps = int.Parse(System.Text.RegularExpressions.Regex.Match(message, @"--activation-steps (\d+)").Groups[1].Value);
        Assert.Equal(options with { ActivationSteps = steps, ExamplesAhead = 8 }, MemoryPlan.Fit(options with { ActivationSteps = steps, ExamplesAhead = 8 }, 2, audio, 30_000_000, limit, _ => { }));
    }

    [Theory]
    [InlineData(20_000_000, false)] // the program alone has more
    [InlineData(90_000_000, true)]
    public void Memory_that_no_option_fits_into_asks_for_less_audio_where_that_helps(long limit, bool helps)
    {
        string message = Assert.Throws<InputException>(() => MemoryPlan.Fit(new TrainingOptions { Threads = 2 }, 2, new AudioLength(3600, 115_200_000), 30_000_000, limit, _ => { })).Message;

        Assert.Equal(helps, message.EndsWith(", or less audio", StringComparison.Ordinal));
        Assert.Contains("in reserve", message);
    }

    [Fact]
    public void Memory_that_was_exceeded_is_told()
    {
        Assert.Contains("held 105.0 MB, more than memory=72.0 MB", MemoryPlan.Exceeded(105_000_000, 72_000_000));
        Assert.Null(MemoryPlan.Exceeded(72_000_000, 72_000_000));
        Assert.Null(MemoryPlan.Exceeded(72_000_000, null));
    }

    private string[] Brief(string name) =>
    [
        "train", "--data", model.In("data"), "--background", model.In("background"), model.In("words"), "--out", model.In($"{name}.safetensors"),
        "--batch", "6", "--seconds", "1.2", .. name is "hurried" ? Array.Empty<string>() : ["--steps", "2"],
    ];
}
