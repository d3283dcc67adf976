using Microsoft.CodeAnalysis.CodeFixes;
using Seq.Embedded.CodeFixes;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Tests.Diagnostics;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.CodeFixes;

/// <summary>Each repair of a wrong spec: what it is called, the text that it leaves, and that nothing is wrong afterwards.</summary>
public class SpecFixTests
{
    private const string Head = "using Seq.Embedded;\n\nnamespace Demo;\n\n";

    [Theory]
    [InlineData("[SequenceModel(Input = 2)]\n[Gru(3)]\npublic sealed class M;\n", "public sealed partial class M;")]
    [InlineData("[SequenceModel(Input = 2)]\n[Gru(3)]\nclass M { }\n", "partial class M { }")]
    public void Class_is_made_partial(string source, string declaration) =>
        AssertRepairs(new MakePartialFix(), source, "Make 'M' partial", source[..source.LastIndexOf("]\n", StringComparison.Ordinal)] + "]\n" + declaration + "\n");

    [Theory]
    [InlineData("[SequenceModel(Input = 0)] [Gru(3)]", "Set Input to 1", "[SequenceModel(Input = 1)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 99_999)] [Gru(3)]", "Set Input to 16_384", "[SequenceModel(Input = 16_384)] [Gru(3)]")]
    [InlineData("[SequenceModel] [Gru(3)]", "Set Input to 1", "[SequenceModel(Input = 1)] [Gru(3)]")]
    [InlineData("[SequenceModel(MaxStateBytes = 12)] [Gru(3)]", "Set Input to 1", "[SequenceModel(MaxStateBytes = 12, Input = 1)] [Gru(3)]")]
    [InlineData("[SequenceModel()] [Gru(3)]", "Set Input to 1", "[SequenceModel(Input = 1)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(-4)]", "Set Units to 1", "[SequenceModel(Input = 2)] [Gru(1)]")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(units: 20_000 /* many */)]", "Set Units to 16_384", "[SequenceModel(Input = 2)] [Dense(units: 16_384 /* many */)]")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Layers = 100)]", "Set Layers to 64", "[SequenceModel(Input = 2)] [Gru(3, Layers = 64)]")]
    [InlineData("[SequenceModel(Input = 2, MaxWeightBytes = -1)] [Gru(3)]", "Set MaxWeightBytes to 0", "[SequenceModel(Input = 2, MaxWeightBytes = 0)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 2, LookAhead = 2000)] [Gru(3, Direction = Direction.Reverse)]", "Set LookAhead to 1_024", "[SequenceModel(Input = 2, LookAhead = 1_024)] [Gru(3, Direction = Direction.Reverse)]")]
    [InlineData("[SequenceModel(Input = 2, LookAhead = -2)] [Gru(3, Direction = Direction.Reverse)]", "Set LookAhead to 0", "[SequenceModel(Input = 2, LookAhead = 0)] [Gru(3, Direction = Direction.Reverse)]")]
    public void Size_is_set_to_the_nearest_allowed(string spec, string title, string expected) => AssertRepairs(spec, title, expected);

    [Theory]
    [InlineData("(Bands = 0)", "Set Bands to 1", "(Bands = 1)")]
    [InlineData("(Hop = double.NaN)", "Set Hop to 10", "(Hop = 10)")]
    [InlineData("(SampleRate = 22_050, Window = 25, HopSamples = 220)", "Set Window to 24.988662131519273", "(SampleRate = 22_050, Window = 24.988662131519273, HopSamples = 220)")]
    [InlineData("(FftSize = 400)", "Set FftSize to 512", "(FftSize = 512)")]
    [InlineData("(HighHz = 9000)", "Set HighHz to 0", "(HighHz = 0)")]
    [InlineData("(Bands = 128)", "Set FftSize to 1_024", "(Bands = 128, FftSize = 1_024)")]
    public void Setting_of_the_features_is_set_to_what_is_allowed(string settings, string title, string expected) => AssertRepairs(
        $"[SequenceModel] [Seq.Embedded.Audio.AudioFeatures{settings}] [Gru(3)]", title, $"[SequenceModel] [Seq.Embedded.Audio.AudioFeatures{expected}] [Gru(3)]");

    [Fact]
    public void Input_is_set_to_the_size_of_the_features() => AssertRepairs(
        "[SequenceModel(Input = 3)] [Seq.Embedded.Audio.AudioFeatures] [Gru(3)]", "Set Input to 40", "[SequenceModel(Input = 40)] [Seq.Embedded.Audio.AudioFeatures] [Gru(3)]");

    [Theory]
    [InlineData("15", "Set Dropout to 0.15", "0.15")]
    [InlineData("15", "Set Dropout to 0.99", "0.99")]
    [InlineData("1", "Set Dropout to 0.99", "0.99")]
    [InlineData("0.99999999", "Set Dropout to 0.99", "0.99")]
    [InlineData("-0.5", "Set Dropout to 0", "0")]
    [InlineData("double.NaN", "Set Dropout to 0", "0")]
    public void Dropout_is_set_to_a_probability(string found, string title, string value) => AssertRepairs(
        $"[SequenceModel(Input = 2)] [Gru(3, Dropout = {found})] [Dense(2)]", title, $"[SequenceModel(Input = 2)] [Gru(3, Dropout = {value})] [Dense(2)]");

    [Theory]
    [InlineData("[Gru(3, Name = \"a\")] [Gru(3, Name = \"a\")]", "Set Name to \"a_2\"", "[Gru(3, Name = \"a\")] [Gru(3, Name = \"a_2\")]")]
    [InlineData("[Gru(3, Name = \"a\")] [Gru(3, Name = \"a_2\")] [Gru(3, Name = \"A\")]", "Set Name to \"A_3\"", "[Gru(3, Name = \"a\")] [Gru(3, Name = \"a_2\")] [Gru(3, Name = \"A_3\")]")]
    [InlineData("[Gru(3, Name = \"my layer\")]", "Set Name to \"my_layer\"", "[Gru(3, Name = \"my_layer\")]")]
    [InlineData("[Gru(3, Name = \"\")]", "Set Name to \"gru\"", "[Gru(3, Name = \"gru\")]")]
    [InlineData("[Gru(3, Name = \".a..b.\")]", "Set Name to \"a.b\"", "[Gru(3, Name = \"a.b\")]")]
    [InlineData("[Dense(3, Name = \"gru1\")] [Gru(3)] [Gru(3)]", "Set Name to \"gru1_2\"", "[Dense(3, Name = \"gru1\")] [Gru(3, Name = \"gru1_2\")] [Gru(3)]")]
    public void Name_is_set_to_a_free_one(string layers, string title, string expected) =>
        AssertRepairs($"[SequenceModel(Input = 2)] {layers}", title, $"[SequenceModel(Input = 2)] {expected}");

    [Fact]
    public void Name_that_meets_the_names_of_a_stack_gets_a_number() => AssertRepairs(
        "[SequenceModel(Input = 2)] [Gru(3, Layers = 2)] [Dense(3, Name = \"gruL1\")]", "Set Name to \"gruL1_2\"",
        "[SequenceModel(Input = 2)] [Gru(3, Layers = 2)] [Dense(3, Name = \"gruL1_2\")]");

    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Rnn(3, Activation = Activation.Sigmoid)]", "Activation", "Tanh|Relu", "[SequenceModel(Input = 2)] [Rnn(3, Activation = Activation.*)]")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(3, (Activation)99)]", "Activation", "None|Relu|Tanh|Sigmoid|Softmax", "[SequenceModel(Input = 2)] [Dense(3, Activation.*)]")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Reset = (GruReset)9)]", "Reset", "AfterProduct|BeforeProduct|None", "[SequenceModel(Input = 2)] [Gru(3, Reset = GruReset.*)]")]
    [InlineData("[SequenceModel(Input = 2, Task = (SequenceTask)7)] [Gru(3)]", "Task", "ManyToMany|ManyToOne", "[SequenceModel(Input = 2, Task = SequenceTask.*)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(3, Activation.Softmax)] [Gru(3)]", "Activation of [Dense]", "None|Relu|Tanh|Sigmoid", "[SequenceModel(Input = 2)] [Dense(3, Activation.*)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Dense(3)]", "Task", "ManyToMany", "[SequenceModel(Input = 2, Task = SequenceTask.*)] [Dense(3)]")]
    public void Option_is_set_to_each_of_its_values(string spec, string argument, string values, string expected)
    {
        string[] all = values.Split('|');
        using (FixRun run = new(new SetArgumentFix(), Source(spec)))
        {
            Assert.Equal(all.Select(value => $"Set {argument} to {value}"), run.Titles);
        }

        foreach (string value in all)
        {
            AssertRepairs(spec, $"Set {argument} to {value}", expected.Replace("*", value, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Residual = true)]", "Set Residual to false", "[SequenceModel(Input = 2)] [Gru(3, Residual = false)]")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(2, Activation.Softmax, Residual = true)]", "Set Residual to false", "[SequenceModel(Input = 2)] [Dense(2, Activation.Softmax, Residual = false)]")]
    [InlineData("[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Gru(2, Direction = Direction.Reverse, Residual = true)]", "Set Residual to false", "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Gru(2, Direction = Direction.Reverse, Residual = false)]")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Merge = DirectionMerge.Sum)]", "Set Direction to Bidirectional", "[SequenceModel(Input = 2)] [Gru(3, Merge = DirectionMerge.Sum, Direction = Direction.Bidirectional)]")]
    [InlineData("[SequenceModel(Input = 2, LookAhead = 4)] [Gru(3)]", "Set LookAhead to 0", "[SequenceModel(Input = 2, LookAhead = 0)] [Gru(3)]")]
    [InlineData("[SequenceModel(Input = 2, LookAhead = 4, Task = SequenceTask.ManyToOne)] [Gru(3, Direction = Direction.Reverse)]", "Set LookAhead to 0", "[SequenceModel(Input = 2, LookAhead = 0, Task = SequenceTask.ManyToOne)] [Gru(3, Direction = Direction.Reverse)]")]
    public void What_does_not_go_with_the_rest_is_taken_back(string spec, string title, string expected) => AssertRepairs(spec, title, expected);

    [Fact]
    public void Residual_layer_over_its_budget_is_not_made_smaller()
    {
        using FixRun run = new(new SetArgumentFix(), Source("[SequenceModel(Input = 3, MaxStateBytes = 8)] [Gru(3, Residual = true)]"));
        Assert.Equal(["Set MaxStateBytes to 12"], run.Titles);
    }

    // 95 units: 4 (90 + 95) bytes; 60 units, which 600 bytes would hold, are fewer than those of the projection.
    [Fact]
    public void Layer_with_a_projection_is_made_smaller_as_far_as_that_allows()
    {
        AssertRepairs("[SequenceModel(Input = 2, MaxStateBytes = 740)] [Lstm(100, Projection = 90)]", "Set Units of [Lstm] to 95", "[SequenceModel(Input = 2, MaxStateBytes = 740)] [Lstm(95, Projection = 90)]");
        using FixRun run = new(new SetArgumentFix(), Source("[SequenceModel(Input = 2, MaxStateBytes = 600)] [Lstm(100, Projection = 90)]"));
        Assert.Equal(["Set MaxStateBytes to 760"], run.Titles);
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 4096)] [Conv1D(2, Kernel = 9, Dilation = 64)]", "Set Dilation to 32", "[SequenceModel(Input = 4096)] [Conv1D(2, Kernel = 9, Dilation = 32)]")]
    [InlineData("[SequenceModel(Input = 4096)] [Conv1D(2, Kernel = 9, Dilation = 64)]", "Set Kernel to 5", "[SequenceModel(Input = 4096)] [Conv1D(2, Kernel = 5, Dilation = 64)]")]
    [InlineData("[SequenceModel(Input = 16_384)] [Conv1D(2, Kernel = 66)]", "Set Kernel to 65", "[SequenceModel(Input = 16_384)] [Conv1D(2, Kernel = 65)]")]
    [InlineData("[SequenceModel(Input = 16_384)] [Conv1D(2, Dilation = 33)]", "Set Dilation to 32", "[SequenceModel(Input = 16_384)] [Conv1D(2, Dilation = 32)]")]
    public void Window_is_made_as_long_as_it_may_be(string spec, string title, string expected) => AssertRepairs(spec, title, expected);

    [Fact]
    public void Type_of_an_option_is_written_as_the_place_needs_it()
    {
        const string source = "class Activation; [Seq.Embedded.SequenceModel(Input = 2)] [Seq.Embedded.Rnn(3, Activation = (Seq.Embedded.Activation)9)] partial class M;";
        AssertRepairs(new SetArgumentFix(), source, "Set Activation to Relu", source.Replace("(Seq.Embedded.Activation)9", "Seq.Embedded.Activation.Relu", StringComparison.Ordinal));
    }

    // GRU 2 -> 3: 63 parameters (252 bytes), 45 multiply-adds; Dense 3 -> 2: 32 bytes, 6 multiply-adds. GRU 2 -> 2: 36 parameters (144 bytes), dense on it 24 bytes.
    [Theory]
    [InlineData("MaxWeightBytes = 200", "Set MaxWeightBytes to 284", "MaxWeightBytes = 284", 3)]
    [InlineData("MaxWeightBytes = 200", "Set Units of [Gru] to 2", "MaxWeightBytes = 200", 2)]
    [InlineData("MaxWeightBytes = 168", "Set Units of [Gru] to 2", "MaxWeightBytes = 168", 2)]
    [InlineData("MaxWeightBytes = 167", "Set Units of [Gru] to 1", "MaxWeightBytes = 167", 1)]
    [InlineData("MaxStateBytes = 11", "Set MaxStateBytes to 12", "MaxStateBytes = 12", 3)]
    [InlineData("MaxStateBytes = 11", "Set Units of [Gru] to 2", "MaxStateBytes = 11", 2)]
    [InlineData("MaxMultiplyAddsPerStep = 50", "Set MaxMultiplyAddsPerStep to 51", "MaxMultiplyAddsPerStep = 51", 3)]
    [InlineData("MaxMultiplyAddsPerStep = 50", "Set Units of [Gru] to 2", "MaxMultiplyAddsPerStep = 50", 2)]
    public void Budget_is_raised_or_the_largest_layer_made_to_fit(string budget, string title, string after, int units) =>
        AssertRepairs($"[SequenceModel(Input = 2, {budget})] [Gru(3)] [Dense(2)]", title, $"[SequenceModel(Input = 2, {after})] [Gru({units})] [Dense(2)]");

    [Fact]
    public void Layer_that_fits_no_budget_is_not_made_smaller()
    {
        using FixRun run = new(new SetArgumentFix(), Source("[SequenceModel(Input = 2, MaxWeightBytes = 40)] [Gru(3)] [Dense(2)]"));
        Assert.Equal(["Set MaxWeightBytes to 284"], run.Titles);
    }

    // 54 units are the page's example: 3 * 54 * (40 + 54 + 2) = 15,552 parameters, 62,208 bytes; 55 units have 16,005.
    [Fact]
    public void Size_that_fits_is_the_largest()
    {
        AssertRepairs("[SequenceModel(Input = 40, MaxWeightBytes = 65_536)] [Gru(128)]", "Set Units of [Gru] to 55", "[SequenceModel(Input = 40, MaxWeightBytes = 65_536)] [Gru(55)]");
        AssertRepairs("[SequenceModel(Input = 40, MaxWeightBytes = 64_019)] [Gru(128)]", "Set Units of [Gru] to 54", "[SequenceModel(Input = 40, MaxWeightBytes = 64_019)] [Gru(54)]");
    }

    [Fact]
    public void Stack_over_its_budget_is_made_smaller_as_a_whole() => AssertRepairs(
        "[SequenceModel(Input = 2, MaxStateBytes = 100)] [Lstm(9, Layers = 4)]", "Set Units of [Lstm] to 3", "[SequenceModel(Input = 2, MaxStateBytes = 100)] [Lstm(3, Layers = 4)]");

    [Fact]
    public void Model_with_too_many_parameters_is_made_smaller() => AssertRepairs(
        "[SequenceModel(Input = 16_384)] [Dense(16_384)]", "Set Units of [Dense] to 16_383", "[SequenceModel(Input = 16_384)] [Dense(16_383)]");

    [Theory]
    [InlineData("public static partial class M;", "Remove 'static'", "public partial class M;")]
    [InlineData("abstract partial class M;", "Remove 'abstract'", "partial class M;")]
    [InlineData("file sealed partial class M;", "Remove 'file'", "sealed partial class M;")]
    public void Modifier_that_no_model_has_is_removed(string declaration, string title, string expected) => AssertRepairs(
        new RemoveModifierFix(), $"[SequenceModel(Input = 2)]\n[Gru(3)]\n{declaration}\n", title, $"[SequenceModel(Input = 2)]\n[Gru(3)]\n{expected}\n");

    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial record M;")]
    [InlineData("partial class Outer { [SequenceModel(Input = 2)] [Gru(3)] public abstract partial class M; }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M; public static partial class M;")]
    public void Type_that_needs_more_than_a_modifier_removed_is_left_alone(string source)
    {
        using FixRun run = new(new RemoveModifierFix(), Head + source);
        Assert.Empty(run.Titles);
    }

    [Theory]
    [InlineData("[Gru(3)]\n[Dense(2)]\npublic class M;\n", "[SequenceModel(Input = 1)]\n[Gru(3)]\n[Dense(2)]\npublic partial class M;\n")]
    [InlineData("class Outer;\n\n    [Gru(3)]\r\n    partial class M;\n", "class Outer;\n\n    [SequenceModel(Input = 1)]\r\n    [Gru(3)]\r\n    partial class M;\n")]
    [InlineData("[Seq.Embedded.Gru(3)] partial class M;\n", "[Seq.Embedded.SequenceModel(Input = 1)]\n[Seq.Embedded.Gru(3)] partial class M;\n")]
    [InlineData("class A; [Gru(3)] partial class M;\n", "class A; [SequenceModel(Input = 1)] [Gru(3)] partial class M;\n")]
    public void Model_is_added_above_its_layers(string source, string expected) => AssertRepairs(new AddModelFix(), source, "Add [SequenceModel(Input = 1)]", expected);

    [Fact]
    public void All_models_of_a_project_are_repaired_at_once()
    {
        using FixRun partial = new(new MakePartialFix(), Source("[SequenceModel(Input = 2)] [Gru(3)]", "A", "class"), Source("[SequenceModel(Input = 2)] [Gru(3)]", "B", "class"));
        Assert.Equal(
            [Source("[SequenceModel(Input = 2)] [Gru(3)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(3)]", "B")],
            partial.ApplyToAll("Make 'A' partial"));

        using FixRun sizes = new(new SetArgumentFix(), Source("[SequenceModel(Input = 0)] [Gru(0)] [Dense(99_999)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(-3)]", "B"));
        Assert.Equal(
            [Source("[SequenceModel(Input = 0)] [Gru(1)] [Dense(16_384)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(1)]", "B")],
            sizes.ApplyToAll("Set Units to 1"));

        using FixRun dropout = new(new SetArgumentFix(), Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 15)] [Dense(2)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 30)] [Gru(3, Dropout = 1)]", "B"));
        Assert.Equal(
            [Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 0.15)] [Dense(2)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 0.3)] [Gru(3, Dropout = 1)]", "B")],
            dropout.ApplyToAll("Set Dropout to 0.15"));
        Assert.Equal(
            [Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 0.99)] [Dense(2)]", "A"), Source("[SequenceModel(Input = 2)] [Gru(3, Dropout = 0.99)] [Gru(3, Dropout = 0.99)]", "B")],
            dropout.ApplyToAll("Set Dropout to 0.99"));
    }

    // Each page's example of what fails: what is offered for it repairs it, and what the generator knows to repair is offered.
    [Theory]
    [MemberData(nameof(DescriptorTests.Ids), MemberType = typeof(DescriptorTests))]
    public void Example_of_a_page_is_repaired_by_every_fix_that_is_offered(string id)
    {
        string source = "using Seq.Embedded;\n" + DescriptorTests.Page(id).Split("```csharp\n")[1].Split("```")[0];
        foreach (CodeFixProvider provider in (CodeFixProvider[])[new MakePartialFix(), new RemoveModifierFix(), new SetArgumentFix(), new AddModelFix()])
        {
            using FixRun run = new(provider, source);
            foreach (string title in run.Titles)
            {
                Assert.DoesNotContain(id, Generation.Run([.. run.Apply(title)]).Diagnostics.Select(diagnostic => diagnostic.Id));
            }
        }

        bool hasRemedies = Generation.Run(source).Diagnostics.Any(diagnostic => RemedyText.Read(diagnostic.Properties).Any(remedy => remedy.Argument != "class"));
        Assert.True(!hasRemedies || new SetArgumentFix().FixableDiagnosticIds.Contains(id), $"The generator knows what repairs {id}, and no fix offers it.");
    }

    private static string Source(string spec, string name = "M", string modifiers = "partial class") => $"{Head}{spec} {modifiers} {name};\n";

    private static void AssertRepairs(string spec, string title, string expected) => AssertRepairs(new SetArgumentFix(), $"{spec} partial class M;\n", title, $"{expected} partial class M;\n");

    /// <summary>The fix leaves this text, and neither the generator nor the compiler finds anything wrong in it.</summary>
    private static void AssertRepairs(CodeFixProvider provider, string source, string title, string expected)
    {
        using FixRun run = new(provider, Head + source);
        string actual = Assert.Single(run.Apply(title));
        Assert.Equal(Head + expected, actual);
        GenerationResult result = Generation.Run(actual);
        Assert.Empty(result.Diagnostics);
        Assert.NotEmpty(result.Sources);
        Assert.DoesNotContain(result.CompilerDiagnostics, diagnostic => diagnostic.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
    }
}
