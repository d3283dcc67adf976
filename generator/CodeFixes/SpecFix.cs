using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Seq.Embedded.CodeFixes;

/// <summary>A code fix of wrong specs: it sees the diagnostics one by one, and changes text.</summary>
public abstract class SpecFix : CodeFixProvider
{
    /// <summary>The batch fixer: every change is one of its own, at a place of its own.</summary>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            await RegisterAsync(context, diagnostic).ConfigureAwait(false);
        }
    }

    /// <summary>Offers what repairs one diagnostic.</summary>
    private protected abstract Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic);

    /// <summary>Offers a change of text.</summary>
    /// <param name="context">The document.</param>
    /// <param name="diagnostic">What it repairs.</param>
    /// <param name="title">What people read.</param>
    /// <param name="key">Equal for changes that "fix all" makes together.</param>
    /// <param name="changes">The changes, in the order of the text.</param>
    private protected static void Offer(CodeFixContext context, Diagnostic diagnostic, string title, string key, params TextChange[] changes) =>
        context.RegisterCodeFix(
            CodeAction.Create(title, cancellation => ChangeAsync(context.Document, [.. changes], cancellation), $"{diagnostic.Id}.{key}"),
            diagnostic);

    private protected static async Task<Document> ChangeAsync(Document document, ImmutableArray<TextChange> changes, CancellationToken cancellation)
    {
        SourceText text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
        return document.WithText(text.WithChanges(changes));
    }

    /// <summary>The token where a diagnostic, or something that it speaks of, begins.</summary>
    private protected static async Task<SyntaxToken> TokenAsync(CodeFixContext context, int position)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        return root is not null && root.FullSpan.Contains(position) ? root.FindToken(position) : default;
    }
}
