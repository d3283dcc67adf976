using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Spec;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

/// <summary>Options that a kind of layer declares (names, switches, whole numbers) are read, completed and checked without code of their own.</summary>
public class OptionTests
{
    [Theory]
    [InlineData("[Window]", "Forward", "True", "3")]
    [InlineData("[Window(Bias = true, Kernel = 3)]", "Forward", "True", "3")]
    [InlineData("[Window(Bias = false)]", "Forward", "False", "3")]
    [InlineData("[Window(Kernel = 2 + 5, Way = Way.Reverse)]", "Reverse", "True", "7")]
    [InlineData("[Window(Way = (Way)9, Kernel = -1)]", "9", "True", "-1")]
    public void Options_are_read_and_completed(string attribute, string way, string bias, string kernel) =>
        Assert.Equal([new OptionSpec("Way", way), new OptionSpec("Bias", bias), new OptionSpec("Kernel", kernel)], OptionsOf(attribute));

    [Theory]
    [InlineData("[Window]")]
    [InlineData("[Window(Kernel = 1, Bias = false, Way = Way.Reverse)]")]
    [InlineData("[Window(Kernel = 1_024)]")]
    public void Option_that_is_allowed_is_no_failure(string attribute) => Assert.Empty(Failures(attribute));

    [Theory]
    [InlineData("[Window(Kernel = 0)]", "SEQ0003", "Kernel", "Kernel|0|1 to 1,024", "1")]
    [InlineData("[Window(Kernel = 2_000)]", "SEQ0003", "Kernel", "Kernel|2,000|1 to 1,024", "1_024")]
    [InlineData("[Window(Way = (Way)9)]", "SEQ0011", "Way", "Way|9|Forward, Reverse", "Forward|Reverse")]
    public void Option_that_is_not_allowed_is_a_failure_with_remedies(string attribute, string id, string argument, string arguments, string remedies)
    {
        Failure failure = Assert.Single(Failures(attribute));
        SpecPlace place = new(4, argument);
        Assert.Equal(id, failure.Id);
        Assert.Equal(place, failure.Place);
        Assert.Equal(arguments.Split('|'), failure.Arguments);
        Assert.Equal(remedies.Split('|').Select(value => new Remedy(place, value)), failure.Remedies);
    }

    [Fact]
    public void Whole_numbers_are_read_from_the_spec() =>
        Assert.Equal(7, new LayerSpec("Window", 3, 1, null, 0, new(OptionsOf("[Window(Kernel = 7)]"))).Number("Kernel"));

    [Fact]
    public void Failures_are_equal_when_their_values_are()
    {
        Assert.Equal(Failures("[Window(Kernel = 0)]"), Failures("[Window(Kernel = 0, Bias = false)]"));
        Assert.NotEqual(Failures("[Window(Kernel = 0)]"), Failures("[Window(Kernel = -1)]"));
    }

    [Theory]
    [InlineData(0, "Units", "1")]
    [InlineData(-17, "Name", "\"a_2\"")]
    [InlineData(12_345, "class", "static")]
    [InlineData(3, "Text", "with spaces and = signs")]
    public void Remedies_travel_as_properties(int offset, string argument, string value)
    {
        Dictionary<string, string?> properties = new() { [RemedyText.Key(0)] = new RemedyText(offset, argument, value).ToString(), [RemedyText.Key(1)] = new RemedyText(1, "A", "b").ToString() };
        RemedyText[] read = [.. RemedyText.Read(properties)];
        Assert.Equal([(offset, argument, value), (1, "A", "b")], read.Select(remedy => (remedy.Offset, remedy.Argument, remedy.Value)));
        Assert.Empty(RemedyText.Read(new Dictionary<string, string?>()));
    }

    private static List<Failure> Failures(string attribute)
    {
        List<Failure> failures = [];
        WindowCell cell = new();
        Validator.ValidateOptions(
            cell,
            new LayerSpec("Window", 3, 1, null, 0, new(OptionsOf(attribute))),
            4,
            (descriptor, place, arguments, remedies) => failures.Add(new Failure(descriptor.Id, place, new(arguments), new(remedies))));
        return failures;
    }

    private static IEnumerable<OptionSpec> OptionsOf(string attribute)
    {
        const string declarations =
            """
            enum Way { Forward, Reverse }
            class WindowAttribute : System.Attribute
            {
                public Way Way { get; set; }
                public bool Bias { get; set; }
                public int Kernel { get; set; }
            }
            """;
        INamedTypeSymbol type = Generation.Compile($"{declarations}\n{attribute} class C;").GetTypeByMetadataName("C")!;
        return new WindowCell().Complete(SpecParser.GivenOptions(Assert.Single(type.GetAttributes())));
    }

    private sealed class WindowCell : Cell
    {
        public override string Attribute => "Window";

        public override string Title => "Window";

        public override IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]> { ["Way"] = ["Forward", "Reverse"], ["Bias"] = ["True", "False"] };

        public override IReadOnlyDictionary<string, OptionRange> Ranges { get; } = new Dictionary<string, OptionRange> { ["Kernel"] = new(1, 1_024, 3) };

        public override void Define(CellEquations cell, LayerSpec layer) => throw new NotSupportedException("The tests do not compute with it.");
    }
}
