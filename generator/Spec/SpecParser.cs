using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Features;

namespace Seq.Embedded.Generator.Spec;

/// <summary>Reads attributes into a <see cref="ModelSpec"/>: the only stage that sees symbols and syntax.</summary>
internal static class SpecParser
{
    public const string ModelAttribute = "Seq.Embedded.SequenceModelAttribute";
    public const string FeaturesAttribute = "Seq.Embedded.Audio.AudioFeaturesAttribute";

    private static readonly string[] BudgetNames = ["MaxWeightBytes", "MaxStateBytes", "MaxMultiplyAddsPerStep"];

    /// <summary>Returns null where the compiler reports an error of the attributes themselves: it says all there is to say.</summary>
    public static ParsedModel? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.TargetSymbol;
        TypeDeclarationSyntax declaration = (TypeDeclarationSyntax)context.TargetNode;
        AttributeData model = context.Attributes[0];
        List<AttributeData> layerAttributes = [.. type.GetAttributes().Where(IsLayer).OrderBy(a => a.ApplicationSyntaxReference?.Span.Start ?? 0)];
        AttributeData? features = type.GetAttributes().FirstOrDefault(IsFeatures);
        if (IsBroken(model) || layerAttributes.Any(IsBroken) || (features is not null && IsBroken(features)) || !IsOnlyModelAttribute(type, model))
        {
            return null;
        }

        List<SourcePlace> places = [];
        Add(places, SpecPlace.Class, declaration.Identifier.GetLocation());
        AddArguments(places, -1, model, cancellation);
        AttributeData? unknown = type.GetAttributes().FirstOrDefault(IsUnknownFeatures);
        if ((features ?? unknown) is { } declared)
        {
            AddArguments(places, SpecPlace.Features("").Layer, declared, cancellation);
        }

        FeatureSpec? featureSpec = features is null ? null : FeatureOptions.Complete(GivenOptions(features));

        List<LayerSpec> layers = [];
        int strayLayer = -1;
        foreach (AttributeData attribute in layerAttributes)
        {
            bool stray = attribute.ApplicationSyntaxReference?.SyntaxTree != model.ApplicationSyntaxReference?.SyntaxTree
                || !declaration.Span.Contains(attribute.ApplicationSyntaxReference!.Span);
            strayLayer = stray && strayLayer < 0 ? layers.Count : strayLayer;
            AddArguments(places, layers.Count, attribute, cancellation);
            CellText? text = null;
            if (IsUserCell(attribute) && UserCellParser.TryParse(context.SemanticModel.Compilation, attribute, Place, cancellation, out text) is false)
            {
                return null;
            }

            layers.Add(ParseLayer(attribute, text));
            string Place(SyntaxNode node)
            {
                string name = "!" + Invariant(places.Count);
                Add(places, new SpecPlace(layers.Count, name), node.GetLocation());
                return name;
            }
        }

        ModelSpec spec = new(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            Identifier(type.Name),
            HasSummary(type, cancellation),
            new ClassShape(declaration.Modifiers.Any(SyntaxKind.PartialKeyword), Unsupported(type, cancellation), strayLayer) { Language = OldLanguage(declaration.SyntaxTree) },
            Number(model, "Input") ?? featureSpec?.Count ?? 0,
            NamedEnum(model, "Task") ?? "ManyToMany",
            new(BudgetNames.Select(name => new OptionSpec(name, Invariant(Number(model, name) ?? 0)))),
            new(layers))
        {
            Weights = NamedEnum(model, "Weights") ?? "Float32",
            LookAhead = Number(model, "LookAhead") ?? 0,
            Features = featureSpec,
            LacksAudioLibrary = features is null && unknown is not null,
            AliasPrefix = AliasPrefix(context.SemanticModel, type, declaration.Identifier.SpanStart),
        };
        return new ParsedModel(spec, new(Members(type, places)), new(places));
    }

    /// <summary>True when the compiler could not make sense of an argument, or found no constructor for them.</summary>
    private static bool IsBroken(AttributeData attribute) =>
        attribute.AttributeConstructor is null
        || attribute.ConstructorArguments.Length != attribute.AttributeConstructor.Parameters.Length
        || attribute.ConstructorArguments.Concat(attribute.NamedArguments.Select(argument => argument.Value)).Any(value => value.Kind == TypedConstantKind.Error);

    /// <summary>False for a second [SequenceModel] on another part of the class, which would be generated twice.</summary>
    private static bool IsOnlyModelAttribute(INamedTypeSymbol type, AttributeData model) =>
        type.GetAttributes().First(attribute => attribute.AttributeClass?.ToDisplayString() == ModelAttribute).ApplicationSyntaxReference?.GetSyntax()
            == model.ApplicationSyntaxReference?.GetSyntax();

    private static IEnumerable<MemberSpec> Members(INamedTypeSymbol type, List<SourcePlace> places)
    {
        List<MemberSpec> members = [];
        foreach (ISymbol member in type.GetMembers().Where(member => !member.IsImplicitlyDeclared && member.CanBeReferencedByName && member.Locations[0].IsInSource))
        {
            members.Add(new MemberSpec(member.Name, member.Kind == SymbolKind.Method));
            Add(places, SpecPlace.Member(member.Name), member.Locations[0]);
        }

        return members;
    }

    /// <summary>The name as C# writes it: a keyword, also one that is a keyword in some contexts only, needs an @.</summary>
    private static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None ? "@" + name : name;

    public static bool IsLayer(AttributeData attribute) => IsUserCell(attribute) ||
        attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == "Seq.Embedded"
        && attribute.AttributeClass.Name.EndsWith("Attribute", StringComparison.Ordinal) && LayerKind.Find(Kind(attribute)) is not null;

    public static bool IsFeatures(AttributeData attribute) => attribute.AttributeClass?.ToDisplayString() == FeaturesAttribute;

    /// <summary>True for [AudioFeatures] where no such attribute is known.</summary>
    private static bool IsUnknownFeatures(AttributeData attribute) => attribute.AttributeClass is { TypeKind: TypeKind.Error, Name: "AudioFeatures" or "AudioFeaturesAttribute" };

    private static bool IsUserCell(AttributeData attribute)
    {
        INamedTypeSymbol? type = attribute.AttributeClass?.BaseType;
        while (type is not null && type.ToDisplayString() != UserCellParser.BaseType)
        {
            type = type.BaseType;
        }

        return type is not null;
    }

    /// <summary>Name of an attribute without its suffix, which a user's need not have.</summary>
    internal static string Kind(AttributeData attribute)
    {
        string name = attribute.AttributeClass!.Name;
        return name.EndsWith("Attribute", StringComparison.Ordinal) && name.Length > "Attribute".Length ? name.Substring(0, name.Length - "Attribute".Length) : name;
    }

    private static LayerSpec ParseLayer(AttributeData attribute, CellText? text)
    {
        int? units = null;
        for (int i = 0; i < attribute.ConstructorArguments.Length; i++)
        {
            // A user's constructor may take other numbers too.
            bool isSize = text is null || attribute.AttributeConstructor!.Parameters[i].Name == "units";
            if (isSize && attribute.ConstructorArguments[i] is { Kind: TypedConstantKind.Primitive, Value: int size })
            {
                units = size;
            }
        }

        string kind = Kind(attribute);
        return new LayerSpec(
            kind,
            units,
            Number(attribute, "Layers") ?? 1,
            Named(attribute, "Name")?.Value as string,
            Named(attribute, "Dropout")?.Value is double dropout ? dropout : 0,
            new(LayerKind.Of(kind, text).Complete(GivenOptions(attribute))))
        {
            Text = text,
            Direction = NamedEnum(attribute, "Direction") ?? "Forward",
            Merge = NamedEnum(attribute, "Merge") ?? "Concatenate",
            Residual = Named(attribute, "Residual")?.Value is true,
        };
    }

    /// <summary>What an attribute gives of the options of its kind of layer.</summary>
    internal static IReadOnlyDictionary<string, string> GivenOptions(AttributeData attribute)
    {
        Dictionary<string, string> given = [];
        foreach (TypedConstant argument in attribute.ConstructorArguments.Where(argument => argument.Kind == TypedConstantKind.Enum))
        {
            given[argument.Type!.Name] = OptionText(argument);
        }

        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            given[argument.Key] = OptionText(argument.Value);
        }

        return given;
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

    /// <summary>The value of an option as text: of a bool True or False.</summary>
    private static string OptionText(TypedConstant value) => value.Kind switch
    {
        TypedConstantKind.Enum => EnumText(value),
        TypedConstantKind.Primitive when value.Value is double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        TypedConstantKind.Primitive => Convert.ToString(value.Value, System.Globalization.CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>The version of the language where it is older than that of the generated code, or empty.</summary>
    private static string OldLanguage(SyntaxTree tree) =>
        tree.Options is CSharpParseOptions { LanguageVersion: < LanguageVersion.CSharp12 } options ? options.LanguageVersion.ToDisplayString() : "";

    /// <summary>The first prefix with which no alias of the generated code has a name that the model's class sees already.</summary>
    private static string AliasPrefix(SemanticModel model, INamedTypeSymbol type, int position)
    {
        bool IsFree(string name) => type.GetMembers(name).IsEmpty && model.LookupSymbols(position, name: name).IsEmpty;
        return new[] { Aliases.Prefix }
            .Concat(Enumerable.Range(1, int.MaxValue).Select(number => Aliases.Prefix + Invariant(number)))
            .First(prefix => Aliases.Names.All(name => IsFree(prefix + name)));
    }

    private static string Invariant(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Unsupported(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (type.ContainingType is not null)
        {
            return "nested in another type";
        }

        if (type.IsGenericType)
        {
            return "generic";
        }

        if (type.IsRecord)
        {
            return "a record";
        }

        if (type.TypeKind != TypeKind.Class)
        {
            return type.TypeKind == TypeKind.Struct ? "a struct" : "an interface";
        }

        if (type.IsStatic)
        {
            return "a static class";
        }

        if (type.IsAbstract)
        {
            return "an abstract class";
        }

        if (type.IsFileLocal)
        {
            return "a file-local class";
        }

        if (type.BaseType is { SpecialType: not SpecialType.System_Object, TypeKind: not TypeKind.Error })
        {
            return "derived from another class";
        }

        bool IsPrimary(IMethodSymbol constructor) => constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is TypeDeclarationSyntax);
        if (type.InstanceConstructors.Any(IsPrimary))
        {
            return "a class with a primary constructor";
        }

        return type.InstanceConstructors.Any(constructor => !constructor.IsImplicitlyDeclared) ? "a class with a constructor of its own" : "";
    }

    private static bool HasSummary(INamedTypeSymbol type, CancellationToken cancellation) => type.DeclaringSyntaxReferences
        .SelectMany(reference => reference.GetSyntax(cancellation).GetLeadingTrivia())
        .Select(trivia => trivia.GetStructure()).OfType<DocumentationCommentTriviaSyntax>()
        .SelectMany(comment => comment.Content)
        .Any(node => ElementName(node) is "summary" or "inheritdoc" or "include");

    private static string? ElementName(XmlNodeSyntax node) => node switch
    {
        XmlElementSyntax element => element.StartTag.Name.LocalName.Text,
        XmlEmptyElementSyntax element => element.Name.LocalName.Text,
        _ => null,
    };

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

            // The size of a layer, whatever it counts there: units, channels.
            if (argument.NameEquals is null && attribute.AttributeConstructor?.Parameters.FirstOrDefault(parameter => parameter.Name == name)?.Type.SpecialType == SpecialType.System_Int32)
            {
                name = "units";
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
