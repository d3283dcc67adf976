using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Seq.Embedded.Generator.Diagnostics;

namespace Seq.Embedded.CodeFixes;

/// <summary>SEQ0005: removes the modifier that no model can have (static, abstract, file).</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RemoveModifierFix)), Shared]
public sealed class RemoveModifierFix : SpecFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["SEQ0005"];

    private protected override async Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic)
    {
        SyntaxToken name = await TokenAsync(context, diagnostic.Location.SourceSpan.Start).ConfigureAwait(false);
        foreach (RemedyText remedy in RemedyText.Read(diagnostic.Properties))
        {
            // The modifier can also stand on another part of the class, where this fix does not reach.
            SyntaxToken? modifier = ClassEdit.Declaration(name)?.Modifiers.FirstOrDefault(token => token.ValueText == remedy.Value);
            if (modifier is { SpanStart: var start, Span.Length: > 0 } found)
            {
                TextSpan span = TextSpan.FromBounds(start, found.GetNextToken().SpanStart);
                Offer(context, diagnostic, $"Remove '{remedy.Value}'", remedy.Value, new TextChange(span, ""));
            }
        }
    }
}
