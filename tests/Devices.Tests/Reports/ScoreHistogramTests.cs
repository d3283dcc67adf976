using System.Globalization;
using System.Xml.Linq;
using KeywordSpotter.Reports;

namespace KeywordSpotter.Tests.Reports;

public sealed class ScoreHistogramTests
{
    [Fact]
    public void ToHtml_has_bars_of_both_kinds_and_the_threshold()
    {
        var histogram = new ScoreHistogram { Id = "h", Title = "a & b", Spoken = [0.95f, 0.99f, 1, 0.4f], Other = [0, 0.01f, 0.6f], Threshold = 0.5f };

        XElement figure = XElement.Parse(histogram.ToHtml());

        Assert.Equal("a & b", figure.Element("svg")!.Element("title")!.Value);
        XElement[] bars = [.. figure.Descendants("g").Where(group => group.Attribute("class")!.Value.StartsWith("bars"))];
        Assert.Equal([4, 3], bars.Select(group => group.Elements("rect").Count()));
        double limit = double.Parse(figure.Descendants("g").Single(group => group.Attribute("class")!.Value == "limit").Element("path")!.Attribute("d")!.Value[1..].Split(' ')[0], CultureInfo.InvariantCulture);
        double[] spoken = [.. bars[0].Elements("rect").Select(bar => double.Parse(bar.Attribute("x")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(1, spoken.Count(x => x < limit)); // 0.4
        Assert.Contains("3 of 4 clips of the keyword and 1 of 3 peaks elsewhere", figure.Value);
        Assert.DoesNotContain("NaN", figure.ToString());
    }

    [Fact]
    public void ToHtml_of_nothing_is_a_picture_still() =>
        Assert.Empty(XElement.Parse(new ScoreHistogram { Id = "h", Title = "t", Spoken = [], Other = [], Threshold = 0.9999f }.ToHtml()).Descendants("rect"));
}
