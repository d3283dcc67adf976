using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Models.Tests;

/// <summary>Neither the width of the machine's vectors nor its instructions for 8-bit products show in the outputs.</summary>
public class VectorWidthTests
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_DIGESTS";
    private const string WidthVariable = "DOTNET_MaxVectorTBitWidth";
    private const string DotProductVariable = "DOTNET_EnableAVXVNNI";

    [Fact]
    public void Outputs_have_the_same_bits_for_every_width_of_vectors_with_and_without_dot_products()
    {
        string[] digests = [.. ModelCase.All.Concat(ModelCase.Int8).Select(model => $"{model.Name} {Digest(model)}")];
        string own = string.Create(CultureInfo.InvariantCulture, $"{8 * Vector<byte>.Count} bits, dot products: {Int8DotProduct.IsSupported}");
        if (Environment.GetEnvironmentVariable(ResultVariable) is { } result)
        {
            // We are the process started below.
            File.WriteAllLines(result, [own, .. digests]);
            return;
        }

        using TemporaryFolder folder = new();
        foreach (int width in new[] { 128, 256, 512 })
        {
            foreach (bool dotProducts in Int8DotProduct.IsSupported && AvxVnni.IsSupported ? new[] { true, false } : [Int8DotProduct.IsSupported])
            {
                string[] lines = RunWith(width, dotProducts, folder.GetPath($"{width} {dotProducts}.txt"));
                Assert.True(width > 128 || lines[0].StartsWith("128 bits", StringComparison.Ordinal), $"{lines[0]} where 128 bits were asked for");
                Assert.EndsWith($"dot products: {dotProducts}", lines[0], StringComparison.Ordinal);
                Assert.True(digests.SequenceEqual(lines[1..]), $"{lines[0]} differ from {own}: {string.Join(", ", digests.Zip(lines[1..]).Where(pair => pair.First != pair.Second).Select(pair => pair.First))}");
            }
        }
    }

    private static string Digest(ModelCase model)
    {
        float[] inputs = TestData.Values(50 * model.Input, 1);
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(model.Create(seed: 41).CreateStream().Run(inputs))));
    }

    /// <summary>Runs this test in a process of its own; the runtime takes the widest vectors that it may and the machine has.</summary>
    private static string[] RunWith(int width, bool dotProducts, string result)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(VectorWidthTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(VectorWidthTests).FullName}.{nameof(Outputs_have_the_same_bits_for_every_width_of_vectors_with_and_without_dot_products)}");
        start.Environment[WidthVariable] = width.ToString(CultureInfo.InvariantCulture);
        start.Environment[DotProductVariable] = dotProducts ? "1" : "0";
        start.Environment[ResultVariable] = result;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && File.Exists(result), $"{width} bits, dot products {dotProducts}: exit status {process.ExitCode}\n{output}{errors.Result}");
        return File.ReadAllLines(result);
    }
}
