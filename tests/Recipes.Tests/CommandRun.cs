namespace Recipes.Tests;

/// <summary>One run of a program through its real entry point.</summary>
internal sealed record CommandRun(string Program, int Status, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The lines of standard error.</summary>
    public string[] Progress => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static CommandRun Shakespeare(params string[] args) => Of(global::Shakespeare.Program.Run, "shakespeare", [], TestContext.Current.CancellationToken, args);

    /// <summary>With bytes on standard input.</summary>
    public static CommandRun ShakespeareWithInput(byte[] input, params string[] args) =>
        Of(global::Shakespeare.Program.Run, "shakespeare", input, TestContext.Current.CancellationToken, args);

    public static CommandRun Chorales(params string[] args) => Of(global::Chorales.Program.Run, "chorales", [], TestContext.Current.CancellationToken, args);

    /// <summary>Of programs that are asked to stop before they begin.</summary>
    public static CommandRun StoppedShakespeare(params string[] args) => Of(global::Shakespeare.Program.Run, "shakespeare", [], new CancellationToken(canceled: true), args);

    /// <inheritdoc cref="StoppedShakespeare"/>
    public static CommandRun StoppedChorales(params string[] args) => Of(global::Chorales.Program.Run, "chorales", [], new CancellationToken(canceled: true), args);

    /// <summary>A success with nothing on standard error.</summary>
    public CommandRun AssertDone()
    {
        Assert.Equal((0, ""), (Status, Error));
        return this;
    }

    /// <summary>A failure: nothing on standard output, one line on standard error that says everything in <paramref name="parts"/>, no stack trace.</summary>
    public void AssertFailed(int status, params string[] parts)
    {
        Assert.Equal("", Output);
        Assert.StartsWith($"{Program}: ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("internal error", Error);
        Assert.All(parts, part => Assert.Contains(part, Error));
        Assert.Equal(status, Status);
    }

    private static CommandRun Of(
        Func<string[], Func<Stream>, TextWriter, TextWriter, CancellationToken, int> run, string program, byte[] input, CancellationToken stop, string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int status = run(args, () => new MemoryStream(input), output, error, stop);
        return new CommandRun(program, status, output.ToString(), error.ToString());
    }
}
