using KeywordSpotter.Listening;

namespace KeywordSpotter.Tests.Listening;

public sealed class DetectionHookTests(TrainedModel model)
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Run_lines_of_the_command_are_given_to_whom_wants_them()
    {
        using var lines = new System.Collections.Concurrent.BlockingCollection<string>();
        using var hook = new DetectionHook("echo one; echo two >&2", s_minute, Fail, CancellationToken.None, lines.Add);

        hook.Run(new HeardWord(1, "alexa", 0.9f, false));

        Assert.Equal("one", lines.Take(TestContext.Current.CancellationToken));
        Assert.Equal("two", lines.Take(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_gives_the_keyword_in_the_environment_and_never_to_the_shell()
    {
        string file = model.In("hook-environment");
        using (var hook = new DetectionHook($"printf '%s|%s|%s' \"$KWS_KEYWORD\" $KWS_SCORE $KWS_TIME > '{file}'", s_minute, Fail, CancellationToken.None))
        {
            hook.Run(new HeardWord(12.345, "$(exit 1) \"; exit 1; '", 0.875f, false));
        }

        Assert.Equal("$(exit 1) \"; exit 1; '|0.88|12.35", File.ReadAllText(file));
    }

    [Fact]
    public void Run_command_cannot_read_the_audio()
    {
        string file = model.In("hook-input");
        using (var hook = new DetectionHook($"cat > '{file}'", s_minute, Fail, CancellationToken.None))
        {
            hook.Run(new HeardWord(1, "alexa", 1, false));
        }

        Assert.Equal("", File.ReadAllText(file));
    }

    [Fact]
    public void Run_failures_are_told_once()
    {
        var told = new List<string>();
        using (var hook = new DetectionHook("exit 3", s_minute, told.Add, CancellationToken.None))
        {
            for (int i = 0; i < 5; i++)
            {
                hook.Run(new HeardWord(1, "alexa", 1, false));
            }
        }

        Assert.Contains("status 3", Assert.Single(told));
    }

    [Fact]
    public void Run_never_waits_for_commands_and_leaves_out_what_is_too_much()
    {
        string file = model.In("hook-many");
        string gate = model.In("hook-gate");
        var told = new List<string>();
        using (var hook = new DetectionHook($"while [ ! -e '{gate}' ]; do sleep 0.01; done; echo x >> '{file}'", s_minute, told.Add, CancellationToken.None))
        {
            for (int i = 0; i < 100; i++)
            {
                hook.Run(new HeardWord(1, "alexa", 1, false)); // returns, though no command can end
            }

            File.WriteAllText(gate, "");
        }

        Assert.InRange(File.ReadAllLines(file).Length, 16, 20); // 16 wait, up to 4 run
        Assert.Contains("left out", Assert.Single(told));
    }

    [Fact]
    public void Run_command_that_takes_too_long_is_killed()
    {
        var told = new List<string>();
        using (var hook = new DetectionHook("sleep 600", TimeSpan.FromMilliseconds(100), told.Add, CancellationToken.None))
        {
            hook.Run(new HeardWord(1, "alexa", 1, false));
        }

        Assert.Contains("killed", Assert.Single(told));
    }

    [Fact]
    public void Run_allocates_nothing_on_the_thread_of_the_audio()
    {
        using var hook = new DetectionHook("true", s_minute, _ => { }, CancellationToken.None);
        hook.Run(new HeardWord(1, "alexa", 1, false));
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 10; i++)
        {
            hook.Run(new HeardWord(1, "alexa", 1, false));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Fail(string message) => Assert.Fail(message);
}
