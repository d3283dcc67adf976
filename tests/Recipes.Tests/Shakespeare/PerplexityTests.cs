using System.Globalization;

namespace Recipes.Tests.Shakespeare;

public sealed class PerplexityTests(TrainedText text)
{
    [Fact]
    public void Perplexity_of_a_text_like_the_training_text_is_low()
    {
        CommandRun known = Perplexity("known.txt", TrainedText.MakeText(30)), strange = Perplexity("strange.txt", "sesolv gnik ym\n.tac eht\n");

        Assert.True(Figure(known) < 3, known.Output);
        Assert.True(Figure(strange) > 4 * Figure(known), strange.Output);
        Assert.Matches(@"^characters +[\d,]+, 0 of them unknown to .*model\.safetensors$", known.Lines[0]);
    }

    [Fact]
    public void Perplexity_counts_unknown_characters() =>
        Assert.Contains(" 8, 2 of them unknown", Perplexity("unknown.txt", "the \u00FC d!").Output);

    [Fact]
    public void Perplexity_reads_standard_input()
    {
        CommandRun run = CommandRun.ShakespeareWithInput("the cat sees a dog.\n"u8.ToArray(), "perplexity", "-", "--model", text.ModelPath);

        Assert.Equal(Perplexity("same.txt", "the cat sees a dog.\n").Output, run.AssertDone().Output);
    }

    [Fact]
    public void Perplexity_figures_agree()
    {
        string[] lines = Perplexity("figures.txt", TrainedText.MakeText(20)).Lines;
        double nats = double.Parse(lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture);
        double bits = double.Parse(lines[2].Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture);

        Assert.Equal(nats / Math.Log(2), bits, 2e-4);
        Assert.Equal(Math.Exp(nats), double.Parse(lines[3].Split(' ')[^1], CultureInfo.InvariantCulture), 2e-3);
    }

    [Fact]
    public void Perplexity_missing_file_is_bad_input() =>
        CommandRun.Shakespeare("perplexity", "no-such.txt", "--model", text.ModelPath).AssertFailed(1, "no-such.txt: no such text file");

    [Fact]
    public void Perplexity_empty_file_is_bad_input() =>
        CommandRun.Shakespeare("perplexity", text.Write("nothing.txt", ""), "--model", text.ModelPath).AssertFailed(1, "nothing.txt: is empty");

    [Fact]
    public void Perplexity_stopped_is_told() =>
        CommandRun.StoppedShakespeare("perplexity", text.TextPath, "--model", text.ModelPath).AssertFailed(1, "stopped before the whole text was read");

    private CommandRun Perplexity(string name, string content) => CommandRun.Shakespeare("perplexity", text.Write(name, content), "--model", text.ModelPath).AssertDone();

    private static double Figure(CommandRun run) => double.Parse(run.Lines[3].Split(' ')[^1], CultureInfo.InvariantCulture);
}
