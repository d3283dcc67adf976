using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis.Emit;

namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>Sources compiled with their generated code, overflow checks on, and loaded; unloaded when nothing refers to them any more.</summary>
internal sealed class GeneratedAssembly
{
    private readonly Assembly _assembly;

    public GeneratedAssembly(string source)
        : this(Generation.Run(source))
    {
    }

    public GeneratedAssembly(GenerationResult result)
    {
        using MemoryStream image = new();
        EmitResult emitted = result.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Take(10)));
        image.Position = 0;
        _assembly = new AssemblyLoadContext("generated", isCollectible: true).LoadFromStream(image);
    }

    public Type Type(string name) => _assembly.GetType(name, throwOnError: true)!;

    /// <summary>Calls a static method without parameters.</summary>
    public object? Call(string type, string method) => Type(type).GetMethod(method)!.Invoke(null, null);

    /// <summary>The value of a public constant.</summary>
    public object? Constant(string type, string name) => Type(type).GetField(name)!.GetRawConstantValue();

    /// <summary>The value of a public static property.</summary>
    public object? Property(string type, string name) => Type(type).GetProperty(name)!.GetValue(null);
}
