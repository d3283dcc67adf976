using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Seq.Embedded.CodeFixes;

/// <summary>SEQ0001: makes the class of a model partial.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePartialFix)), Shared]
public sealed class MakePartialFix : SpecFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["SEQ0001"];

    private protected override async Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic)
    {
        SyntaxToken name = await TokenAsync(context, diagnostic.Location.SourceSpan.Start).ConfigureAwait(false);
        if (ClassEdit.Declaration(name) is TypeDeclarationSyntax declaration)
        {
            Offer(context, diagnostic, $"Make '{declaration.Identifier.Text}' partial", "Partial", ClassEdit.MakePartial(declaration));
        }
    }
}
