using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Seq.Embedded.CodeFixes;

/// <summary>Changes of a declaration's text.</summary>
internal static class ClassEdit
{
    /// <summary>The declaration that a token belongs to.</summary>
    public static TypeDeclarationSyntax? Declaration(SyntaxToken token) => token.Parent?.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    /// <summary>The modifier partial, which stands last.</summary>
    public static TextChange MakePartial(TypeDeclarationSyntax declaration) => new(new TextSpan(declaration.Keyword.SpanStart, 0), "partial ");

    /// <summary>An attribute on a line of its own above the others.</summary>
    public static TextChange AddAttribute(AttributeListSyntax first, SourceText text, string attribute)
    {
        TextLine line = text.Lines.GetLineFromPosition(first.SpanStart);
        string before = text.ToString(TextSpan.FromBounds(line.Start, first.SpanStart));
        string end = text.ToString(TextSpan.FromBounds(line.End, line.EndIncludingLineBreak));
        bool ownLine = string.IsNullOrWhiteSpace(before) && end.Length > 0;
        return new TextChange(new TextSpan(first.SpanStart, 0), $"[{attribute}]" + (ownLine ? end + before : " "));
    }

    /// <summary>Sets a named argument of an attribute, whether it is written out or not.</summary>
    public static TextChange SetArgument(AttributeSyntax attribute, string name, string value)
    {
        AttributeArgumentSyntax? written = attribute.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name);
        if (written is not null)
        {
            return new TextChange(written.Expression.Span, value);
        }

        return attribute.ArgumentList is { } list
            ? new TextChange(new TextSpan(list.CloseParenToken.SpanStart, 0), $"{(list.Arguments.Count > 0 ? ", " : "")}{name} = {value}")
            : new TextChange(new TextSpan(attribute.Span.End, 0), $"({name} = {value})");
    }

    /// <summary>Removes a statement: with its lines where it has them for itself, and with an empty block in its place where one has to stand.</summary>
    public static TextChange Remove(StatementSyntax statement, SourceText text)
    {
        if (statement.Parent is not (BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax))
        {
            return new TextChange(statement.Span, "{ }");
        }

        TextLine first = text.Lines.GetLineFromPosition(statement.SpanStart), last = text.Lines.GetLineFromPosition(statement.Span.End);
        bool ownLines = string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(first.Start, statement.SpanStart)))
            && string.IsNullOrWhiteSpace(text.ToString(TextSpan.FromBounds(statement.Span.End, last.End)));
        return new TextChange(ownLines ? TextSpan.FromBounds(first.Start, last.EndIncludingLineBreak) : statement.Span, "");
    }
}
