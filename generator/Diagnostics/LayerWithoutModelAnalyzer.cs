using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Diagnostics;

/// <summary>Warns of a class that has layers and no [SequenceModel]: the generator never sees it, so it cannot say so itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerWithoutModelAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.LayerWithoutModel];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Check, SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        ImmutableArray<AttributeData> attributes = context.Symbol.GetAttributes();
        AttributeData? layer = attributes.FirstOrDefault(SpecParser.IsLayer);
        if (layer is not null && !attributes.Any(attribute => attribute.AttributeClass?.ToDisplayString() == SpecParser.ModelAttribute))
        {
            Location? place = layer.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.LayerWithoutModel, place, context.Symbol.Name, SpecParser.Kind(layer)));
        }
    }
}
