using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Spec;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

/// <summary>Generated code compiles without any warning: all warning levels, nullable, overflow checks, C# 12, documentation of every public member.</summary>
public class CompilationTests
{
    public static TheoryData<string> Names => Models.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_code_compiles_without_a_warning(string name) => Generation.Run(Models.Source(name)).AssertClean();

    [Fact]
    public void The_compilation_does_warn_of_what_the_tests_exclude()
    {
        GenerationResult result = Generation.Run("public class Undocumented { public static string F(string? s) => s; public const int N = int.MaxValue; }");
        Assert.Contains(result.CompilerDiagnostics, diagnostic => diagnostic.Id == "CS1591");
        Assert.Contains(result.CompilerDiagnostics, diagnostic => diagnostic.Id == "CS8603");
        Assert.True(result.Output.Options.CheckOverflow);
        Assert.Equal(LanguageVersion.CSharp12, ((CSharpParseOptions)result.Output.SyntaxTrees[0].Options).LanguageVersion);
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.Latest)]
    [InlineData(LanguageVersion.Preview)]
    public void Later_languages_compile_without_a_warning(LanguageVersion version) =>
        Generation.Run(Generation.ParseOptions.WithLanguageVersion(version), Models.AllSources).AssertClean();

    [Fact]
    public void Models_in_the_global_namespace_compile() => Generation.Run("using Seq.Embedded;\n" + Models.AllDeclarations).AssertClean();

    [Theory]
    [InlineData("namespace Seq.Math;")]
    [InlineData("namespace Demo.System.Numerics;")]
    [InlineData("namespace @class.@namespace;")]
    public void Models_in_unusual_namespaces_compile(string head) => Generation.Run($"{head}\nusing Seq.Embedded;\n{Models.AllDeclarations}").AssertClean();

    [Fact]
    public void Types_of_the_user_take_no_library_type_away()
    {
        // Every part of every name of a library type or member in the generated code, and what has no global:: there: aliases, members, what a cell's equations name.
        string[] names =
        [
            .. Models.All.SelectMany(name => Regex.Matches(Generation.Text(Models.Source(name)), @"global::([\w.]+)")).SelectMany(match => match.Groups[1].Value.Split('.')),
            "SeqVector", "SeqSpan", "SeqMath", "Seq1Lanes", "Stream", "Trainer", "FrontEnd", "AudioStream", "GruStep", "InputSize", "Spec", "Cell", "Cells", "CellAttribute",
        ];
        Assert.Superset(new HashSet<string> { "System", "Seq", "Audio", "RealFft", "Embedded", "Kernels", "Training", "Weights", "Math", "AlignedBuffer", "TimePooling", "TensorPrimitives" }, names.ToHashSet());
        string types = string.Concat(names.Distinct().Select(name => $"    internal class {name};\n"));
        string models = Models.AllDeclarations;
        foreach (string name in (string[])["SequenceModel(", "Rnn(", "Gru(", "Lstm(", "Mgu(", "FastGrnn(", "Conv1D(", "AttentionPooling(", "Dense(", "Embedding(", "OneHot]", "Decoder(", "Attention("])
        {
            models = models.Replace("[" + name, "[global::Seq.Embedded." + name, StringComparison.Ordinal);
        }

        foreach (string name in (string[])["Activation.", "Direction.", "DirectionMerge.", "InitialState.", "GruReset.", "SequenceTask.", "WeightFormat."])
        {
            models = models.Replace(" " + name, " global::Seq.Embedded." + name, StringComparison.Ordinal).Replace("(" + name, "(global::Seq.Embedded." + name, StringComparison.Ordinal);
        }

        Generation.Run($"namespace Demo\n{{\n{types}\n{models}\n}}\n").AssertClean();
    }

    // C# takes no alias beside a type of its name (CS0576), none beside a global one in the global namespace (CS1537), and a member of the class comes before both.
    [Theory]
    [InlineData("namespace Demo;", "namespace Demo { internal class SeqVector; }", "")]
    [InlineData("namespace Demo;", "namespace Demo { internal class SeqSpan; internal class Seq1Vector; internal interface Seq2Unsafe; }", "")]
    [InlineData("namespace Demo;", "namespace Demo.SeqMath { internal class Nested; }", "")]
    [InlineData("namespace Demo;", "global using SeqVector = System.Int32; global using System = System.Text;", "")]
    [InlineData("", "global using SeqVector = System.Int32; global using SeqLanes = System.String;", "")]
    [InlineData("", "internal class SeqProduct;", "")]
    [InlineData("namespace Demo;", "", "private static int SeqVector => 3; private delegate void SeqSpan(); private int SeqMath() => SeqVector;")]
    public void Names_of_the_user_like_those_of_the_generated_code_compile(string head, string other, string members)
    {
        string model = $"{head}\n/// <summary>A model.</summary>\n[Seq.Embedded.SequenceModel(Input = 2)] [Seq.Embedded.Gru(3, Layers = 2)] [Seq.Embedded.Dense(2)] public partial class M {{ {members} }}";
        Generation.Run(model, other).AssertClean();
        Generation.Run(other, model).AssertClean();
    }

    [Fact]
    public void Names_of_the_user_change_the_aliases_and_no_text()
    {
        const string model = "namespace Demo;\nusing Seq.Embedded;\n/// <summary>A model.</summary>\n[SequenceModel(Input = 2)] [Gru(3, Name = \"SeqVector\")] public partial class M;";
        string usual = Generation.Text(model);
        GenerationResult result = Generation.Run(model, "namespace Demo { internal class SeqVector; }");
        result.AssertClean();
        string changed = Assert.Single(result.Sources).SourceText.ToString();
        Assert.Contains("using Seq1Vector = global::System.Numerics.Vector<float>;", changed, StringComparison.Ordinal);
        Assert.Contains("\"SeqVector.weight_ih_l0\"", changed, StringComparison.Ordinal);
        Assert.Equal(QuotedTexts(usual), QuotedTexts(changed));
        TextComparison.AssertEqual(usual, Regex.Replace(changed, @"\bSeq1(?=[A-Z])", "Seq"), "More than the aliases differs.");
    }

    [Fact]
    public void Every_alias_is_one_that_the_parser_looks_for() =>
        Assert.Equal(Aliases.Names.Select(name => $"using {Aliases.Prefix}{name} "), Emit.Names.Usings.Select(line => line.Split('=')[0]));

    private static IEnumerable<string> QuotedTexts(string code) => Regex.Matches(code, "\"[^\"\n]*\"").Select(match => match.Value);

    [Theory]
    [InlineData("internal partial class M;")]
    [InlineData("public partial class M { }")]
    [InlineData("public sealed partial class M : System.IDisposable { /** <inheritdoc/> */ public void Dispose() { } }")]
    [InlineData("public sealed partial class M; public sealed partial class M;")]
    [InlineData("public partial class @class;")]
    [InlineData("public partial class @record;")]
    [InlineData("public partial class \u00dcbung;")]
    [InlineData("[System.Obsolete(\"old\")] public partial class M;")]
    public void Unusual_classes_compile(string declaration) =>
        Generation.Run($"using Seq.Embedded;\nnamespace Demo;\n/// <summary>A model.</summary>\n[SequenceModel(Input = 2)] [Gru(3)] {declaration}").AssertClean();

    [Theory]
    [InlineData("[Gru(2, Name = \"a\")] [Dense(2, Name = \"aLast\")]")]
    [InlineData("[Gru(2, Name = \"a\", Reset = GruReset.BeforeProduct)] [Gru(2, Name = \"am2\")]")]
    [InlineData("[Gru(2, Name = \"a\")] [Dense(2, Name = \"aForward\")]")]
    [InlineData("[Gru(2, Name = \"a\")] [Dense(2, Name = \"ah\")]")]
    [InlineData("[Gru(2, Name = \"Stream\")] [Dense(2, Name = \"Trainer\")]")]
    [InlineData("[Gru(2, Name = \"Weight\")] [Dense(2, Name = \"Load\")]")]
    [InlineData("[Gru(2, Name = \"class\", Layers = 3)] [Dense(2, Name = \"x\")]")]
    [InlineData("[Gru(2, Name = \"encoder.gru\", Layers = 2)] [Dense(2, Name = \"encoder.0\")] [Dense(2, Name = \"1\")] [Dense(2, Name = \"_head.2nd\")]")]
    [InlineData("[Gru(2, Name = \"h__\")] [Lstm(2, Name = \"c_1\")]")]
    public void Layer_names_that_could_meet_in_generated_members_compile(string layers) =>
        Generation.Run($"using Seq.Embedded;\nnamespace Demo;\n/// <summary>A model.</summary>\n[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] {layers} public partial class M;").AssertClean();

    [Fact]
    public void Step_of_a_model_that_reads_the_whole_sequence_does_not_compile()
    {
        const string Call = "{ static void Use(M.Stream stream) => stream.Step(default, default); }";
        GenerationResult whole = Generation.Run($"using Seq.Embedded;\n[SequenceModel(Input = 2)] [Gru(3, Direction = Direction.Bidirectional)] partial class M {Call}");
        Assert.Equal(["CS1061"], whole.CompilerDiagnostics.Select(diagnostic => diagnostic.Id));
        Generation.Run($"using Seq.Embedded;\n[SequenceModel(Input = 2, LookAhead = 4)] [Gru(3, Direction = Direction.Bidirectional)] partial class M {Call}").AssertClean();
    }

    [Fact]
    public void Classes_that_differ_in_case_only_have_files_of_their_own()
    {
        GenerationResult result = Generation.Run("using Seq.Embedded;\n[SequenceModel(Input = 2)] [Gru(3)] partial class Model;\n[SequenceModel(Input = 2)] [Gru(3)] partial class MODEL;\n[SequenceModel(Input = 2)] [Gru(3)] partial class Other;");
        result.AssertClean();
        Assert.Equal(["MODEL.0.g.cs", "Model.1.g.cs", "Other.g.cs"], result.Sources.Select(source => source.HintName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_generated_member_is_a_name_that_users_cannot_take(string name)
    {
        GenerationResult result = Generation.Run(Models.Source(name));
        ModelPlan plan = Planner.Plan((ModelSpec)result.Run.TrackedSteps[SequenceModelGenerator.Steps.Spec].Single().Outputs.Single().Value);
        IEnumerable<ISymbol> members = result.Output.GetTypeByMetadataName("Demo." + name)!.GetMembers().Where(member => member.CanBeReferencedByName && !member.IsImplicitlyDeclared);
        foreach (ISymbol member in members)
        {
            Assert.True(MemberNames.Contains(plan, member.Name, isMethod: false), $"{member.Name} is generated, and a user's member could have its name.");
            Assert.True(member.Kind == SymbolKind.Method || MemberNames.Contains(plan, member.Name, isMethod: true), $"{member.Name} is generated, and a user's method could have its name.");
        }

        Assert.False(MemberNames.Contains(plan, "Mine", isMethod: false));
        Assert.False(MemberNames.Contains(plan, "Load", isMethod: true));
    }
}
