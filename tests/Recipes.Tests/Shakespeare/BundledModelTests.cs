using System.Globalization;

namespace Recipes.Tests.Shakespeare;

public sealed class BundledModelTests(TrainedText text)
{
    private const string Verse = "ROMEO:\nBut, soft! what light through yonder window breaks?\nIt is the east, and Juliet is the sun.\n";

    [Fact]
    public void Program_without_arguments_writes_a_play()
    {
        string play = CommandRun.Shakespeare().AssertDone().Output;

        Assert.Equal(501, play.Length);
        Assert.Contains(":\n", play); // somebody speaks
    }

    [Fact]
    public void Perplexity_of_shakespeare_is_low()
    {
        string[] lines = CommandRun.Shakespeare("perplexity", text.Write("verse.txt", Verse)).AssertDone().Lines;

        Assert.Contains(", 0 of them unknown to shakespeare.safetensors", lines[0]);
        Assert.True(double.Parse(lines[3].Split(' ')[^1], CultureInfo.InvariantCulture) < 5, string.Join('\n', lines));
    }

    [Fact]
    public void Bundled_model_is_below_a_megabyte() =>
        Assert.InRange(typeof(global::Shakespeare.Program).Assembly.GetManifestResourceStream("shakespeare.safetensors")!.Length, 1, 1_000_000);

    [Theory]
    [InlineData("--help")]
    [InlineData("train", "--help")]
    [InlineData("sample", "--help")]
    [InlineData("perplexity", "--help")]
    public void Help_is_printed_everywhere(params string[] arguments) => Assert.Contains("Usage: shakespeare", CommandRun.Shakespeare(arguments).AssertDone().Output);
}
