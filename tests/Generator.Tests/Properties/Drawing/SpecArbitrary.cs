using FsCheck;
using FsCheck.Fluent;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>Draws specs, and makes those that fail smaller.</summary>
internal static class SpecArbitrary
{
    private const int MaxLayers = 4;
    private const int MaxSequences = 4;

    /// <summary>Batches of specs.</summary>
    /// <param name="specs">Specs of a batch.</param>
    /// <param name="limits">How large they are.</param>
    public static Arbitrary<SpecBatch> Batches(int specs, SpecLimits limits) => Arb.From(Spec(limits).ArrayOf(specs).Select(drawn => new SpecBatch(drawn)), Shrink);

    /// <summary>The one batch of <see cref="Coverage"/>.</summary>
    public static Arbitrary<SpecBatch> CoveringBatch(SpecLimits limits) => Arb.From(Gen.Constant(Coverage.Batch(limits)), Shrink);

    private static Gen<DrawnSpec> Spec(SpecLimits limits) =>
        from input in Size(limits.MaxSize)
        from manyToOne in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from lookAhead in Gen.Choose(-limits.MaxLookAhead, limits.MaxLookAhead)
        from count in Gen.Choose(1, MaxLayers)
        from layers in Layer(limits.MaxSize).ArrayOf(count)
        from openLast in Gen.Elements(true, false)
        from outputs in Size(limits.MaxSize)
        from sequences in Gen.Choose(1, MaxSequences)
        from lengths in Gen.Choose(0, limits.MaxLength).ArrayOf(sequences)
        from seed in Gen.Choose(0, 1_000_000)
        let opened = openLast && layers[^1].Kind.Attribute == "Dense" ? [.. layers[..^1], layers[^1] with { Units = 0 }] : layers
        select new DrawnSpec(input, manyToOne, Math.Max(lookAhead, 0), opened, outputs, lengths, seed).Repair();

    private static Gen<DrawnLayer> Layer(int maxSize) =>
        from kind in Gen.Frequency((LayerKinds.All.Count, Gen.Elements<LayerKind>(LayerKinds.All)), (2, UserCell))
        from units in kind.HasUnits ? Size(maxSize) : Gen.Constant(0)
        from values in Gen.CollectToArray(kind.Options, Value)
        select kind.Options.Zip(values).Aggregate(new DrawnLayer(kind, units, DrawnLayer.NoSettings), (layer, setting) => layer.With(setting.First.Name, setting.Second));

    private static Gen<LayerKind> UserCell => from seed in Gen.Choose(0, 1_000_000) from gates in Gen.Choose(1, 3) select LayerKinds.UserCell(seed, gates);

    /// <summary>The default half the time, so that options also meet few others.</summary>
    private static Gen<string> Value(LayerOption option) => option.Values.Count == 1
        ? Gen.Constant(option.Default)
        : Gen.Frequency((1, Gen.Constant(option.Default)), (1, Gen.Elements(option.Values.Skip(1))));

    /// <summary>Small sizes, which fill no vector, as often as all others.</summary>
    private static Gen<int> Size(int most) => Gen.Frequency((1, Gen.Choose(1, Math.Min(5, most))), (3, Gen.Choose(1, most)));

    private static IEnumerable<SpecBatch> Shrink(SpecBatch batch) =>
        batch.Specs.Count > 1 ? batch.Specs.Select(spec => new SpecBatch([spec])) : Shrink(batch.Specs[0]).Select(spec => new SpecBatch([spec]));

    private static IEnumerable<DrawnSpec> Shrink(DrawnSpec spec)
    {
        string text = spec.ToString();
        return Smaller(spec).Select(smaller => smaller.Repair()).Where(smaller => smaller.ToString() != text).DistinctBy(smaller => smaller.ToString());
    }

    /// <summary>Largest steps first.</summary>
    private static IEnumerable<DrawnSpec> Smaller(DrawnSpec spec)
    {
        foreach (int i in Enumerable.Range(0, spec.Layers.Count).Where(_ => spec.Layers.Count > 1))
        {
            yield return spec with { Layers = [.. spec.Layers.Where((_, other) => other != i)] };
        }

        foreach (int i in Enumerable.Range(0, spec.Lengths.Count).Where(_ => spec.Lengths.Count > 1))
        {
            yield return spec with { Lengths = [.. spec.Lengths.Where((_, other) => other != i)] };
        }

        for (int i = 0; i < spec.Layers.Count; i++)
        {
            DrawnLayer layer = spec.Layers[i];
            foreach (string option in layer.Settings.Keys)
            {
                yield return Replace(spec, i, layer.Without(option));
            }

            foreach (LayerKind kind in layer.Kind.Smaller)
            {
                yield return Replace(spec, i, layer with { Kind = kind });
            }

            foreach (int units in SmallerThan(layer.Units, least: 1))
            {
                yield return Replace(spec, i, layer with { Units = units });
            }
        }

        if (spec.IsOpen)
        {
            yield return Replace(spec, spec.Layers.Count - 1, spec.Layers[^1] with { Units = spec.OpenOutputs });
        }

        if (spec.ManyToOne)
        {
            yield return spec with { ManyToOne = false };
        }

        foreach (int lookAhead in SmallerThan(spec.LookAhead, least: 0))
        {
            yield return spec with { LookAhead = lookAhead };
        }

        foreach (int input in SmallerThan(spec.Input, least: 1))
        {
            yield return spec with { Input = input };
        }

        for (int i = 0; i < spec.Lengths.Count; i++)
        {
            foreach (int length in SmallerThan(spec.Lengths[i], least: 0))
            {
                yield return spec with { Lengths = [.. spec.Lengths.Select((other, at) => at == i ? length : other)] };
            }
        }
    }

    private static DrawnSpec Replace(DrawnSpec spec, int index, DrawnLayer layer) =>
        spec with { Layers = [.. spec.Layers.Select((other, at) => at == index ? layer : other)] };

    private static IEnumerable<int> SmallerThan(int value, int least) =>
        value <= least ? [] : ((int[])[least, value / 2, value - 1]).Where(smaller => smaller >= least && smaller < value).Distinct();
}
