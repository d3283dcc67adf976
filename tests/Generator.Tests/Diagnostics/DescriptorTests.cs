using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Diagnostics;

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

        string page = File.ReadAllText(Path.Combine(PagesFolder, id + ".md"));
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

    [Fact]
    public void Ids_are_numbers_of_four_digits() =>
        Assert.All(Descriptors.ById.Keys, id => Assert.Matches("^SEQ[0-9]{4}$", id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Example_of_the_page_fails_and_its_fix_does_not(string id)
    {
        string[] blocks = [.. File.ReadAllText(Path.Combine(PagesFolder, id + ".md")).Split("```").Where((_, i) => i % 2 == 1).Select(block => block["csharp\n".Length..])];
        Assert.Equal(2, blocks.Length);
        if (id == Descriptors.LayerWithoutModel.Id)
        {
            Assert.Equal([id], LayerWithoutModelTests.Analyze(blocks[0]).Select(diagnostic => diagnostic.Id));
            Assert.Empty(LayerWithoutModelTests.Analyze(blocks[1]));
            return;
        }

        Assert.Equal([id], Testing.Generation.Run("using Seq.Embedded;\n" + blocks[0]).Diagnostics.Select(diagnostic => diagnostic.Id));
        Testing.GenerationResult fixedExample = Testing.Generation.Run("using Seq.Embedded;\n" + blocks[1]);
        fixedExample.AssertClean();
        Assert.NotEmpty(fixedExample.Sources);
    }
}
