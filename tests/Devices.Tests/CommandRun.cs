namespace KeywordSpotter.Tests;

/// <summary>One run of the program through its real entry point.</summary>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static CommandRun Of(params string[] args) => OfInput([], args);

    /// <summary>With bytes on standard input.</summary>
    public static CommandRun OfInput(byte[] input, params string[] args) => Of(input, TestContext.Current.CancellationToken, args);

    /// <summary>Of a program that is asked to stop before it begins.</summary>
    public static CommandRun OfStopped(params string[] args) => Of([], new CancellationToken(canceled: true), args);

    private static CommandRun Of(byte[] input, CancellationToken stop, string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int status = Program.Run(args, () => new MemoryStream(input), output, error, stop);
        return new CommandRun(status, output.ToString(), error.ToString());
    }

    /// <summary>A failure after some progress: bad input, whose reason is in the last line on standard error.</summary>
    public void AssertEndedBadly(params string[] parts) =>
        (this with { Error = Error.TrimEnd('\n').Split('\n')[^1] + '\n' }).AssertFailed(1, parts);

    /// <summary>A failure: nothing on standard output, one line on standard error that says everything in <paramref name="parts"/>, no stack trace.</summary>
    public void AssertFailed(int status, params string[] parts)
    {
        Assert.Equal(status, Status);
        Assert.Equal("", Output);
        Assert.StartsWith("kws: ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("internal error", Error);
        Assert.All(parts, part => Assert.Contains(part, Error));
    }
}
