using System.Diagnostics;
using System.Globalization;

namespace Seq.Embedded.Testing;

/// <summary>Runs tests of this assembly in a process of their own: for what the .NET runtime decides when it starts.</summary>
internal static class TestProcess
{
    /// <summary>The widest vectors the .NET runtime may use, in bits; it takes the widest of them that the machine has.</summary>
    public static (string Name, string Value)[] WithVectors(int bits) => [("DOTNET_MaxVectorTBitWidth", bits.ToString(CultureInfo.InvariantCulture))];

    /// <summary>No fused multiply-add on x64, and so vectors of 128 bits.</summary>
    public static (string Name, string Value)[] WithoutFma => [("DOTNET_EnableAVX2", "0"), ("DOTNET_EnableFMA", "0")];

    /// <summary>No VNNI on x64: 8-bit products by instructions that every AVX2 processor has.</summary>
    public static (string Name, string Value)[] WithoutDotProducts => [("DOTNET_EnableAVXVNNI", "0")];

    /// <summary>Runs tests with further variables in their environment and fails where one of them fails.</summary>
    public static void Run(Type tests, string[] methods, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(tests.Assembly.Location);
        foreach (string method in methods)
        {
            start.ArgumentList.Add("-method");
            start.ArgumentList.Add($"{tests.FullName}.{method}");
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0 && output.Contains($"Total: {methods.Length},", StringComparison.Ordinal),
            $"{string.Join(' ', environment)}: exit status {process.ExitCode}\n{output}{errors.Result}");
    }
}
