using FsCheck;
using FsCheck.Fluent;
using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Properties;

/// <summary>The specs that the property tests draw.</summary>
public class DrawingTests
{
    private static readonly SpecLimits Limits = new(MaxSize: 70, MaxLength: 50, MaxLookAhead: 6);

    private static readonly DrawnSpec[] Sample =
        [.. SpecArbitrary.Batches(specs: 400, Limits).Generator.Sample(1, new Rnd(7, 9), 50).Single().Specs];

    [Fact]
    public void Sizes_and_lengths_are_drawn_from_end_to_end()
    {
        int[] sizes = [.. Sample.SelectMany(spec => spec.Layers).Select(layer => layer.Units), .. Sample.Select(spec => spec.Input)];
        Assert.Empty(Enumerable.Range(1, 70).Except(sizes));
        Assert.Equal(Enumerable.Range(0, 51), Sample.SelectMany(spec => spec.Lengths).Distinct().Order());
        Assert.Contains(Sample, spec => spec.IsOpen);
        Assert.Contains(Sample, spec => spec.ManyToOne);
    }

    [Fact]
    public void Shrinking_ends_at_the_smallest_spec_that_fails()
    {
        Arbitrary<SpecBatch> batches = SpecArbitrary.Batches(specs: 5, Limits);
        static bool Fails(DrawnSpec spec) => spec.Layers.Any(layer => layer.Kind.Attribute == "Lstm" && layer.Units > 16) && spec.Lengths.Any(length => length > 2);
        SpecBatch found = batches.Generator.Sample(20, new Rnd(1, 3), 50).First(batch => batch.Specs.Any(Fails));
        while (batches.Shrinker(found).FirstOrDefault(smaller => smaller.Specs.Any(Fails)) is { } smaller)
        {
            found = smaller;
        }

        Assert.Equal("/// <summary>A drawn model.</summary>\n[SequenceModel(Input = 1)]\n[Lstm(17)]\npublic sealed partial class Model;\n", Assert.Single(found.Specs).Source("Model"));
        Assert.Equal([3], found.Specs[0].Lengths);
    }

    [Fact]
    public void Assemblies_of_drawn_models_are_unloaded()
    {
        WeakReference loaded = Load();
        for (int i = 0; i < 10 && loaded.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(loaded.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Load() => new(new GeneratedAssembly(new SpecBatch([Sample[0]]).Source).Type("Demo." + SpecBatch.NameOf(0)));
    }
}
