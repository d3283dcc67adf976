using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Diagnostics;

/// <summary>Warns of a class that has layers or features and no [SequenceModel]: the generator never sees it, so it cannot say so itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerWithoutModelAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Descriptors.LayerWithoutModel, Descriptors.FeaturesWithoutModel];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Check, SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        ImmutableArray<AttributeData> attributes = context.Symbol.GetAttributes();
        if (attributes.Any(attribute => attribute.AttributeClass?.ToDisplayString() == SpecParser.ModelAttribute))
        {
            return;
        }

        Location? Place(AttributeData attribute) => attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
        if (attributes.FirstOrDefault(SpecParser.IsLayer) is { } layer)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.LayerWithoutModel, Place(layer), context.Symbol.Name, SpecParser.Kind(layer)));
        }
        else if (attributes.FirstOrDefault(SpecParser.IsFeatures) is { } features)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.FeaturesWithoutModel, Place(features), context.Symbol.Name));
        }
    }
}
