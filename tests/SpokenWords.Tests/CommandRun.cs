namespace SpokenWords.Tests;

/// <summary>One run of the program through its real entry point.</summary>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static CommandRun Of(params string[] args) => Of(TestContext.Current.CancellationToken, args);

    /// <summary>Of a program that is asked to stop before it begins.</summary>
    public static CommandRun OfStopped(params string[] args) => Of(new CancellationToken(canceled: true), args);

    /// <summary>Of a program that is asked to stop when it has written a line with that text to standard error.</summary>
    public static CommandRun OfStoppedAt(string text, params string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var error = new StoppingWriter(text, stop) { NewLine = "\n" };
        return Of(error, stop.Token, args);
    }

    private static CommandRun Of(CancellationToken stop, string[] args)
    {
        using var error = new StringWriter { NewLine = "\n" };
        return Of(error, stop, args);
    }

    private static CommandRun Of(StringWriter error, CancellationToken stop, string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        int status = Program.Run(args, output, error, stop);
        return new CommandRun(status, output.ToString(), error.ToString());
    }

    /// <summary>A failure: nothing on standard output, one line on standard error that says everything in <paramref name="parts"/>, no stack trace.</summary>
    public void AssertFailed(int status, params string[] parts)
    {
        Assert.Equal((status, ""), (Status, Output));
        Assert.StartsWith("words: ", Error);
        Assert.Single(Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("internal error", Error);
        Assert.All(parts, part => Assert.Contains(part, Error));
    }

    private sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
