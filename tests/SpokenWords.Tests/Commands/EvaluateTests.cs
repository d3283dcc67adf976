namespace SpokenWords.Tests.Commands;

public sealed class EvaluateTests(TrainedWords model)
{
    [Fact]
    public void Evaluate_prints_accuracy_confusion_and_speakers()
    {
        CommandRun run = CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.Path);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("spoken heard:  rise  sink   found", run.Lines);
        Assert.Contains("rise             12     0 100.0 %", run.Lines);
        Assert.Contains("sink              0    12 100.0 %", run.Lines);
        Assert.Equal(["fay  100.0 %  (8 of 8)", "guy  100.0 %  (8 of 8)", "hal  100.0 %  (8 of 8)"], run.Lines[^3..]);
    }

    [Fact]
    public void Evaluate_a_part_tests_only_its_speakers()
    {
        // fay 42, guy 52, hal 16
        CommandRun run = CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.Path, "--part", "0-45");

        Assert.Equal(["fay  100.0 %  (8 of 8)", "hal  100.0 %  (8 of 8)"], run.Lines[^2..]);
    }

    [Fact]
    public void Evaluate_reads_speakers_as_it_is_told()
    {
        CommandRun run = CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.Path, "--speaker-end", "y");

        Assert.Contains("fa     100.0 %  (8 of 8)", run.Lines);
        Assert.Contains("hal_3  100.0 %  (2 of 2)", run.Lines);
    }

    [Fact]
    public void Evaluate_a_part_without_speakers_is_bad_input() =>
        CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.Path, "--part", "99-100").AssertFailed(1, "--part 99-100");

    [Fact]
    public void Evaluate_word_that_the_model_does_not_know_is_bad_input()
    {
        SmallAudio.Write(model.In("unknown", "fall", "a_0.wav"), SmallAudio.Word(SmallAudio.Rise, 0, out _));

        CommandRun.Of("evaluate", "--data", model.In("unknown"), "--model", model.Path).AssertFailed(1, "fall", "rise, sink");
    }

    [Fact]
    public void Evaluate_missing_model_is_bad_input() =>
        CommandRun.Of("evaluate", "--data", model.In("others"), "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors", "no such model");

    [Fact]
    public void Evaluate_damaged_model_is_bad_input()
    {
        File.WriteAllBytes(model.In("damaged.safetensors"), [1, 2, 3]);

        CommandRun.Of("evaluate", "--data", model.In("others"), "--model", model.In("damaged.safetensors")).AssertFailed(1, "damaged.safetensors");
    }

    [Fact]
    public void Evaluate_stopped_has_no_result() =>
        CommandRun.OfStopped("evaluate", "--data", model.In("others"), "--model", model.Path).AssertFailed(1, "no result");

    [Fact]
    public void Evaluate_without_data_is_bad_usage() =>
        CommandRun.Of("evaluate", "--model", model.Path).AssertFailed(2, "--data");
}
