using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

/// <summary>Code that does not compile, as it stands in an editor at every moment of typing: the compiler reports it, and the generator never throws.</summary>
public class BrokenCodeTests
{
    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Gru] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru()] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(\"3\")] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, 4)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3_000_000_000)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(Missing.Size)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(N)] partial class M { private static readonly int N = 3; }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Layers = N)] partial class M { private static int N => 3; }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Layers = \"2\")] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Layers = )] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Layers = 2, Layers = 3)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Units = 4)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Unknown = 4)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Reset = Missing)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Reset = 7)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Name = 7)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Name = new[] { 'a' })] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Dropout = 0.1m)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Dense] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(Activation.Missing)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(3, Layers = 2)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Dense(3, Units = 4)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Missing(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Layer] partial class M;")]
    [InlineData("[SequenceModel(2)] [Gru(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = x)] [Gru(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = null)] [Gru(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2), SequenceModel(Input = 3)] [Gru(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M; [SequenceModel(Input = 2)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M; [SequenceModel(Input = 2)] [Gru(3)] class M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M; [SequenceModel(Input = 2)] [Gru(3)] partial struct M;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M; partial class M : Missing;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class;")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M { private M( }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M { public int this[int i] => ; event Missing E; ~M() { } }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] enum M { A }")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] delegate void M();")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)]")]
    [InlineData("[assembly: SequenceModel(Input = 2)]")]
    public void Compiler_reports_and_the_generator_does_not_throw(string declarations)
    {
        GenerationResult result = Generation.Run("using Seq.Embedded;\n" + declarations);
        Assert.Contains(result.CompilerDiagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.DoesNotContain(result.CompilerDiagnostics, diagnostic => diagnostic.Id == "CS8785");
    }

    [Fact]
    public void Model_beside_a_broken_one_is_generated()
    {
        GenerationResult result = Generation.Run("using Seq.Embedded;\n[SequenceModel(Input = 2)] [Gru] partial class Broken;\n[SequenceModel(Input = 2)] [Gru(3)] partial class Whole;");
        Assert.Equal("Whole.g.cs", Assert.Single(result.Sources).HintName);
    }

    [Fact]
    public void Missing_runtime_library_gives_nothing() =>
        Assert.Empty(Generation.Run("class SequenceModelAttribute : System.Attribute;\n[SequenceModel] partial class M;").Sources);
}
