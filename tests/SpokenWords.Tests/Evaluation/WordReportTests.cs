using SpokenWords.Data;
using SpokenWords.Evaluation;

namespace SpokenWords.Tests.Evaluation;

public sealed class WordReportTests
{
    [Fact]
    public void Add_counts_words_and_speakers()
    {
        WordReport report = Report();

        Assert.Equal((3, 4, 0.75), (report.Right, report.All, report.Accuracy));
        Assert.Equal(1, report.Count(spoken: 1, heard: 0));
        Assert.Equal(2, report.Count(spoken: 0, heard: 0));
        Assert.Equal((1 + 0.5) / 2, report.SpeakerAccuracy);
    }

    [Fact]
    public void Add_of_a_report_adds_its_counts()
    {
        WordReport report = Report();

        report.Add(Report());

        Assert.Equal((6, 8), (report.Right, report.All));
        Assert.Equal(2, report.Count(spoken: 1, heard: 0));
        Assert.Contains("bob  50.0 %  (2 of 4)", report.ToString());
    }

    [Fact]
    public void Text_has_accuracy_confidence_confusion_and_speakers() => Assert.Equal(
        """
        accuracy  75.0 %  (3 of 4 clips, 2 speakers; mean of the speakers 75.0 %; 95 % confidence 30.1 to 95.4 % of such clips)

        spoken heard:    no   yes   found
        no                2     0 100.0 %
        yes               1     1  50.0 %

        ann  100.0 %  (2 of 2)
        bob  50.0 %  (1 of 2)

        """.ReplaceLineEndings("\n"),
        Report().ToString());

    [Fact]
    public void Text_of_many_speakers_has_those_with_errors()
    {
        var report = new WordReport(["no", "yes"]);
        for (int speaker = 0; speaker < 40; speaker++)
        {
            report.Add(Recording(0, $"speaker{speaker}"), speaker < 3 ? 1 : 0);
        }

        string text = report.ToString();

        Assert.Contains("37 of 40 speakers without an error; most errors:\nspeaker0  0.0 %  (0 of 1)\nspeaker1  0.0 %  (0 of 1)\nspeaker2  0.0 %  (0 of 1)\n", text);
        Assert.DoesNotContain("speaker3 ", text);
    }

    private static WordReport Report()
    {
        var report = new WordReport(["no", "yes"]);
        report.Add(Recording(0, "ann"), 0);
        report.Add(Recording(1, "ann"), 1);
        report.Add(Recording(0, "bob"), 0);
        report.Add(Recording(1, "bob"), 0);
        return report;
    }

    private static Recording Recording(int word, string speaker) => new(new Clip("a.wav", new short[400], 16_000), word, speaker);
}
