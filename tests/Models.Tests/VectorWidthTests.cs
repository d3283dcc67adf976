using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography;

namespace Seq.Embedded.Models.Tests;

/// <summary>The width of the machine's vectors does not show in the outputs.</summary>
public class VectorWidthTests
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_DIGESTS";
    private const string WidthVariable = "DOTNET_MaxVectorTBitWidth";

    [Fact]
    public void Outputs_have_the_same_bits_for_every_width_of_vectors()
    {
        string[] digests = [.. ModelCase.All.Select(model => $"{model.Name} {Digest(model)}")];
        if (Environment.GetEnvironmentVariable(ResultVariable) is { } result)
        {
            // We are the process started below.
            File.WriteAllLines(result, [(8 * Vector<byte>.Count).ToString(System.Globalization.CultureInfo.InvariantCulture), .. digests]);
            return;
        }

        using TemporaryFolder folder = new();
        int own = 8 * Vector<byte>.Count;
        foreach (int width in new[] { 128, 256, 512 }.Where(width => width != own))
        {
            string[] lines = RunWithWidth(width, folder.GetPath($"{width}.txt"));
            Assert.True(width > 128 || lines[0] == "128", $"{lines[0]} bits where 128 were asked for");
            Assert.True(digests.SequenceEqual(lines[1..]), $"{lines[0]} bits differ from {own} bits: {string.Join(", ", digests.Zip(lines[1..]).Where(pair => pair.First != pair.Second).Select(pair => pair.First))}");
        }
    }

    private static string Digest(ModelCase model)
    {
        float[] inputs = TestData.Values(50 * model.Input, 1);
        return Convert.ToHexString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(model.Create(seed: 41).CreateStream().Run(inputs))));
    }

    /// <summary>Runs this test in a process of its own; the runtime takes the widest vectors that it may and the machine has.</summary>
    private static string[] RunWithWidth(int width, string result)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(VectorWidthTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(VectorWidthTests).FullName}.{nameof(Outputs_have_the_same_bits_for_every_width_of_vectors)}");
        start.Environment[WidthVariable] = width.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment[ResultVariable] = result;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && File.Exists(result), $"{width} bits: exit status {process.ExitCode}\n{output}{errors.Result}");
        return File.ReadAllLines(result);
    }
}
