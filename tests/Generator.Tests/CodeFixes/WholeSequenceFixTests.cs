using Seq.Embedded.CodeFixes;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.CodeFixes;

/// <summary>Calls of Step on models that read the whole sequence, against a class written by hand as the generator writes them.</summary>
public class WholeSequenceFixTests
{
    private const string Remove = "Remove the call of Step: the model reads the whole sequence, by Run";
    private const string LookAhead = "Stream 'M' in chunks of 8 time steps: set LookAhead to 8";

    private const string Library =
        """
        namespace Seq.Embedded
        {
            sealed class SequenceModelAttribute : System.Attribute
            {
                public int Input { get; set; }
                public int LookAhead { get; set; }
            }
        }
        """;

    private const string Members = "{ public const bool ReadsWholeSequence = true; public sealed class Stream { public void Run() { } } public Stream CreateStream() => new(); }";

    private static readonly string Model = $"[Seq.Embedded.SequenceModel(Input = 2)]\nclass M {Members}\n";

    [Theory]
    [InlineData("        s.Run();\n        s.Step(x, y);\n        s.Run();\n", "        s.Run();\n        s.Run();\n")]
    [InlineData("        s.Run(); s.Step(x, y); s.Run();\n", "        s.Run();  s.Run();\n")]
    [InlineData("        foreach (float _ in x)\n            s.Step(x, y);\n", "        foreach (float _ in x)\n            { }\n")]
    public void Call_is_removed(string body, string expected)
    {
        using FixRun run = new(new WholeSequenceFix(), Library, Model, Caller(body));
        Assert.Equal([Remove, LookAhead], run.Titles);
        Assert.Equal([Library, Model, Caller(expected)], run.Apply(Remove));
        using FixRun after = new(new WholeSequenceFix(), [.. run.Apply(Remove)]);
        Assert.Empty(after.Titles);
    }

    [Fact]
    public void Call_whose_result_is_used_is_not_removed()
    {
        using FixRun run = new(new WholeSequenceFix(), Library, Model, Caller("        if (s.Step(x, y)) { }\n"));
        Assert.Equal([LookAhead], run.Titles);
    }

    [Theory]
    [InlineData("[Seq.Embedded.SequenceModel(Input = 2)]", "[Seq.Embedded.SequenceModel(Input = 2, LookAhead = 8)]")]
    [InlineData("[Seq.Embedded.SequenceModel]", "[Seq.Embedded.SequenceModel(LookAhead = 8)]")]
    [InlineData("[Seq.Embedded.SequenceModel(LookAhead = 0, Input = 2)]", "[Seq.Embedded.SequenceModel(LookAhead = 8, Input = 2)]")]
    public void Model_is_made_to_stream_in_chunks(string attribute, string expected)
    {
        string caller = Caller("        s.Step(x, y);\n");
        using FixRun run = new(new WholeSequenceFix(), Library, $"{attribute}\nclass M {Members}\n", caller);
        Assert.Equal([Library, $"{expected}\nclass M {Members}\n", caller], run.Apply(LookAhead));
    }

    [Fact]
    public void All_calls_of_a_project_are_removed_at_once()
    {
        using FixRun run = new(new WholeSequenceFix(), Library, Model, Caller("        s.Step(x, y);\n        s.Step(y, x);\n"));
        Assert.Equal([Library, Model, Caller("")], run.ApplyToAll(Remove));
    }

    [Theory]
    [InlineData("s.Reset();", "public const bool ReadsWholeSequence = true;")]
    [InlineData("s.Step(x, y);", "public const bool ReadsWholeSequence = false;")]
    [InlineData("s.Step(x, y);", "")]
    public void Other_missing_members_are_the_compilers_alone(string call, string constant)
    {
        string model = Model.Replace("public const bool ReadsWholeSequence = true;", constant, StringComparison.Ordinal);
        using FixRun run = new(new WholeSequenceFix(), Library, model, Caller($"        {call}\n"));
        Assert.Empty(run.Titles);
    }

    [Fact]
    public void Generated_model_is_repaired_both_ways()
    {
        const string model = "using Seq.Embedded;\n[SequenceModel(Input = 2)]\n[Gru(3, Direction = Direction.Bidirectional)]\npartial class M;\n";
        string caller = Caller("        s.Run(x, y);\n        s.Step(x, y);\n");
        using FixRun run = new(new WholeSequenceFix(), model, caller);
        Assert.Equal([Remove, LookAhead], run.Titles);

        string[] without = [model, Caller("        s.Run(x, y);\n")];
        Assert.Equal(without, run.Apply(Remove));
        Generation.Run(without).AssertClean();

        string[] inChunks = [model.Replace("Input = 2", "Input = 2, LookAhead = 8", StringComparison.Ordinal), caller];
        Assert.Equal(inChunks, run.Apply(LookAhead));
        Generation.Run(inChunks).AssertClean();
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Gru(3, Direction = Direction.Bidirectional)]")]
    [InlineData("[SequenceModel(Input = 2)]\n[Conv1D(2, Stride = 2)]\n[Gru(3, Direction = Direction.Reverse)]")]
    public void Model_that_cannot_stream_in_chunks_is_not_made_to(string model)
    {
        using FixRun run = new(new WholeSequenceFix(), $"using Seq.Embedded;\n{model}\npartial class M;\n", Caller("        s.Step(x, y);\n"));
        Assert.Equal([Remove], run.Titles);
    }

    private static string Caller(string body) => $"class Caller\n{{\n    void Work(M.Stream s, float[] x, float[] y)\n    {{\n{body}    }}\n}}\n";
}
