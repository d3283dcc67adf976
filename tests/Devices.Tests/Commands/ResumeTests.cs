using System.Diagnostics;

namespace KeywordSpotter.Tests.Commands;

public sealed class ResumeTests(TrainedModel model)
{
    private const int MostKills = 24;

    [Theory]
    [InlineData("epoch 1/")]
    [InlineData("epoch 3/")] // before the search for hard negatives that follows it
    [InlineData("epoch 5/")]
    public void Train_resumed_gives_the_same_bytes_as_without_the_interruption(string last)
    {
        string name = $"resumed-{last[6]}";
        using var stop = new CancellationTokenSource();
        using var error = new StoppingWriter(last, stop);
        int status = Program.Run([.. Task(name), "--epochs", "6"], () => Stream.Null, TextWriter.Null, error, stop.Token);
        Assert.Equal(0, status);
        Assert.DoesNotContain("epoch 6/", error.ToString());

        CommandRun run = CommandRun.Of([.. Task(name), "--epochs", "6", "--resume", "--threads", "3", "--report", model.In($"{name}.html")]);

        Assert.Equal(0, run.Status);
        AssertSame(name, "--epochs", "6");
        Assert.Contains("Complete, 6 epochs", File.ReadAllText(model.In($"{name}.html"))); // the epochs before are in the report, too
        Assert.Contains("<th scope=\"row\">1</th>", File.ReadAllText(model.In($"{name}.html")));
    }

    [Fact]
    public void Train_killed_at_any_moment_and_resumed_gives_the_same_model()
    {
        string[] more = ["--epochs", "12"];
        var draws = new Draws(7);
        int kills = 0;
        for (bool done = false; !done;)
        {
            using var training = new ManualResetEventSlim();
            using Process process = Start([.. Task("killed"), .. more, "--resume"], training);
            // Once the clips are counted: in the midst of batches, validation, searches and saving.
            training.Wait(TestContext.Current.CancellationToken);
            done = process.WaitForExit(kills < MostKills ? (int)draws.Uniform(0, 250) : Timeout.Infinite);
            if (done)
            {
                Assert.Equal(0, process.ExitCode);
                break;
            }

            process.Kill();
            process.WaitForExit();
            kills++;
        }

        Assert.InRange(kills, 1, MostKills);
        AssertSame("killed", more);
    }

    [Fact]
    public void Train_resumed_when_done_tells_the_result_again()
    {
        Assert.Equal(0, CommandRun.Of(Brief("done")).Status);
        byte[] before = File.ReadAllBytes(model.In("done.safetensors"));

        CommandRun run = CommandRun.Of([.. Brief("done"), "--resume"]);

        Assert.Equal(0, run.Status);
        Assert.StartsWith($"{model.In("done.safetensors")}: epoch ", Assert.Single(run.Lines));
        Assert.DoesNotContain("epoch 2/2", run.Error);
        Assert.Equal(before, File.ReadAllBytes(model.In("done.safetensors")));
    }

    [Fact]
    public void Train_resumed_with_other_options_names_them()
    {
        Assert.Equal(0, CommandRun.Of(Brief("other")).Status);

        CommandRun.Of([.. Brief("other"), "--resume", "--seed", "5", "--weight-decay", "0.5"])
            .AssertEndedBadly("other.checkpoint", "--seed 0, now 5", "--weight-decay 0.01, now 0.5", "allowed");
    }

    [Fact]
    public void Train_resumed_with_other_recordings_is_bad_input()
    {
        SmallAudio.WriteTrainingFolders(model.In("changing"), clips: 6);
        string[] task = Brief("changed", model.In("changing"));
        Assert.Equal(0, CommandRun.Of(task).Status);
        SmallAudio.Write(model.In("changing", "data", SmallAudio.Rise, "0.wav"), SmallAudio.Word(SmallAudio.Rise, 99, out _));

        CommandRun.Of([.. task, "--resume"]).AssertEndedBadly("changed.checkpoint", "other recordings");
    }

    [Fact]
    public void Train_resumed_without_its_best_model_is_bad_input()
    {
        Assert.Equal(0, CommandRun.Of(Brief("model-lost")).Status);
        File.Delete(model.In("model-lost.safetensors"));

        CommandRun.Of([.. Brief("model-lost"), "--resume"]).AssertEndedBadly("model-lost.safetensors", "does not hold epoch", "model-lost.checkpoint");
    }

    [Fact]
    public void Train_with_a_checkpoint_that_is_there_does_not_overwrite_it()
    {
        File.WriteAllText(model.In("kept.checkpoint"), "precious");

        CommandRun.Of(Brief("kept")).AssertFailed(1, "kept.checkpoint", "--resume");

        Assert.Equal("precious", File.ReadAllText(model.In("kept.checkpoint")));
    }

    [Fact]
    public void Train_resumed_from_a_model_is_bad_input() =>
        CommandRun.Of([.. Task("from-model")[..^1], model.Path, "--resume"]).AssertEndedBadly("model.safetensors", "is no checkpoint of kws train");

    [Fact]
    public void Train_resume_without_a_checkpoint_is_bad_usage() =>
        CommandRun.Of([.. Task("none")[..^2], "--resume"]).AssertFailed(2, "--resume", "--checkpoint");

    private void AssertSame(string name, params string[] more)
    {
        string whole = $"uninterrupted-{more[^1]}";
        if (!File.Exists(model.In($"{whole}.safetensors")))
        {
            Assert.Equal(0, CommandRun.Of([.. Task(whole), .. more]).Status);
        }

        Assert.Equal(File.ReadAllBytes(model.In($"{whole}.safetensors")), File.ReadAllBytes(model.In($"{name}.safetensors")));
    }

    private string[] Task(string name, string? root = null) =>
    [
        "train", "--data", Path.Combine(root ?? model.Root, "data"), "--background", Path.Combine(root ?? model.Root, "background"), "--out", model.In($"{name}.safetensors"),
        "--steps", "3", "--batch", "6", "--seconds", "1.2", "--mine", "3", "--mine-minutes", "0.3", "--checkpoint", model.In($"{name}.checkpoint"),
    ];

    private string[] Brief(string name, string? root = null) => [.. Task(name, root), "--epochs", "2"];

    private static Process Start(string[] task, ManualResetEventSlim training)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string word in (string[])[typeof(Program).Assembly.Location, .. task])
        {
            start.ArgumentList.Add(word);
        }

        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null || line.Data.StartsWith("clips for", StringComparison.Ordinal))
            {
                training.Set(); // null: it has ended
            }
        };
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
