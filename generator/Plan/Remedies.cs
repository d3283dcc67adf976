using System.Globalization;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Values that would repair a failure, as C#. They are looked for in broken specs only, so their cost does not count.</summary>
internal static class Remedies
{
    /// <summary><c>16_384</c>.</summary>
    public static string Literal(long value) => Numbers.Text(value).Replace(',', '_');

    /// <summary>The nearest probability of two digits, and what is a percentage as a probability.</summary>
    public static IEnumerable<string> Dropout(double found)
    {
        yield return found >= 0.99 ? "0.99" : "0";
        if (found is > 1 and < 100)
        {
            yield return (found / 100).ToString("0.######", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The name with '_' for what no name can have, and with the first number that makes it differ from the others; none where that is not enough.</summary>
    public static IEnumerable<string> Names(ModelSpec spec, int layer, string found)
    {
        string plain = string.Join(".", string.Concat(found.Select(c => Validator.IsLetterOrDigit(c) || c == '.' ? c : '_')).Split('.').Where(Validator.IsSegment));
        plain = plain.Length > 0 ? plain : spec.Layers[layer].Kind.ToLowerInvariant();
        int problems = Problems(spec);
        return Enumerable.Range(1, spec.Layers.Count + 1)
            .Select(number => number == 1 ? plain : plain + "_" + number.ToString(CultureInfo.InvariantCulture))
            .Where(name => Problems(With(spec, layer, spec.Layers[layer] with { Name = name })) < problems)
            .Take(1);
    }

    /// <summary>
    /// The largest size of a layer with which the model fits, smaller than it is; none where no size does, where the layer's options forbid that size, or where a residual layer needs the sizes that there are.
    /// </summary>
    public static Remedy[] Smaller(ModelSpec spec, LayerPlan layer, Func<ModelPlan, bool> fits)
    {
        int low = 0, high = spec.Layers.Any(other => other.Residual) ? 0 : layer.Units ?? 0;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            bool fitting = fits(Planner.Plan(With(spec, layer.SpecIndex, layer.Spec with { Units = middle })));
            (low, high) = fitting ? (middle, high) : (low, middle);
        }

        // Options may forbid a size as small as that: smaller ones they forbid as well.
        return low > 0 && IsAllowed(layer.Spec with { Units = low }) ? [new Remedy(new SpecPlace(layer.SpecIndex, "Units"), Literal(low))] : [];
    }

    private static bool IsAllowed(LayerSpec layer)
    {
        bool allowed = Planner.CellOf(layer)?.Check(layer).Any() != true;
        Validator.ValidateOptions(Planner.KindOf(layer), layer, 0, (_, _, _, _) => allowed = false);
        return allowed;
    }

    private static int Problems(ModelSpec spec) => Validator.NameProblems(spec).Count(problem => problem.Length > 0);

    private static ModelSpec With(ModelSpec spec, int index, LayerSpec layer) =>
        spec with { Layers = new(spec.Layers.Select((other, i) => i == index ? layer : other)) };
}
