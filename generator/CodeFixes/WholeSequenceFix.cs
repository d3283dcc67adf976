using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Seq.Embedded.CodeFixes;

/// <summary>
/// A call of <c>Step</c> on the stream of a model that reads the whole sequence, which has no such method (CS1061 of the compiler):
/// removes the call, or lets the model stream in chunks.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(WholeSequenceFix)), Shared]
public sealed class WholeSequenceFix : SpecFix
{
    /// <summary>The constant by which a generated class says that it has no <c>Step</c>.</summary>
    public const string Marker = "ReadsWholeSequence";

    private const string LookAhead = "LookAhead", Steps = "8";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["CS1061"];

    private protected override async Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic)
    {
        SyntaxToken name = await TokenAsync(context, diagnostic.Location.SourceSpan.Start).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (name.ValueText != "Step"
            || name.Parent?.Parent is not MemberAccessExpressionSyntax access
            || model?.GetTypeInfo(access.Expression, context.CancellationToken).Type is not { Name: "Stream", ContainingType: { } type }
            || !type.GetMembers(Marker).OfType<IFieldSymbol>().Any(field => field.ConstantValue is true))
        {
            return;
        }

        if (access.Parent?.Parent is ExpressionStatementSyntax statement)
        {
            SourceText text = await context.Document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
            Offer(context, diagnostic, "Remove the call of Step: the model reads the whole sequence, by Run", "Remove", ClassEdit.Remove(statement, text));
        }

        if (CanStream(type) && await ModelAttributeAsync(type, context.CancellationToken).ConfigureAwait(false) is { } attribute
            && context.Document.Project.Solution.GetDocument(attribute.SyntaxTree) is { } document)
        {
            TextChange change = ClassEdit.SetArgument(attribute, LookAhead, Steps);
            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Stream '{type.Name}' in chunks of {Steps} time steps: set {LookAhead} to {Steps}",
                    async cancellation => (await ChangeAsync(document, [change], cancellation).ConfigureAwait(false)).Project.Solution,
                    $"{diagnostic.Id}.{LookAhead}"),
                diagnostic);
        }
    }

    /// <summary>False for a model with one output a sequence (SEQ0045), and for one with strides (SEQ0064).</summary>
    private static bool CanStream(INamedTypeSymbol type) => !type.GetAttributes().SelectMany(attribute => attribute.NamedArguments).Any(argument =>
        argument is { Key: "Task" or "Stride", Value.Value: int value } && value > (argument.Key == "Stride" ? 1 : 0));

    private static async Task<AttributeSyntax?> ModelAttributeAsync(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == "Seq.Embedded.SequenceModelAttribute")
            ?.ApplicationSyntaxReference is { } reference
            ? await reference.GetSyntaxAsync(cancellation).ConfigureAwait(false) as AttributeSyntax
            : null;
}
