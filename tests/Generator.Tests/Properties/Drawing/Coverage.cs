using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>What specs cover: every value of every option of every kind of layer, and what meets in one spec.</summary>
internal static class Coverage
{
    private const string UserCell = "user cell";
    private const int Pool = 2000;

    private static readonly Dictionary<string, Func<DrawnSpec, bool>> Meetings = new()
    {
        ["open"] = spec => spec.IsOpen,
        ["many-to-one"] = spec => spec.ManyToOne,
        ["look-ahead x learned state"] = spec => Chunks(spec).Any(layer => layer["InitialState"] == "InitialState.Learned"),
        ["look-ahead x residual"] = spec => Chunks(spec).Any(layer => layer.Is("Residual")),
        ["look-ahead x projection"] = spec => Chunks(spec).Any(layer => layer.Projects),
        ["look-ahead x normalisation"] = spec => Chunks(spec).Any(layer => layer.Is("Normalize")),
        ["look-ahead x user cell"] = spec => Chunks(spec).Any(layer => NameOf(layer.Kind) == UserCell),
        ["look-ahead x convolution"] = spec => spec.LookAhead > 0 && spec.Layers.Any(layer => layer.Kind.Attribute == "Conv1D"),
        ["stride x bidirectional"] = spec => AboveStride(spec).Any(layer => layer["Direction"] == "Direction.Bidirectional"),
        ["stride x pooling"] = spec => AboveStride(spec).Any(layer => layer.Kind.EndsTime),
        ["pooling x bidirectional"] = spec => spec.ReadsAhead && spec.Layers.Any(layer => layer.Kind.EndsTime),
        ["projection x residual"] = spec => spec.Layers.Any(layer => layer.Projects && layer.Is("Residual")),
        ["projection x bidirectional"] = spec => spec.Layers.Any(layer => layer.Projects && layer["Direction"] == "Direction.Bidirectional"),
        ["bidirectional x many-to-one"] = spec => spec.EndOfTime is >= 0 and var end && spec.Layers[end]["Direction"] == "Direction.Bidirectional",
    };

    /// <summary>All that specs within the limits can cover.</summary>
    public static IReadOnlyList<string> All(SpecLimits limits) =>
    [
        .. LayerKinds.All.Append(LayerKinds.UserCell(0, 1)).SelectMany(kind => kind.Options.SelectMany(option => option.Values.Select(value => Value(kind, option.Name, value)))),
        .. Enumerable.Range(1, limits.MaxLookAhead).Select(LookAhead),
        .. Meetings.Keys,
    ];

    /// <summary>What a spec covers: nothing where no sequence is longer than a chunk, or than two time steps.</summary>
    public static IEnumerable<string> Of(DrawnSpec spec) => spec.Lengths.Max() <= Math.Max(2, spec.LookAhead)
        ? []
        :
        [
            .. spec.Layers.SelectMany(layer => layer.Kind.Options.Select(option => Value(layer.Kind, option.Name, layer[option.Name]))),
            LookAhead(spec.LookAhead),
            .. Meetings.Where(meeting => meeting.Value(spec)).Select(meeting => meeting.Key),
        ];

    /// <summary>Of many drawn specs a few that cover all: again and again the one that covers most of what is left. The same ones each time.</summary>
    public static SpecBatch Batch(SpecLimits limits)
    {
        (DrawnSpec Spec, HashSet<string> Covered)[] drawn =
            [.. SpecArbitrary.Batches(Pool, limits).Generator.Sample(1, new Rnd(2, 9), 1).Single().Specs.Select(spec => (spec, Of(spec).ToHashSet()))];
        HashSet<string> left = [.. All(limits)];
        List<DrawnSpec> chosen = [];
        while (drawn.MaxBy(each => each.Covered.Count(left.Contains)) is var best && best.Covered.Overlaps(left))
        {
            chosen.Add(best.Spec);
            left.ExceptWith(best.Covered);
        }

        return new SpecBatch(chosen);
    }

    /// <summary>Layers whose reverse direction starts anew with every chunk.</summary>
    private static IEnumerable<DrawnLayer> Chunks(DrawnSpec spec) => spec.LookAhead > 0 ? spec.Layers.Where(layer => layer.ReadsAhead) : [];

    private static IEnumerable<DrawnLayer> AboveStride(DrawnSpec spec) => spec.Layers.SkipWhile(layer => layer.Stride == 1).Skip(1);

    private static string NameOf(LayerKind kind) => kind.Declaration.Length > 0 ? UserCell : kind.Attribute;

    private static string Value(LayerKind kind, string option, string value) => $"{NameOf(kind)} {option} = {value}";

    private static string LookAhead(int steps) => string.Create(CultureInfo.InvariantCulture, $"look-ahead {steps}");
}
