using System.Globalization;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>Drawn specs that are compiled together, as compiling one takes nearly as long as compiling many.</summary>
internal sealed record SpecBatch(IReadOnlyList<DrawnSpec> Specs)
{
    /// <summary>One source file with all models in the namespace Demo.</summary>
    public string Source
    {
        get
        {
            IEnumerable<string> cells = Specs.SelectMany(spec => spec.Cells()).Distinct(), models = Specs.Select((spec, i) => spec.Source(NameOf(i)));
            return $"using Seq.Embedded;\nusing Seq.Embedded.Cells;\nusing static Seq.Embedded.Cells.Vector;\n\nnamespace Demo;\n\n{string.Join("\n", cells.Concat(models))}";
        }
    }

    /// <summary>The class of a spec.</summary>
    public static string NameOf(int index) => string.Create(CultureInfo.InvariantCulture, $"Model{index}");

    public override string ToString() => Specs.Count == 1 ? $"\n{Specs[0]}" : $"{Specs.Count} specs";
}
