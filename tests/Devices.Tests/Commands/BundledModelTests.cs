using System.Globalization;
using System.Text.Json;

namespace KeywordSpotter.Tests.Commands;

/// <summary>The first command of the README: the bundled model on the bundled recording, against the true times beside it.</summary>
public class BundledModelTests
{
    private const double LargestDelay = 0.35; // seconds behind the end of the word

    [Fact]
    public void Listen_without_input_finds_every_wake_word_and_nothing_else()
    {
        (double Start, double End, string Keyword)[] words = ReadWords();
        CommandRun run = CommandRun.Of("listen", "--json");

        Assert.Equal(0, run.Status);
        (double Time, string Keyword)[] found = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
        Assert.Equal(words.Select(word => word.Keyword), found.Select(detection => detection.Keyword));
        for (int i = 0; i < words.Length; i++)
        {
            Assert.InRange(found[i].Time, words[i].Start, words[i].End + LargestDelay);
        }
    }

    [Fact]
    public void No_command_listens_to_the_bundled_recording()
    {
        CommandRun none = CommandRun.Of();

        Assert.Equal(0, none.Status);
        Assert.Equal(CommandRun.Of("listen").Output, none.Output);
        Assert.Contains("snowboy", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Info_names_the_four_wake_words()
    {
        CommandRun run = CommandRun.Of("info");

        Assert.Equal(0, run.Status);
        Assert.Contains("alexa, computer, jarvis, snowboy", run.Output, StringComparison.Ordinal);
    }

    private static (double Time, string Keyword) Read(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("time").GetDouble(), json.RootElement.GetProperty("keyword").GetString()!);
    }

    private static (double Start, double End, string Keyword)[] ReadWords()
    {
        string folder = AppContext.BaseDirectory;
        return [.. File.ReadAllLines(Path.Combine(folder, "wake-words.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Select(parts => (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]))];
    }
}
