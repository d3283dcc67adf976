using System.Globalization;
using System.Xml.Linq;
using KeywordSpotter.Reports;

namespace KeywordSpotter.Tests.Reports;

public sealed class LinePlotTests
{
    [Fact]
    public void ToHtml_has_the_line_its_words_and_its_mark()
    {
        XElement figure = Figure(new PlotSeries("one", [new(1, 0), new(2, 5), new(3, 10)]), new PlotPoint(3, 10, "best"));

        XElement svg = figure.Element("svg")!;
        Assert.Equal("t & <t>", svg.Element("title")!.Value);
        Assert.Equal($"{svg.Element("title")!.Attribute("id")!.Value} {svg.Element("desc")!.Attribute("id")!.Value}", svg.Attribute("aria-labelledby")!.Value);
        double[][] line = Lines(figure).Single();
        Assert.Equal(3, line.Length);
        Assert.Equal(line[0][0] + line[2][0], 2 * line[1][0], 0.02); // evenly spaced in both directions, up and to the right
        Assert.Equal(line[0][1] + line[2][1], 2 * line[1][1], 0.02);
        Assert.True(line[2][0] > line[0][0] && line[2][1] < line[0][1]);
        Assert.Contains("best", figure.Value);
        Assert.Equal(3, svg.Descendants("circle").Count(circle => circle.Element("title") is not null));
        Assert.Null(figure.Element("p")); // no legend for a single line
    }

    [Fact]
    public void ToHtml_value_that_is_no_number_leaves_a_gap()
    {
        XElement figure = Figure(new PlotSeries("one", [new(1, 1), new(2, 2), new(3, double.NaN), new(4, 3), new(5, double.PositiveInfinity), new(6, 1)]));

        string path = figure.Descendants("g").Single(group => group.Attribute("class")!.Value.StartsWith("series")).Element("path")!.Attribute("d")!.Value;
        Assert.Equal(3, path.Count(letter => letter == 'M'));
        Assert.DoesNotContain("NaN", figure.ToString());
        Assert.Equal(4, figure.Descendants("circle").Count());
    }

    [Fact]
    public void ToHtml_of_nothing_or_of_one_point_is_a_picture_still()
    {
        Assert.Single(Figure(new PlotSeries("none", [])).Elements("svg"));
        Assert.Single(Figure(new PlotSeries("one", [new(1, 0)])).Descendants("circle"));
    }

    [Fact]
    public void ToHtml_of_two_lines_has_a_legend() => Assert.Equal(
        ["first", "second"],
        Figure([new PlotSeries("first", [new(1, 1), new(2, 2)]), new PlotSeries("second", [new(1, 2), new(2, 1)])], null).Element("p")!.Elements("span").Select(span => span.Value));

    [Fact]
    public void ToHtml_does_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        string expected = Figure(new PlotSeries("one", [new(1.5, -0.25), new(2.5, 1000.5)])).ToString();
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (other.NumberFormat.NumberDecimalSeparator, other.NumberFormat.NegativeSign) = (",", "~");
            CultureInfo.CurrentCulture = other;
            Assert.Equal(expected, Figure(new PlotSeries("one", [new(1.5, -0.25), new(2.5, 1000.5)])).ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(0, 1, new double[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(0, 97, new double[] { 0, 20, 40, 60, 80, 100 })]
    [InlineData(0, 0, new double[] { 0 })]
    public void Axis_ticks_are_round_and_hold_all_values(double low, double high, double[] ticks)
    {
        PlotAxis axis = PlotAxis.Of([low, double.NaN, high], PlotScale.Linear, whole: false, fromZero: true);

        Assert.Equal(ticks, axis.Ticks.Select(tick => Math.Round(tick, 6)).Take(ticks.Length));
        Assert.InRange(axis.Place(high), 0, 1);
    }

    [Fact]
    public void Axis_of_whole_numbers_has_no_others() =>
        Assert.All(PlotAxis.Of([1, 3], PlotScale.Linear, whole: true, fromZero: false).Ticks, tick => Assert.Equal(Math.Round(tick), tick));

    [Fact]
    public void Axis_of_square_roots_begins_at_zero_and_keeps_ticks_apart()
    {
        PlotAxis axis = PlotAxis.Of([3, 700], PlotScale.SquareRoot, whole: false, fromZero: false);

        Assert.Equal(0, axis.Ticks[0]);
        Assert.Equal([0, 0.5, 1], [axis.Place(0), axis.Place(175), axis.Place(700)]);
        Assert.All(axis.Ticks.Zip(axis.Ticks.Skip(1)), pair => Assert.True(axis.Place(pair.Second) - axis.Place(pair.First) >= 0.1));
    }

    [Fact]
    public void Axis_of_logarithms_has_a_place_for_zero_and_keeps_ticks_apart()
    {
        PlotAxis axis = PlotAxis.Of([0, 0.2, 35, double.NaN], PlotScale.Logarithmic, whole: false, fromZero: false), positive = PlotAxis.Of([1, 10000], PlotScale.Logarithmic, whole: false, fromZero: false);

        Assert.Equal([0, 0, 1], [axis.Place(0), axis.Place(0.1), axis.Place(35)]);
        Assert.Equal(0, axis.Ticks[0]);
        Assert.All(axis.Ticks.Zip(axis.Ticks.Skip(1)), pair => Assert.True(axis.Place(pair.Second) - axis.Place(pair.First) >= 0.1));
        Assert.Equal(0.5, positive.Place(100), 1e-9);
        Assert.DoesNotContain(0, positive.Ticks);
        Assert.All(PlotAxis.Of([0], PlotScale.Logarithmic, whole: false, fromZero: false).Ticks, tick => Assert.True(double.IsFinite(tick)));
    }

    [Fact]
    public void ToHtml_of_dots_draws_all_of_them_and_no_line()
    {
        XElement figure = Figure(new PlotSeries("dots", [.. Enumerable.Range(0, 300).Select(i => new PlotPoint(i, i))]) { IsLine = false });

        Assert.Equal(300, figure.Descendants("circle").Count());
        Assert.Equal("", figure.Descendants("g").Single(group => group.Attribute("class")!.Value.StartsWith("series")).Element("path")!.Attribute("d")!.Value);
    }

    private static XElement Figure(PlotSeries series, PlotPoint? mark = null) => Figure([series], mark);

    private static XElement Figure(PlotSeries[] series, PlotPoint? mark) =>
        XElement.Parse(new LinePlot { Id = "p", Title = "t & <t>", Description = "d \"d\"", XTitle = "x", Series = series, Mark = mark }.ToHtml());

    /// <summary>The corners of each line.</summary>
    private static IEnumerable<double[][]> Lines(XElement figure) =>
        figure.Descendants("g").Where(group => group.Attribute("class")!.Value.StartsWith("series"))
            .Select(group => group.Element("path")!.Attribute("d")!.Value.Split(['M', 'L'], StringSplitOptions.RemoveEmptyEntries))
            .Select(points => points.Select(point => point.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray()).ToArray());
}
