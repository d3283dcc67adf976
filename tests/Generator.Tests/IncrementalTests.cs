using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Seq.Embedded.Generator.Spec;
using Seq.Embedded.Generator.Tests.Testing;
using Reason = Microsoft.CodeAnalysis.IncrementalStepRunReason;
using Steps = Seq.Embedded.Generator.SequenceModelGenerator.Steps;

namespace Seq.Embedded.Generator.Tests;

/// <summary>Why each named step of the pipeline ran after an edit, and what the pipeline keeps alive between edits.</summary>
public class IncrementalTests
{
    private const string First = "using Seq.Embedded;\n\nnamespace Demo;\n\n[SequenceModel(Input = 2)]\n[Gru(3)]\npublic partial class First;\n\npublic class Other { public int Number => 1; }\n";
    private const string Second = "using Seq.Embedded;\n\nnamespace Demo;\n\n[SequenceModel(Input = 3)]\n[Dense(2)]\npublic partial class Second;\n";

    [Fact]
    public void First_run_makes_everything_new()
    {
        Run run = new(First);
        AssertReasons(run, [Reason.New], [Reason.New], [Reason.New], [Reason.New], [Reason.New]);
    }

    [Fact]
    public void Same_compilation_again_is_cached()
    {
        Run run = new(First);
        run.Again(run.Compilation);
        AssertReasons(run, [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    [Fact]
    public void Edit_below_the_class_runs_nothing_after_the_parser()
    {
        Run run = new(First);
        run.Edit(0, First.Replace("=> 1", "=> 1234", StringComparison.Ordinal));
        AssertReasons(run, [Reason.Unchanged], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    // Whatever is typed outside the attributes of a model: the parser looks again, and nothing after it runs.
    [Theory]
    [InlineData("=> 1;", "=> Missing(;")]
    [InlineData("public class Other", "/// <summary>Text.</summary>\npublic sealed class Other")]
    [InlineData("=> 1; }\n", "=> 1; }\n\n[System.Obsolete]\npublic class Added;\n")]
    [InlineData("=> 1; }\n", "=> 1; }\n\n[Gru(3)]\npublic class LayerWithoutModel;\n")]
    [InlineData("=> 1; }\n", "=> First.InputSize; }\n")]
    public void Edit_of_other_code_of_the_file_runs_nothing_after_the_parser(string old, string text)
    {
        Run run = new(First);
        run.Edit(0, First.Replace(old, text, StringComparison.Ordinal));
        AssertReasons(run, [Reason.Unchanged], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
        Assert.Equal([Reason.Cached], run.SourceOutputs);
    }

    [Fact]
    public void Edit_of_another_file_runs_nothing_after_the_parser()
    {
        Run run = new(First, Second, "class Third { int F() => 1; }");
        run.Edit(2, "using System;\nclass Third { int F() => 2; class Nested; }");
        Reason[] unchanged = [Reason.Unchanged, Reason.Unchanged], cached = [Reason.Cached, Reason.Cached];
        AssertReasons(run, unchanged, cached, cached, cached, [Reason.Cached]);
        Assert.Equal(cached, run.SourceOutputs);
    }

    [Fact]
    public void Edit_outside_a_failing_spec_finds_its_failures_and_remedies_no_second_time()
    {
        string broken = First.Replace("[SequenceModel(Input = 2)]\n[Gru(3)]", "[SequenceModel(Input = 2, MaxWeightBytes = 200)]\n[Gru(3, Name = \"a\")]\n[Gru(3, Name = \"a\")]", StringComparison.Ordinal);
        Run run = new(broken);
        Assert.NotEmpty(run.Result.Diagnostics);
        run.Edit(0, broken.Replace("=> 1", "=> 2", StringComparison.Ordinal));
        Assert.Equal([Reason.Unchanged], run.Reasons(Steps.Parse));
        Assert.Equal([Reason.Cached], run.Reasons(Steps.Check));
        Assert.All(run.Reasons(Steps.Failures), reason => Assert.Equal(Reason.Cached, reason));
    }

    [Fact]
    public void Name_like_an_alias_of_the_generated_code_writes_the_source_again_and_its_removal_once_more()
    {
        Run run = new(First, "class Third;");
        run.Edit(1, "namespace Demo { class SeqVector; }");
        AssertReasons(run, [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Cached]);
        run.Edit(1, "namespace Demo { class Other2; }");
        AssertReasons(run, [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Cached]);
    }

    [Fact]
    public void Edit_above_the_class_moves_the_places_and_writes_no_source()
    {
        Run run = new(First);
        run.Edit(0, "// A comment.\n" + First);
        AssertReasons(run, [Reason.Modified], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
        Assert.Equal([Reason.Cached], run.SourceOutputs);
    }

    [Fact]
    public void Member_of_the_class_changes_no_spec()
    {
        Run run = new(First);
        run.Edit(0, First.Replace("class First;", "class First { private int Mine => 3; }", StringComparison.Ordinal));
        AssertReasons(run, [Reason.Modified], [Reason.Unchanged], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    [Fact]
    public void Same_spec_written_differently_writes_no_source()
    {
        Run run = new(First);
        run.Edit(0, First.Replace("[Gru(3)]", "[Gru(units: 2 + 1, Layers = 1, Reset = GruReset.AfterProduct)]", StringComparison.Ordinal));
        AssertReasons(run, [Reason.Modified], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    [Fact]
    public void Unrelated_file_runs_nothing_after_the_parser()
    {
        Run run = new(First);
        run.Again(run.Compilation.AddSyntaxTrees(Generation.Parse("class Unrelated;", "Unrelated.cs")));
        AssertReasons(run, [Reason.Unchanged], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    [Fact]
    public void Changed_spec_writes_its_source_again()
    {
        Run run = new(First);
        run.Edit(0, First.Replace("[Gru(3)]", "[Gru(4)]", StringComparison.Ordinal));
        AssertReasons(run, [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Modified], [Reason.Cached]);
    }

    [Fact]
    public void Change_of_one_of_two_models_leaves_the_other_cached()
    {
        Run run = new(First, Second);
        run.Edit(1, Second.Replace("[Dense(2)]", "[Dense(5)]", StringComparison.Ordinal));
        AssertReasons(
            run,
            [Reason.Unchanged, Reason.Modified],
            [Reason.Cached, Reason.Modified],
            [Reason.Cached, Reason.Modified],
            [Reason.Cached, Reason.Modified],
            [Reason.Cached]);
        Assert.Equal([Reason.Cached, Reason.Modified], run.SourceOutputs);
    }

    [Fact]
    public void Added_model_leaves_the_other_cached()
    {
        Run run = new(First);
        run.Again(run.Compilation.AddSyntaxTrees(Generation.Parse(Second, "Second.cs")));
        Assert.Equal([Reason.Cached, Reason.New], run.Reasons(Steps.Source));
        Assert.Equal([Reason.Cached, Reason.New], run.SourceOutputs);
    }

    [Fact]
    public void Failure_removes_the_source_and_its_repair_brings_it_back()
    {
        Run run = new(First);
        run.Edit(0, First.Replace("[Gru(3)]", "[Gru(0)]", StringComparison.Ordinal));
        Assert.Equal([Reason.Removed], run.Reasons(Steps.Source));
        Assert.Equal("SEQ0003", Assert.Single(run.Result.Diagnostics).Id);
        run.Edit(0, First);
        Assert.Empty(run.Result.Diagnostics);
        Assert.Single(run.Result.GeneratedSources);
    }

    [Fact]
    public void Moved_failure_is_reported_at_its_new_place()
    {
        string broken = First.Replace("[Gru(3)]", "[Gru(0)]", StringComparison.Ordinal);
        Run run = new(broken);
        Assert.Equal([Reason.New], run.Reasons(Steps.Failures));
        run.Edit(0, "\n\n" + broken);
        Assert.Equal([Reason.Cached], run.Reasons(Steps.Check));
        Assert.Equal([Reason.Modified], run.Reasons(Steps.Failures));
        Assert.Equal(7, Assert.Single(run.Result.Diagnostics).Location.GetLineSpan().StartLinePosition.Line);
    }

    [Fact]
    public void Steps_hold_values_only()
    {
        Run run = new(
            Models.AllSources,
            "using Seq.Embedded; [SequenceModel(Input = 0)] [Gru(0)] class Failing { int Stream; }",
            "using Seq.Embedded; [SequenceModel(Input = 9, MaxWeightBytes = 100)] [Gru(9)] partial class OverBudget;");
        int walked = 0;
        foreach (string step in StepNames)
        {
            foreach (object value in run.Result.TrackedSteps[step].SelectMany(tracked => tracked.Outputs).Select(output => output.Value))
            {
                walked += ObjectGraph.AssertHoldsNoRoslynObject(value, step);
            }
        }

        Assert.True(walked > 500, $"The walk saw {walked} objects only: it does not reach into the values.");
    }

    [Fact]
    public void Graph_walk_finds_a_symbol_that_is_hidden_deep()
    {
        CSharpCompilation compilation = Generation.Compile(First);
        object hidden = new { Values = new object[] { "text", new List<ISymbol> { compilation.GetTypeByMetadataName("Demo.First")! } } };
        Exception failure = Assert.ThrowsAny<Exception>(() => ObjectGraph.AssertHoldsNoRoslynObject(hidden, "test"));
        Assert.Contains("Values", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(First)]
    [InlineData("using Seq.Embedded;\n[SequenceModel(Input = 9, MaxWeightBytes = 100)] [Gru(9, Name = \"-\")] partial class Failing { int Stream; }")]
    [InlineData("using Seq.Embedded;\n[SequenceModel(Input = )] [Gru(] partial class Broken")]
    public void Old_compilation_is_released(string source)
    {
        (GeneratorDriver driver, WeakReference[] old) = RunTwice(source);
        for (int i = 0; i < 10 && old.Any(held => held.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(old[0].IsAlive, "Something in the pipeline keeps the old compilation alive.");
        Assert.False(old[1].IsAlive, "Something in the pipeline keeps the old syntax tree alive.");
        Assert.False(old[2].IsAlive, "Something in the pipeline keeps the old symbols alive.");
        GC.KeepAlive(driver);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorDriver Driver, WeakReference[] Old) RunTwice(string source)
    {
        // Without step tracking, which keeps what it tracked for the tests above.
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new SequenceModelGenerator().AsSourceGenerator()], parseOptions: Generation.ParseOptions);
        CSharpCompilation old = Generation.Compile(source);
        driver = driver.RunGenerators(old, TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(Generation.Compile("// Other text.\n" + source), TestContext.Current.CancellationToken);
        return (driver, [new WeakReference(old), new WeakReference(old.SyntaxTrees[0]), new WeakReference(old.GlobalNamespace.GetMembers().First())]);
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 3)]")]
    [InlineData("[Gru(4)]")]
    [InlineData("[Gru(3, Layers = 2)]")]
    [InlineData("[Gru(3, Name = \"a\")]")]
    [InlineData("[Gru(3, Dropout = 0.5)]")]
    [InlineData("[Gru(3, Reset = GruReset.BeforeProduct)]")]
    [InlineData("[Gru(3)][Dense(1)]")]
    public void Specs_that_differ_in_one_value_are_not_equal(string change)
    {
        string changed = change.StartsWith("[Seq", StringComparison.Ordinal)
            ? First.Replace("[SequenceModel(Input = 2)]", change, StringComparison.Ordinal)
            : First.Replace("[Gru(3)]", change, StringComparison.Ordinal);
        Assert.NotEqual(SpecOf(First), SpecOf(changed));
        Assert.Equal(SpecOf(changed), SpecOf(changed));
        Assert.Equal(SpecOf(changed).GetHashCode(), SpecOf(changed).GetHashCode());
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("Bands = 20 + 20, Window = 25, Preset = Seq.Embedded.Audio.FeaturePreset.Default", true)]
    [InlineData("Bands = 39", false)]
    [InlineData("PcenGain = 0.9", false)]
    [InlineData("Deltas = 1", false)]
    public void Source_is_written_again_where_features_differ(string settings, bool isSame)
    {
        string Source(string text) => First.Replace("[SequenceModel(Input = 2)]", "[SequenceModel]" + text, StringComparison.Ordinal);
        string before = Source("[Seq.Embedded.Audio.AudioFeatures(Bands = 40, Window = 25, Preset = Seq.Embedded.Audio.FeaturePreset.Default)]");
        Run run = new(before);
        Assert.Single(run.Result.GeneratedSources);
        run.Edit(0, settings.Length == 0 ? First : Source($"[Seq.Embedded.Audio.AudioFeatures({settings})]"));
        Assert.Equal([isSame ? Reason.Cached : Reason.Modified], run.Reasons(Steps.Source));

        // An edit beside them runs nothing after the parser.
        string edited = run.Compilation.SyntaxTrees[0].ToString().Replace("=> 1", "=> 1234", StringComparison.Ordinal);
        run.Edit(0, edited);
        AssertReasons(run, [Reason.Unchanged], [Reason.Cached], [Reason.Cached], [Reason.Cached], [Reason.Cached]);
    }

    private static ModelSpec SpecOf(string source) => (ModelSpec)new Run(source).Result.TrackedSteps[Steps.Spec].Single().Outputs.Single().Value;

    private static readonly string[] StepNames = [Steps.Parse, Steps.Check, Steps.Failures, Steps.Spec, Steps.Source, Steps.Clashes];

    private static void AssertReasons(Run run, Reason[] parse, Reason[] check, Reason[] spec, Reason[] source, Reason[] clashes)
    {
        Assert.Equal(parse, run.Reasons(Steps.Parse));
        Assert.Equal(check, run.Reasons(Steps.Check));
        Assert.Equal(spec, run.Reasons(Steps.Spec));
        Assert.Equal(source, run.Reasons(Steps.Source));
        Assert.Equal(clashes, run.Reasons(Steps.Clashes));
        Assert.Empty(run.Reasons(Steps.Failures));
    }

    /// <summary>A driver and the compilations it sees.</summary>
    private sealed class Run
    {
        private GeneratorDriver _driver = Generation.CreateDriver();

        public Run(params string[] sources)
        {
            Compilation = Generation.Compile(sources);
            Again(Compilation);
        }

        public CSharpCompilation Compilation { get; private set; }

        public GeneratorRunResult Result => _driver.GetRunResult().Results.Single();

        /// <summary>Why each source output ran: the outputs that gave a file, not those that gave diagnostics.</summary>
        public Reason[] SourceOutputs => [.. Result.TrackedOutputSteps.Values.SelectMany(steps => steps)
            .Where(step => step.Inputs.Any(input => input.Source.Outputs[input.OutputIndex].Value is not null && input.Source.Inputs.Length > 1))
            .SelectMany(step => step.Outputs).Select(output => output.Reason)];

        public void Again(CSharpCompilation compilation)
        {
            Compilation = compilation;
            _driver = _driver.RunGenerators(compilation, TestContext.Current.CancellationToken);
            Assert.Null(Result.Exception);
        }

        public void Edit(int file, string source)
        {
            SyntaxTree tree = Compilation.SyntaxTrees[file];
            Again(Compilation.ReplaceSyntaxTree(tree, Generation.Parse(source, tree.FilePath)));
        }

        /// <summary>Why a step gave each of its values; none where it gave no value.</summary>
        public Reason[] Reasons(string step) => Result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> steps)
            ? [.. steps.SelectMany(tracked => tracked.Outputs).Select(output => output.Reason)]
            : [];
    }
}
