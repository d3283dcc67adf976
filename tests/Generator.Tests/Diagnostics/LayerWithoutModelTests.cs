using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

public class LayerWithoutModelTests
{
    [Theory]
    [InlineData("[Gru(3)] partial class M;", "Gru(3)", "The class 'M' has the layer [Gru] but no [SequenceModel]; nothing is generated for it")]
    [InlineData("[Dense(3)] [Gru(3)] class M;", "Dense(3)", "The class 'M' has the layer [Dense] but no [SequenceModel]; nothing is generated for it")]
    public void Layer_without_model_is_SEQ0014(string declaration, string place, string message)
    {
        Diagnostic diagnostic = Assert.Single(Analyze(declaration));
        Assert.Equal("SEQ0014", diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Warning, diagnostic.Severity);
        Assert.Equal(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(place, diagnostic.Location.SourceTree!.GetText(TestContext.Current.CancellationToken).ToString(diagnostic.Location.SourceSpan));
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] partial class M;")]
    [InlineData("[SequenceModel(Input = 2)] partial class M; [Gru(3)] partial class M;")]
    [InlineData("[System.Obsolete] class M;")]
    public void Other_classes_are_left_alone(string declaration) => Assert.Empty(Analyze(declaration));

    internal static ImmutableArray<Diagnostic> Analyze(string source) => Generation.Compile("using Seq.Embedded;\n" + source)
        .WithAnalyzers([new LayerWithoutModelAnalyzer()])
        .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
}
