using System.Xml;
using System.Xml.Linq;

namespace KeywordSpotter.Tests.Commands;

public sealed class TrainReportTests(TrainedModel model)
{
    private const string Hostile = "<b>up & \"down\" 'it'";

    [Fact]
    public void Train_report_has_the_curves_the_mistakes_and_the_recipe()
    {
        string path = Train("whole", model.In("data"), "--epochs", "3", "--validation", "0.2");

        XElement page = Read(path);
        Assert.Equal(
            ["trade-off-title", "loss-title", "missed-title", "accepts-title", "accuracy-title", "rate-title"],
            page.Descendants("title").Select(title => title.Attribute("id")?.Value).Where(id => id is not null).OrderByDescending(id => id == "trade-off-title"));
        XElement[] tables = [.. page.Descendants("table")];
        XElement epochs = tables.Single(table => table.Element("caption")!.Value.StartsWith("All epochs"));
        Assert.Equal(["1", "2", "3"], epochs.Element("tbody")!.Elements("tr").Select(row => row.Element("th")!.Value));
        Assert.Single(epochs.Descendants("tr"), row => row.Attribute("class")?.Value == "kept");

        string[][] confusion = [.. tables.Single(table => table.Element("caption")!.Value.StartsWith("Reports at")).Descendants("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Equal(["Said", SmallAudio.Rise, SmallAudio.Sink, "none", "clips"], confusion[0]);
        Assert.Equal(["(other words)", "(running background)"], confusion[3..].Select(row => row[0]));
        Assert.All(confusion[1..^1], row => Assert.Equal(int.Parse(row[^1]), row[1..^1].Sum(int.Parse)));
        Assert.Equal(["2", "2"], confusion[1..3].Select(row => row[^1])); // of 20 clips a fifth, by their hash

        string text = page.Value;
        Assert.Contains("Complete, 3 epochs", text);
        Assert.Contains("--epochs 3", text);
        Assert.Contains("50,931 parameters", text);
        Assert.Contains("minutes of running background", text);
    }

    [Fact]
    public void Train_report_loads_nothing_and_escapes_names()
    {
        string data = model.In("hostile");
        for (int i = 0; i < 3; i++)
        {
            SmallAudio.Write(Path.Combine(data, Hostile, $"{i}.wav"), SmallAudio.Word(SmallAudio.Rise, i, out _));
        }

        string path = Train("hostile-page", data, "--epochs", "1");

        XElement page = Read(path);
        Assert.Contains($"Training: {Hostile}", page.Descendants("h1").Single().Value);
        Assert.Empty(page.Descendants("b"));
        Assert.Equal(["html", "head", "body"], ((XElement[])[page, .. page.Elements()]).Select(element => element.Name.LocalName));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "src" or "href" or "onload");
        string source = File.ReadAllText(path);
        Assert.DoesNotContain("url(", source);
        Assert.DoesNotContain("@import", source);
        Assert.DoesNotContain("<script", source);
    }

    [Fact]
    public void Train_report_can_be_watched_while_training_goes_on()
    {
        string page = model.In("watched.html");
        var seen = new List<string>();
        using var error = new WatchingWriter(() => seen.Add(File.ReadAllText(page)));

        int status = Program.Run(
            [.. Brief(model.In("data"), "watched"), "--report", page, "--epochs", "2"], () => Stream.Null, TextWriter.Null, error, TestContext.Current.CancellationToken);

        Assert.Equal(0, status);
        Assert.Equal(2, seen.Count);
        Assert.All(seen, text => Assert.Contains("http-equiv=\"refresh\"", text));
        Assert.Contains("In training, after epoch 1 of 2", seen[0]);
        Assert.DoesNotContain("http-equiv", File.ReadAllText(page));
        Assert.Empty(Directory.GetFiles(model.Root, "*.tmp"));
    }

    [Fact]
    public void Train_report_without_validation_says_that_nothing_is_known() =>
        Assert.Contains("Nothing was held back", Read(Train("unvalidated-page", model.In("data"), "--epochs", "1", "--validation", "0")).Value);

    [Fact]
    public void Train_report_that_cannot_be_written_is_found_before_training() =>
        CommandRun.Of([.. Brief(model.In("data"), "unwritable"), "--report", model.In("no-folder", "page.html")]).AssertFailed(1, "no-folder");

    [Fact]
    public void Train_report_that_can_no_longer_be_written_costs_neither_model_nor_checkpoint()
    {
        string page = model.In("lost.html");
        using var error = new WatchingWriter(() =>
        {
            if (File.Exists(page))
            {
                File.Delete(page);
                Directory.CreateDirectory(page); // after the first epoch there is no room for the page
            }
        });

        int status = Program.Run(
            [.. Brief(model.In("data"), "lost"), "--report", page, "--checkpoint", model.In("lost.checkpoint"), "--epochs", "2"],
            () => Stream.Null, TextWriter.Null, error, TestContext.Current.CancellationToken);

        Assert.Equal(0, status);
        Assert.Contains("lost.html: the page cannot be written", error.ToString());
        Assert.Contains("epoch 2/2", error.ToString());
        Assert.True(File.Exists(model.In("lost.safetensors")) && File.Exists(model.In("lost.checkpoint")));
    }

    [Fact]
    public void Train_report_in_the_place_of_the_model_is_bad_usage() =>
        CommandRun.Of([.. Brief(model.In("data"), "same"), "--report", model.In("same.safetensors")]).AssertFailed(2, "--report", "--out");

    private static XElement Read(string path)
    {
        using var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XElement.Load(reader);
    }

    private string Train(string name, string data, params string[] more)
    {
        string path = model.In($"{name}.html");
        CommandRun run = CommandRun.Of([.. Brief(data, name), "--report", path, .. more]);
        Assert.Equal((0, ""), (run.Status, run.Status == 0 ? "" : run.Error));
        return path;
    }

    private string[] Brief(string data, string name) =>
    [
        "train", "--data", data, "--background", model.In("background"), model.In("words"), "--out", model.In($"{name}.safetensors"),
        "--steps", "2", "--batch", "6", "--seconds", "1.2",
    ];

    /// <summary>Does something when the line of an epoch is written.</summary>
    private sealed class WatchingWriter(Action seen) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.StartsWith("epoch ", StringComparison.Ordinal) == true)
            {
                seen();
            }
        }
    }
}
