using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Seq.Embedded.CodeFixes;

/// <summary>SEQ0014: adds [SequenceModel] above the layers of a class, and makes it partial. How many inputs it has only its author knows.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddModelFix)), Shared]
public sealed class AddModelFix : SpecFix
{
    private const string Model = "SequenceModel(Input = 1)";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["SEQ0014"];

    private protected override async Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic)
    {
        SyntaxToken layer = await TokenAsync(context, diagnostic.Location.SourceSpan.Start).ConfigureAwait(false);
        if (layer.Parent?.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute || ClassEdit.Declaration(layer) is not { } declaration)
        {
            return;
        }

        SourceText text = await context.Document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
        string qualifier = attribute.Name is QualifiedNameSyntax name ? name.Left + "." : "";
        TextChange added = ClassEdit.AddAttribute(declaration.AttributeLists[0], text, qualifier + Model);
        TextChange[] changes = declaration.Modifiers.Any(SyntaxKind.PartialKeyword) ? [added] : [added, ClassEdit.MakePartial(declaration)];
        Offer(context, diagnostic, $"Add [{Model}]", "Model", changes);
    }
}
