using System.Reflection;
using Microsoft.CodeAnalysis.Emit;

namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>Sources compiled with their generated code, overflow checks on, and loaded.</summary>
internal sealed class GeneratedAssembly
{
    private readonly Assembly _assembly;

    public GeneratedAssembly(string source)
    {
        GenerationResult result = Generation.Run(source);
        using MemoryStream image = new();
        EmitResult emitted = result.Output.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Take(10)));
        _assembly = Assembly.Load(image.ToArray());
    }

    /// <summary>Calls a static method without parameters.</summary>
    public object? Call(string type, string method) => _assembly.GetType(type, throwOnError: true)!.GetMethod(method)!.Invoke(null, null);

    /// <summary>The value of a public constant.</summary>
    public object? Constant(string type, string name) => _assembly.GetType(type, throwOnError: true)!.GetField(name)!.GetRawConstantValue();

    /// <summary>The value of a public static property.</summary>
    public object? Property(string type, string name) => _assembly.GetType(type, throwOnError: true)!.GetProperty(name)!.GetValue(null);
}
