using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

public class DescriptorTests
{
    private static readonly string PagesFolder = Path.Combine(AppContext.BaseDirectory, "Pages");

    public static TheoryData<string> Ids => [.. Descriptors.ById.Keys];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Descriptor_has_a_page_and_links_to_it(string id)
    {
        DiagnosticDescriptor descriptor = Descriptors.ById[id];
        // The path inside the repository, which every copy of it has: a link to one server would break in the others.
        Assert.Equal($"generator/Diagnostics/{id}.md", descriptor.HelpLinkUri);
        Assert.Equal("Seq.Embedded", descriptor.Category);
        Assert.True(descriptor.IsEnabledByDefault);

        string page = Page(id);
        Assert.StartsWith($"# {id}: {descriptor.Title}\n", page, StringComparison.Ordinal);
        foreach (string heading in (string[])["## Message", "## Cause", "## Example", "## How to fix it", "## Allowed"])
        {
            Assert.Contains($"\n{heading}\n", page, StringComparison.Ordinal);
        }

        Assert.Contains($"> {descriptor.MessageFormat}\n", page, StringComparison.Ordinal);
        Assert.Contains($"Severity: {descriptor.DefaultSeverity.ToString().ToLowerInvariant()}", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_page_belongs_to_a_descriptor() => Assert.Equal(
        Descriptors.ById.Keys.Order(StringComparer.Ordinal),
        Directory.GetFiles(PagesFolder).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Id_is_a_number_of_four_digits(string id) => Assert.Matches("^SEQ[0-9]{4}$", id);

    [Fact]
    public void Page_lists_every_name_that_the_generated_code_takes() =>
        Assert.All(MemberNames.Values.Concat(MemberNames.Methods).Concat(MemberNames.FeatureValues).Concat(MemberNames.FeatureMethods), name => Assert.Contains($"`{name}`", Page("SEQ0015").Split("## Allowed")[1], StringComparison.Ordinal));

    // What a table of a page lists by hand is what the generator allows.
    [Fact]
    public void Pages_list_every_layer_and_every_value_of_its_options()
    {
        Assert.Contains($"One or more of {Ticked(LayerKinds.All)}.", Page("SEQ0002"), StringComparison.Ordinal);
        Assert.Contains($"at least one of {Ticked(LayerKinds.Recurrent)}.", Page("SEQ0009"), StringComparison.Ordinal);
        foreach (Cell cell in Cell.All)
        {
            // The compiler sees to it that a switch is true or false.
            foreach ((string option, string[] values) in cell.Options.Where(option => !option.Value.Contains("True")))
            {
                AssertRow("SEQ0011", cell, option, string.Join(", ", values.Select(value => $"`{value}`")));
            }

            foreach ((string option, OptionRange range) in cell.Ranges)
            {
                AssertRow("SEQ0003", cell, option, string.Create(CultureInfo.InvariantCulture, $"{range.Min:N0} to {range.Max:N0}"));
            }
        }
    }

    /// <summary>A row of the kind of layer, or one of the recurrent layers.</summary>
    private static void AssertRow(string id, Cell cell, string option, string allowed)
    {
        string[] rows = [$"| `[{cell.Attribute}]` `{option}` | {allowed}", $"| recurrent layers: `{option}` | {allowed}"];
        Assert.True(rows.Any(row => Page(id).Contains(row, StringComparison.Ordinal)), $"{id} has no row {rows[0]}");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Example_of_the_page_fails_and_its_fix_does_not(string id)
    {
        string[] blocks = [.. Page(id).Split("```").Where((_, i) => i % 2 == 1).Select(block => block["csharp\n".Length..])];
        Assert.Equal(2, blocks.Length);
        if (id == Descriptors.LayerWithoutModel.Id || id == Descriptors.FeaturesWithoutModel.Id)
        {
            Assert.Equal([id], LayerWithoutModelTests.Analyze(blocks[0]).Select(diagnostic => diagnostic.Id));
            Assert.Empty(LayerWithoutModelTests.Analyze(blocks[1]));
            return;
        }

        CSharpParseOptions? options = id == Descriptors.LanguageTooOld.Id ? Testing.Generation.ParseOptions.WithLanguageVersion(LanguageVersion.CSharp11) : null;
        Assert.Equal([id], Testing.Generation.Run(options, "using Seq.Embedded;\n" + blocks[0]).Diagnostics.Select(diagnostic => diagnostic.Id));
        Testing.GenerationResult fixedExample = Testing.Generation.Run("using Seq.Embedded;\n" + blocks[1]);
        fixedExample.AssertClean();
        Assert.NotEmpty(fixedExample.Sources);
    }

    internal static string Page(string id) => File.ReadAllText(Path.Combine(PagesFolder, id + ".md"));

    private static string Ticked(string layers) => string.Join(", ", layers.Split(", ").Select(layer => $"`{layer}`"));
}
