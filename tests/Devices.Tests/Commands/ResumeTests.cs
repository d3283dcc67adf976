using System.Diagnostics;

namespace KeywordSpotter.Tests.Commands;

public sealed class ResumeTests(TrainedModel model)
{
    private const int Kills = 24;

    [Theory]
    [InlineData("epoch 1/")]
    [InlineData("epoch 3/")] // before the search for hard negatives that follows it
    [InlineData("epoch 5/")]
    public void Train_resumed_gives_the_same_bytes_as_without_the_interruption(string last)
    {
        string name = $"resumed-{last[6]}";
        using var stop = new CancellationTokenSource();
        using var error = new StoppingWriter(last, stop);
        int status = Program.Run(Task(name), () => Stream.Null, TextWriter.Null, error, stop.Token);
        Assert.Equal(0, status);
        Assert.DoesNotContain("epoch 6/", error.ToString());

        CommandRun run = CommandRun.Of([.. Task(name), "--resume", "--threads", "3", "--report", model.In($"{name}.html")]);

        Assert.Equal(0, run.Status);
        AssertSame(name);
        Assert.Contains("Complete, 6 epochs", File.ReadAllText(model.In($"{name}.html"))); // the epochs before are in the report, too
        Assert.Contains("<th scope=\"row\">1</th>", File.ReadAllText(model.In($"{name}.html")));
    }

    [Fact]
    public void Train_killed_at_any_moment_and_resumed_gives_the_same_model()
    {
        string name = "killed";
        var draws = new Draws(7);
        int kills = 0;
        int runs = 0;
        for (bool done = false; !done; runs++)
        {
            using Process process = Start(name);
            // The first kills come while the program starts, later ones in the midst of epochs, validation and saving.
            done = process.WaitForExit(kills < Kills ? (int)draws.Uniform(20, 900) : Timeout.Infinite);
            if (!done)
            {
                process.Kill();
                process.WaitForExit();
                kills++;
            }
            else
            {
                Assert.Equal(0, process.ExitCode);
            }
        }

        Assert.InRange(runs, 2, Kills + 1);
        AssertSame(name);
    }

    [Fact]
    public void Train_resumed_when_done_tells_the_result_again()
    {
        Assert.Equal(0, CommandRun.Of(Task("done")).Status);
        byte[] before = File.ReadAllBytes(model.In("done.safetensors"));

        CommandRun run = CommandRun.Of([.. Task("done"), "--resume"]);

        Assert.Equal(0, run.Status);
        Assert.StartsWith($"{model.In("done.safetensors")}: epoch ", Assert.Single(run.Lines));
        Assert.DoesNotContain("epoch 6/6", run.Error);
        Assert.Equal(before, File.ReadAllBytes(model.In("done.safetensors")));
    }

    [Fact]
    public void Train_resumed_with_other_options_names_them()
    {
        Assert.Equal(0, CommandRun.Of(Task("other")).Status);

        CommandRun.Of([.. Task("other"), "--resume", "--seed", "5", "--weight-decay", "0.5"])
            .AssertEndedBadly("other.checkpoint", "--seed 0, now 5", "--weight-decay 0.01, now 0.5", "allowed");
    }

    [Fact]
    public void Train_resumed_with_other_recordings_is_bad_input()
    {
        SmallAudio.WriteTrainingFolders(model.In("changing"), clips: 6);
        string[] task = [.. Task("changed", model.In("changing"))];
        Assert.Equal(0, CommandRun.Of(task).Status);
        SmallAudio.Write(model.In("changing", "data", SmallAudio.Rise, "0.wav"), SmallAudio.Word(SmallAudio.Rise, 99, out _));

        CommandRun.Of([.. task, "--resume"]).AssertEndedBadly("changed.checkpoint", "other recordings");
    }

    [Fact]
    public void Train_resumed_without_its_best_model_is_bad_input()
    {
        Assert.Equal(0, CommandRun.Of(Task("lost")).Status);
        File.Delete(model.In("lost.safetensors"));

        CommandRun.Of([.. Task("lost"), "--resume"]).AssertEndedBadly("lost.safetensors", "does not hold epoch", "lost.checkpoint");
    }

    [Fact]
    public void Train_with_a_checkpoint_that_is_there_does_not_overwrite_it()
    {
        File.WriteAllText(model.In("kept.checkpoint"), "precious");

        CommandRun.Of(Task("kept")).AssertFailed(1, "kept.checkpoint", "--resume");

        Assert.Equal("precious", File.ReadAllText(model.In("kept.checkpoint")));
    }

    [Fact]
    public void Train_resumed_from_a_model_is_bad_input() =>
        CommandRun.Of([.. Task("model")[..^1], model.Path, "--resume"]).AssertEndedBadly("model.safetensors", "is no checkpoint of kws train");

    [Fact]
    public void Train_resume_without_a_checkpoint_is_bad_usage() =>
        CommandRun.Of([.. Task("none")[..^2], "--resume"]).AssertFailed(2, "--resume", "--checkpoint");

    private void AssertSame(string name)
    {
        if (!File.Exists(model.In("uninterrupted.safetensors")))
        {
            Assert.Equal(0, CommandRun.Of(Task("uninterrupted")).Status);
        }

        Assert.Equal(File.ReadAllBytes(model.In("uninterrupted.safetensors")), File.ReadAllBytes(model.In($"{name}.safetensors")));
    }

    private string[] Task(string name, string? root = null) =>
    [
        "train", "--data", Path.Combine(root ?? model.Root, "data"), "--background", Path.Combine(root ?? model.Root, "background"), "--out", model.In($"{name}.safetensors"),
        "--epochs", "6", "--steps", "3", "--batch", "6", "--seconds", "1.2", "--mine", "3", "--mine-minutes", "0.3", "--checkpoint", model.In($"{name}.checkpoint"),
    ];

    private Process Start(string name)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string word in (string[])[typeof(Program).Assembly.Location, .. Task(name), "--resume"])
        {
            start.ArgumentList.Add(word);
        }

        Process process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>Asks the program to stop when a line begins with a text.</summary>
    private sealed class StoppingWriter(string text, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith(text, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }
}
