using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Commands;

public sealed class EvaluateReportTests(TrainedModel model)
{
    private const string Hostile = "<b>up & \"down\" 'it'";

    [Fact]
    public void Evaluate_report_has_curves_scores_and_players()
    {
        string data = model.In("page-data");
        for (int i = 0; i < 4; i++)
        {
            SmallAudio.Write(Path.Combine(data, SmallAudio.Rise, $"{i}.wav"), SmallAudio.Word(SmallAudio.Rise, 740 + i, out _));
            SmallAudio.Write(Path.Combine(data, Hostile, $"{i}.wav"), SmallAudio.Word(SmallAudio.Sink, 740 + i, out _));
        }

        SmallAudio.Write(Path.Combine(data, SmallAudio.Rise, "<i>silence&.wav"), SmallAudio.Background(860, 1)); // missed
        SmallAudio.Write(model.In("page-talk", "0.wav"), [.. SmallAudio.Background(861, 5), .. SmallAudio.Word(SmallAudio.Rise, 750, out _), .. SmallAudio.Background(862, 5)]); // a false accept
        string page = model.In("evaluation.html");

        CommandRun run = CommandRun.Of("evaluate", "--data", data, "--background", model.In("page-talk"), "--model", model.Path, "--threshold", "0.5", "--report", page, "--json");

        Assert.Equal(0, run.Status);
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        XElement html = Read(page);
        Assert.Equal(
            ["tradeoff0-title", "scores0-title", "scores1-title", "timeline-title"], // no clips of the second keyword
            html.Descendants("title").Select(title => title.Attribute("id")?.Value).Where(id => id is not null));
        Assert.Contains($"{Hostile}", html.Descendants("th").Select(cell => cell.Value));
        Assert.Empty(html.Descendants("b").Concat(html.Descendants("i").Where(element => element.HasAttributes)));

        string[][] keywords = Rows(html, "Keywords");
        Assert.Equal([SmallAudio.Rise, "0.50", "6"], keywords[0][..3]);
        JsonElement rise = json.GetProperty("keywords").GetProperty(SmallAudio.Rise);
        Assert.Equal($"{rise.GetProperty("clips").GetInt32() - rise.GetProperty("detected").GetInt32()} of 5", keywords[0][3]);

        // A row and a player for each false accept; a dot, too.
        XElement[] tables = [.. html.Descendants("table").Where(table => table.Element("caption")!.Value == "Highest scores first")];
        int accepts = json.GetProperty("falseAccepts").GetInt32();
        Assert.InRange(accepts, 1, 20);
        Assert.Equal(accepts, tables[0].Element("tbody")!.Elements("tr").Count());
        Assert.Equal(accepts, html.Descendants("svg").Single(svg => svg.Element("title")!.Attribute("id")!.Value == "timeline-title").Descendants("circle").Count());
        Assert.Matches("0:0[56] page-talk/0.wav", tables[0].Value);
        XElement[] players = [.. tables[0].Descendants("audio")];
        Assert.Equal(accepts, players.Length);
        Assert.All(players, player => Assert.InRange(Samples(player).Length, 8000, 32000));

        // The miss, with its name as it is.
        Assert.Contains(tables[1].Descendants("td"), cell => cell.Value.EndsWith("<i>silence&.wav"));
    }

    [Fact]
    public void Evaluate_report_of_clips_alone_and_of_background_alone_says_what_is_not_known()
    {
        string clips = model.In("clips.html"), talk = model.In("talk.html");
        Assert.Equal(0, CommandRun.Of("evaluate", "--data", model.In("data"), "--model", model.Path, "--report", clips).Status);
        Assert.Equal(0, CommandRun.Of("evaluate", "--background", model.In("background"), "--model", model.Path, "--report", talk, "--threshold", "1").Status);

        Assert.Contains("no audio without keywords was given", Read(clips).Value);
        Assert.Contains("no clips of keywords were given", Read(talk).Value);
        Assert.Contains("None in 0.03 hours without keywords", Read(talk).Value);
    }

    [Fact]
    public void Evaluate_report_that_cannot_be_written_is_found_before_the_work()
    {
        CommandRun.Of("evaluate", "--data", model.In("data"), "--model", model.Path, "--report", model.In("no-folder", "page.html")).AssertFailed(1, "no-folder");
        CommandRun.Of("evaluate", "--data", model.In("data"), "--model", model.Path, "--report", model.Path).AssertFailed(2, "--report", "--model");
    }

    /// <summary>A page that is well-formed and loads nothing.</summary>
    internal static XElement Read(string path)
    {
        using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        XElement page = XElement.Load(reader);
        Assert.All(page.DescendantsAndSelf().Attributes("src"), source => Assert.StartsWith("data:audio/wav;base64,", source.Value));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "href" or "onload" or "action");
        string text = File.ReadAllText(path);
        Assert.DoesNotContain("url(", text);
        Assert.DoesNotContain("@import", text);
        Assert.DoesNotContain("<script", text);
        Assert.DoesNotContain("http://", text);
        Assert.DoesNotContain("https://", text);
        string?[] names = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(names.Distinct(), names);
        return page;
    }

    private static string[][] Rows(XElement page, string caption) =>
        [.. page.Descendants("table").Single(table => table.Element("caption")!.Value == caption).Element("tbody")!.Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];

    private static float[] Samples(XElement player)
    {
        using var reader = new WavReader(new MemoryStream(Convert.FromBase64String(player.Attribute("src")!.Value.Split(',')[1])), "player");
        var samples = new float[4 * 16000];
        int count = 0;
        for (int read; (read = reader.Read(samples.AsSpan(count))) > 0;)
        {
            count += read;
        }

        return samples[..count];
    }
}
