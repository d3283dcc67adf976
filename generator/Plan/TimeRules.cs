using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The rules of layers over time that are not recurrent: windows, strides and pooling.</summary>
internal static class TimeRules
{
    /// <summary>The most time steps that the strides of all layers multiply to.</summary>
    public const int MaxStride = 16_384;

    /// <summary>The most values of earlier inputs that a layer keeps.</summary>
    public const int MaxHistory = 1 << 20;

    public static void Validate(ModelSpec spec, Fail fail)
    {
        ValidateStrides(spec, fail);
        ValidatePooling(spec, fail);
    }

    public static void ValidateWindows(ModelPlan plan, Fail fail)
    {
        foreach (LayerPlan layer in plan.Layers.Where(layer => layer.History > MaxHistory))
        {
            TimeWindow window = layer.Window!;
            SpecPlace kernel = new(layer.SpecIndex, "Kernel"), dilation = new(layer.SpecIndex, "Dilation");
            int reach = MaxHistory / layer.Inputs, longest = reach / (window.Kernel - 1), most = 1 + (reach / window.Dilation);
            fail(Descriptors.WindowTooLong, window.Dilation > 1 ? dilation : kernel,
                [layer.Spec.Kind, Numbers.Text(layer.History), Numbers.Text(window.Kernel), Numbers.Text(window.Dilation), Numbers.Text(layer.Inputs), Numbers.Text(MaxHistory)],
                [
                    .. longest > 0 ? [new Remedy(dilation, Remedies.Literal(longest))] : Array.Empty<Remedy>(),
                    .. most > 1 ? [new Remedy(kernel, Remedies.Literal(most))] : Array.Empty<Remedy>(),
                ]);
        }
    }

    private static void ValidateStrides(ModelSpec spec, Fail fail)
    {
        long product = 1;
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            long below = product;
            product *= Math.Max(1, Planner.CellOf(spec.Layers[i])?.Window(spec.Layers[i])?.Stride ?? 1);
            if (product > MaxStride)
            {
                SpecPlace place = new(i, "Stride");
                fail(Descriptors.StridesTooLong, place, [spec.Layers[i].Kind, Numbers.Text(product), Numbers.Text(MaxStride)], new Remedy(place, Remedies.Literal(MaxStride / below)));
                return;
            }
        }

        if (product > 1 && spec.LookAhead > 0)
        {
            SpecPlace place = new(-1, "LookAhead");
            fail(Descriptors.LookAheadOfStrides, place, [Numbers.Text(spec.LookAhead), Numbers.Text(product)], new Remedy(place, "0"));
        }
    }

    private static void ValidatePooling(ModelSpec spec, Fail fail)
    {
        int pooling = spec.Layers.TakeWhile(layer => Planner.CellOf(layer)?.PoolsTime != true).Count();
        if (pooling == spec.Layers.Count)
        {
            return;
        }

        string kind = spec.Layers[pooling].Kind;
        if (spec.Task == "ManyToMany")
        {
            fail(Descriptors.PoolingOfManyToMany, new SpecPlace(pooling, ""), [kind, spec.Name], new Remedy(new SpecPlace(-1, "Task"), "ManyToOne"));
        }

        for (int i = pooling + 1; i < spec.Layers.Count; i++)
        {
            if (Planner.ReadsPast(spec.Layers[i]))
            {
                fail(Descriptors.TimeAbovePooling, new SpecPlace(i, ""), [spec.Layers[i].Kind, kind]);
            }
        }
    }
}
