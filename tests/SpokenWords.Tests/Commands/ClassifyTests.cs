namespace SpokenWords.Tests.Commands;

public sealed class ClassifyTests(TrainedWords model)
{
    [Fact]
    public void Classify_a_clip_prints_name_word_and_score()
    {
        string path = model.In("others", SmallAudio.Rise, "fay_0.wav");

        CommandRun run = CommandRun.Of("classify", path, "--model", model.Path);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Matches("^" + System.Text.RegularExpressions.Regex.Escape(path) + @"  rise  \d\.\d\d$", Assert.Single(run.Lines));
    }

    [Fact]
    public void Classify_resamples_and_finds_the_word_in_a_long_clip()
    {
        string path = model.In("long.wav");
        SmallAudio.Write(path, Seq.Embedded.Audio.Resampler.Resample(SmallAudio.Word(SmallAudio.Sink, 3, out _, before: 1.5, after: 0.4), SmallAudio.Rate, 44_100), 44_100);

        CommandRun run = CommandRun.Of("classify", path, "--model", model.Path);

        Assert.Contains("  sink  ", Assert.Single(run.Lines));
    }

    [Fact]
    public void Bundled_commands_are_loaded_by_their_name()
    {
        WordClassifier classifier = WordClassifier.Load("commands");

        Assert.Equal(["bed", "cat", "happy"], classifier.Words);
        Assert.Equal(16_000, classifier.SampleRate);
        Assert.Equal(1, classifier.Classify(new Clip("noise", Clip.Quantise(SmallAudio.Background(1, 1)), 16_000)).Posteriors.Sum(), 1e-5);
    }

    [Fact]
    public void Classify_stopped_has_no_result() =>
        CommandRun.OfStopped("classify", model.In("others"), "--model", model.Path).AssertFailed(1, "stopped");

    [Fact]
    public void Classify_missing_clip_is_bad_input() =>
        CommandRun.Of("classify", "no-such.wav", "--model", model.Path).AssertFailed(1, "no-such.wav: no such WAV file or folder");

    [Fact]
    public void Classify_without_a_clip_is_bad_usage() =>
        CommandRun.Of("classify", "--model", model.Path).AssertFailed(2, "clip");

    [Theory]
    [InlineData("dance")]
    [InlineData("--model")]
    public void Unknown_command_is_bad_usage(string word) => CommandRun.Of(word).AssertFailed(2, word, "train, evaluate, classify");

    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("evaluate", "--help")]
    [InlineData("classify", "--help")]
    public void Help_is_printed_everywhere(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("Usage: words", run.Output);
    }
}
