using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Seq.Embedded.Generator.Diagnostics;

namespace Seq.Embedded.CodeFixes;

/// <summary>
/// Gives an argument a value that is allowed: the nearest size, one of an option's values, a budget that is large enough, a layer that is small enough, a free name.
/// The values come with the diagnostic.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(SetArgumentFix)), Shared]
public sealed class SetArgumentFix : SpecFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [
            "SEQ0003", "SEQ0004", "SEQ0007", "SEQ0008", "SEQ0009", "SEQ0011", "SEQ0012", "SEQ0013", "SEQ0020", "SEQ0021", "SEQ0040", "SEQ0041", "SEQ0042", "SEQ0043", "SEQ0044", "SEQ0045",
            "SEQ0060", "SEQ0061", "SEQ0062", "SEQ0064", "SEQ0101", "SEQ0102", "SEQ0103", "SEQ0104", "SEQ0105",
        ];

    private protected override async Task RegisterAsync(CodeFixContext context, Diagnostic diagnostic)
    {
        Dictionary<string, int> offered = [];
        foreach (RemedyText remedy in RemedyText.Read(diagnostic.Properties))
        {
            SyntaxToken token = await TokenAsync(context, diagnostic.Location.SourceSpan.Start + remedy.Offset).ConfigureAwait(false);
            if (token.Parent?.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
            {
                continue;
            }

            ExpressionSyntax? written = token.Parent.FirstAncestorOrSelf<AttributeArgumentSyntax>()?.Expression;
            bool isName = SyntaxFacts.IsValidIdentifier(remedy.Value) && SyntaxFacts.GetKeywordKind(remedy.Value) == SyntaxKind.None;
            string value = isName ? await QualifyAsync(context, attribute, written, remedy).ConfigureAwait(false) : remedy.Value;
            TextChange change = written is null ? ClassEdit.SetArgument(attribute, remedy.Argument, value) : new TextChange(written.Span, value);

            // "Fix all" sets the same value of an option everywhere; of sizes, budgets and names it takes those of each place, first, second ...
            offered[remedy.Argument] = offered.TryGetValue(remedy.Argument, out int before) ? before + 1 : 0;
            string key = $"{remedy.Argument}.{(isName ? remedy.Value : offered[remedy.Argument].ToString(CultureInfo.InvariantCulture))}";
            string layer = attribute.Span.Contains(diagnostic.Location.SourceSpan) ? "" : $" of [{attribute.Name}]";
            Offer(context, diagnostic, $"Set {remedy.Argument}{layer} to {remedy.Value}", key, change);
        }
    }

    /// <summary>The value of an enumeration with its type, as the place needs it.</summary>
    private static async Task<string> QualifyAsync(CodeFixContext context, AttributeSyntax attribute, ExpressionSyntax? written, RemedyText remedy)
    {
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        ITypeSymbol? type = written is not null
            ? model?.GetTypeInfo(written, context.CancellationToken).Type
            : PropertyType(model?.GetTypeInfo(attribute, context.CancellationToken).Type, remedy.Argument);
        return type is null ? remedy.Value : $"{type.ToMinimalDisplayString(model!, attribute.SpanStart)}.{remedy.Value}";
    }

    private static ITypeSymbol? PropertyType(ITypeSymbol? attribute, string name)
    {
        for (; attribute is not null; attribute = attribute.BaseType)
        {
            if (attribute.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property)
            {
                return property.Type;
            }
        }

        return null;
    }
}
