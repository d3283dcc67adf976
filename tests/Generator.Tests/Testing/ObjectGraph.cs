using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>Walks everything that an object reaches through its fields.</summary>
internal static class ObjectGraph
{
    /// <summary>Fails on a symbol, syntax, compilation or anything else of Roslyn that is not a plain position; returns the number of objects seen.</summary>
    public static int AssertHoldsNoRoslynObject(object root, string name)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Walk(root, name, seen);
        return seen.Count;
    }

    private static void Walk(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string or Type || value.GetType() is { IsPrimitive: true } or { IsEnum: true } || !seen.Add(value))
        {
            return;
        }

        Type type = value.GetType();
        bool position = type.FullName is "Microsoft.CodeAnalysis.Text.TextSpan" or "Microsoft.CodeAnalysis.Text.LinePosition" or "Microsoft.CodeAnalysis.Text.LinePositionSpan";
        Assert.True(
            position || type.Assembly != typeof(ISymbol).Assembly && type.Assembly != typeof(Microsoft.CodeAnalysis.CSharp.CSharpCompilation).Assembly,
            $"{path} is a {type.FullName}, which keeps a compilation alive.");
        Assert.False(value is Delegate, $"{path} is a delegate, which can hold anything.");

        if (type.IsArray)
        {
            int index = 0;
            foreach (object? item in (IEnumerable)value)
            {
                Walk(item, $"{path}[{index++}]", seen);
            }

            return;
        }

        for (Type? level = type; level is not null; level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Walk(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
