using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Emit;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator;

/// <summary>
/// The pipeline: attributes -> spec -> failures and source. Places in the source travel beside the spec, not in it,
/// so that an edit which only moves the class checks nothing again and writes no code again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SequenceModelGenerator : IIncrementalGenerator
{
    /// <summary>Names of the pipeline's steps, by which tests ask why each ran.</summary>
    public static class Steps
    {
        public const string Parse = "Seq.Parse";
        public const string Check = "Seq.Check";
        public const string Failures = "Seq.Failures";
        public const string Spec = "Seq.Spec";
        public const string Source = "Seq.Source";
        public const string Clashes = "Seq.Clashes";
    }

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParsedModel?> parsed = context.SyntaxProvider
            .ForAttributeWithMetadataName(SpecParser.ModelAttribute, (node, _) => node is TypeDeclarationSyntax, SpecParser.Parse)
            .WithTrackingName(Steps.Parse);

        IncrementalValuesProvider<ParsedModel> models = parsed.Where(model => model is not null).Select((model, _) => model!);

        // Without the places: what only moves is not checked again.
        IncrementalValuesProvider<CheckedSpec> checkedSpecs = models
            .Select((model, _) => (model.Spec, model.Members))
            .Select((model, _) => new CheckedSpec(model.Spec, new(Validator.Validate(model.Spec, model.Members))))
            .WithTrackingName(Steps.Check);

        // Both lists come from the models, in their order.
        IncrementalValuesProvider<FailedModel> failed = models.Collect().Combine(checkedSpecs.Collect())
            .SelectMany((all, _) => all.Left.Zip(all.Right, (model, spec) => new FailedModel(model, spec.Failures)).Where(model => model.Failures.Count > 0))
            .WithTrackingName(Steps.Failures);
        context.RegisterSourceOutput(failed, Report);

        IncrementalValuesProvider<ModelSpec> specs = checkedSpecs
            .Where(spec => spec.Failures.Count == 0)
            .Select((spec, _) => spec.Spec)
            .WithTrackingName(Steps.Spec);
        IncrementalValueProvider<EquatableArray<string>> clashes = specs
            .Select((spec, _) => spec.FullName)
            .Collect()
            .Select((names, _) => Clashes(names))
            .WithTrackingName(Steps.Clashes);

        IncrementalValuesProvider<(ModelSpec Spec, string Text)> sources = specs
            .Select((spec, _) => (spec, ModelEmitter.Emit(Planner.Plan(spec))))
            .WithTrackingName(Steps.Source);
        context.RegisterSourceOutput(
            sources.Combine(clashes),
            (output, pair) => output.AddSource(ModelEmitter.HintName(pair.Left.Spec, pair.Right), pair.Left.Text));
    }

    /// <summary>Names that differ from another in case only, in ordinal order: their files need a number.</summary>
    private static EquatableArray<string> Clashes(IEnumerable<string> names) => new(names
        .GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
        .Where(group => group.Count() > 1)
        .SelectMany(group => group)
        .OrderBy(name => name, StringComparer.Ordinal));

    private static void Report(SourceProductionContext output, FailedModel model)
    {
        foreach (Failure failure in model.Failures)
        {
            SourcePlace? place = Find(model.Parsed, failure.Place);
            output.ReportDiagnostic(Diagnostic.Create(
                Descriptors.ById[failure.Id], place?.ToLocation() ?? Location.None, Properties(model.Parsed, failure, place), [.. failure.Arguments]));
        }
    }

    /// <summary>The remedies of a failure, for the code fixes; without those in another file, which a fix of this place would not see.</summary>
    private static ImmutableDictionary<string, string?> Properties(ParsedModel model, Failure failure, SourcePlace? place)
    {
        ImmutableDictionary<string, string?>.Builder properties = ImmutableDictionary.CreateBuilder<string, string?>();
        foreach (Remedy remedy in failure.Remedies)
        {
            if (Find(model, remedy.Place) is { } target && target.Path == place?.Path)
            {
                RemedyText text = new(target.Span.Start - place.Span.Start, remedy.Place.Argument, remedy.Value);
                properties.Add(RemedyText.Key(properties.Count), text.ToString());
            }
        }

        return properties.ToImmutable();
    }

    /// <summary>The place itself, or, for an argument that is not written out, its attribute, or the class.</summary>
    private static SourcePlace? Find(ParsedModel model, SpecPlace place) =>
        model.Places.FirstOrDefault(candidate => candidate.Place == place)
        ?? model.Places.FirstOrDefault(candidate => candidate.Place == new SpecPlace(place.Layer, ""))
        ?? model.Places.FirstOrDefault(candidate => candidate.Place == SpecPlace.Class);

    /// <summary>A spec and what is wrong with it.</summary>
    private sealed record CheckedSpec(ModelSpec Spec, EquatableArray<Failure> Failures);

    /// <summary>A model with what is wrong with it, and where.</summary>
    private sealed record FailedModel(ParsedModel Parsed, EquatableArray<Failure> Failures);
}
