using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Seq.Embedded.Generator.Diagnostics;

namespace Seq.Embedded.Generator.Spec;

/// <summary>Finds the equations of an attribute that derives from <c>CellAttribute</c>, and has them read.</summary>
internal static class UserCellParser
{
    public const string BaseType = "Seq.Embedded.Cells.CellAttribute";
    private const string Signature = "public static void Equations(Cell cell)";

    /// <summary>Reads the equations; false where they do not compile.</summary>
    /// <param name="compilation">The compilation.</param>
    /// <param name="attribute">The layer.</param>
    /// <param name="place">Takes the place of each problem and gives its name.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="text">Receives them.</param>
    public static bool TryParse(Compilation compilation, AttributeData attribute, Func<SyntaxNode, string> place, CancellationToken cancellation, out CellText? text)
    {
        INamedTypeSymbol type = attribute.AttributeClass!;
        List<IMethodSymbol> methods = [.. type.GetMembers("Equations").OfType<IMethodSymbol>()];
        MethodDeclarationSyntax? declaration = methods.Select(method => Declaration(method, cancellation)).FirstOrDefault(found => found is not null);
        if (attribute.AttributeConstructor?.Parameters.Any(parameter => parameter.Name == "units" && parameter.Type.SpecialType == SpecialType.System_Int32) != true)
        {
            text = Failed("has no parameter 'int units' in its constructor", "a constructor that takes the number of units, and hands it to CellAttribute");
        }
        else if (type.DeclaringSyntaxReferences.IsEmpty)
        {
            text = Failed($"stands in the assembly {type.ContainingAssembly.Name}, of which there is no text", "a class in the project of the model");
        }
        else if (methods.Count != 1 || declaration is null)
        {
            string found = methods.Count == 0 ? "has no method Equations" : methods.Count > 1 ? $"has {methods.Count} methods Equations" : $"has the method {methods[0].ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}";
            text = Failed(found, Signature);
        }
        else
        {
            text = EquationReader.Read(compilation.GetSemanticModel(declaration.SyntaxTree), declaration, place, cancellation);
        }

        return text is not null;

        CellText Failed(string found, string allowed) =>
            new(default, new([new CellProblem(Descriptors.CellWithoutEquations.Id, "", new([SpecParser.Kind(attribute), found, allowed]))]));
    }

    /// <summary>The text of a method with the right signature and a body, or null.</summary>
    private static MethodDeclarationSyntax? Declaration(IMethodSymbol method, CancellationToken cancellation) =>
        method is { IsStatic: true, ReturnsVoid: true, DeclaredAccessibility: Accessibility.Public, IsGenericMethod: false, IsAsync: false, Parameters: { Length: 1 } parameters }
        && parameters[0] is { RefKind: RefKind.None } parameter && parameter.Type.ToDisplayString() == EquationReader.CellType
            ? method.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax(cancellation)).OfType<MethodDeclarationSyntax>().FirstOrDefault(syntax => syntax.Body is not null || syntax.ExpressionBody is not null)
            : null;
}
