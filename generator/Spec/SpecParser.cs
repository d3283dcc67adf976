using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Spec;

/// <summary>Reads attributes into a <see cref="ModelSpec"/>: the only stage that sees symbols and syntax.</summary>
internal static class SpecParser
{
    public const string ModelAttribute = "Seq.Embedded.SequenceModelAttribute";

    private static readonly string[] BudgetNames = ["MaxWeightBytes", "MaxStateBytes", "MaxMultiplyAddsPerStep"];

    public static ParsedModel Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        TypeDeclarationSyntax declaration = (TypeDeclarationSyntax)context.TargetNode;
        AttributeData model = context.Attributes[0];
        List<SourcePlace> places = [];
        Add(places, SpecPlace.Class, declaration.Identifier.GetLocation());
        AddArguments(places, -1, model, cancellation);

        List<LayerSpec> layers = [];
        bool severalParts = false;
        foreach (AttributeData attribute in type.GetAttributes().Where(IsLayer).OrderBy(a => a.ApplicationSyntaxReference?.Span.Start ?? 0))
        {
            severalParts |= attribute.ApplicationSyntaxReference?.SyntaxTree != model.ApplicationSyntaxReference?.SyntaxTree
                || !declaration.Span.Contains(attribute.ApplicationSyntaxReference!.Span);
            AddArguments(places, layers.Count, attribute, cancellation);
            layers.Add(ParseLayer(attribute));
        }

        ModelSpec spec = new(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            type.Name,
            type.DeclaredAccessibility == Accessibility.Public,
            HasSummary(type, cancellation),
            new ClassShape(
                declaration.Modifiers.Any(SyntaxKind.PartialKeyword),
                type.ContainingType is not null,
                type.IsGenericType,
                Unsupported(type),
                severalParts),
            Number(model, "Input") ?? 0,
            NamedEnum(model, "Task") ?? "ManyToMany",
            new(BudgetNames.Select(name => new OptionSpec(name, Invariant(Number(model, name) ?? 0)))),
            new(layers));
        return new ParsedModel(spec, new(places));
    }

    public static bool IsLayer(AttributeData attribute) =>
        attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == "Seq.Embedded"
        && Cell.All.Any(cell => cell.Attribute + "Attribute" == attribute.AttributeClass.Name);

    private static LayerSpec ParseLayer(AttributeData attribute)
    {
        int? units = null;
        List<OptionSpec> options = [];
        foreach (TypedConstant argument in attribute.ConstructorArguments)
        {
            if (argument.Kind == TypedConstantKind.Enum)
            {
                options.Add(new OptionSpec(argument.Type!.Name, EnumText(argument)));
            }
            else if (argument.Value is int size)
            {
                units = size;
            }
        }

        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Value.Kind == TypedConstantKind.Enum)
            {
                options.Add(new OptionSpec(argument.Key, EnumText(argument.Value)));
            }
        }

        string kind = attribute.AttributeClass!.Name;
        return new LayerSpec(
            kind.Substring(0, kind.Length - "Attribute".Length),
            units,
            Number(attribute, "Layers") ?? 1,
            Named(attribute, "Name")?.Value as string,
            Named(attribute, "Dropout")?.Value is double dropout ? dropout : 0,
            new(options));
    }

    private static TypedConstant? Named(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }

    private static int? Number(AttributeData attribute, string name) => Named(attribute, name)?.Value as int?;

    private static string? NamedEnum(AttributeData attribute, string name) => Named(attribute, name) is { } value ? EnumText(value) : null;

    /// <summary>Name of the enumeration value, or its number where it has no name.</summary>
    private static string EnumText(TypedConstant value) =>
        value.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && Equals(field.ConstantValue, value.Value))?.Name
        ?? Convert.ToString(value.Value, System.Globalization.CultureInfo.InvariantCulture);

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Unsupported(INamedTypeSymbol type)
    {
        if (type.IsRecord)
        {
            return "a record";
        }

        if (type.IsStatic)
        {
            return "a static class";
        }

        if (type.IsAbstract)
        {
            return "an abstract class";
        }

        return type.IsFileLocal ? "a file-local class" : "";
    }

    private static bool HasSummary(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation).GetLeadingTrivia().Any(trivia =>
            trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineDocumentationCommentTrivia)));

    private static void AddArguments(List<SourcePlace> places, int layer, AttributeData attribute, CancellationToken cancellation)
    {
        if (attribute.ApplicationSyntaxReference?.GetSyntax(cancellation) is not AttributeSyntax syntax)
        {
            return;
        }

        Add(places, new SpecPlace(layer, ""), syntax.GetLocation());
        IEnumerable<AttributeArgumentSyntax> arguments = syntax.ArgumentList is null ? [] : syntax.ArgumentList.Arguments;
        int position = 0;
        foreach (AttributeArgumentSyntax argument in arguments)
        {
            string? name = argument.NameEquals?.Name.Identifier.Text ?? argument.NameColon?.Name.Identifier.Text;
            if (name is null && attribute.AttributeConstructor is { } constructor && position < constructor.Parameters.Length)
            {
                name = constructor.Parameters[position].Name;
            }

            position++;
            if (name is { Length: > 0 })
            {
                Add(places, new SpecPlace(layer, char.ToUpperInvariant(name[0]) + name.Substring(1)), argument.Expression.GetLocation());
            }
        }
    }

    private static void Add(List<SourcePlace> places, SpecPlace place, Location location)
    {
        FileLinePositionSpan lines = location.GetLineSpan();
        places.Add(new SourcePlace(place, lines.Path, location.SourceSpan, lines.Span));
    }
}
