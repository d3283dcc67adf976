namespace KeywordSpotter.Tests.Commands;

public sealed class UsageTests
{
    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("listen", "--help")]
    [InlineData("train", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("enroll", "--help")]
    [InlineData("tune", "--help")]
    [InlineData("review", "--help")]
    [InlineData("models", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("replay", "--help")]
    [InlineData("quantize", "--help")]
    [InlineData("info", "--help")]
    public void Help_is_printed_everywhere(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("Usage: kws", run.Output);
    }

    [Fact]
    public void Help_tells_which_weights_a_command_takes()
    {
        Assert.Contains("of floats or of 8 bits", Words("info"));
        Assert.Contains("of the model, of floats;", Words("quantize"));

        static string Words(string command) => string.Join(' ', CommandRun.Of(command, "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Version_is_printed()
    {
        CommandRun run = CommandRun.Of("--version");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches(@"^kws \d+\.\d+\.\d+\n$", run.Output);
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("--loud")]
    [InlineData("--version", "x")]
    [InlineData("info", "extra")]
    [InlineData("listen", "one.wav", "two.wav")]
    public void Unknown_words_are_bad_usage(params string[] arguments) =>
        CommandRun.Of(arguments).AssertFailed(2, arguments[^1], "--help", "allowed: ");

    [Fact]
    public void Unknown_options_are_answered_with_those_that_exist()
    {
        CommandRun.Of("--loud").AssertFailed(2, "--help, --version", "listen, train, evaluate, calibrate, enroll, tune, review, models, serve, replay, quantize, info");
        CommandRun.Of("info", "--loud").AssertFailed(2, "allowed: --model");
    }

    [Fact]
    public void Closed_output_ends_quietly()
    {
        using var output = new ClosedWriter();
        var error = new StringWriter();

        int status = Program.Run(["--version"], () => Stream.Null, output, error, TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (status, error.ToString()));
    }

    private sealed class ClosedWriter : StringWriter
    {
        public override void WriteLine(string? value) => throw new BrokenPipeException();
    }
}
