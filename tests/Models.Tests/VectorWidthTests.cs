using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>The width of the machine's vectors shows neither in the outputs nor in trained weights.</summary>
public class VectorWidthTests
{
    private const string ResultVariable = "SEQ_EMBEDDED_TEST_DIGESTS";
    private const string WidthVariable = "DOTNET_MaxVectorTBitWidth";

    [Fact]
    public void Outputs_and_trained_weights_have_the_same_bits_for_every_width_of_vectors()
    {
        string[] digests = [.. ModelCase.All.Select(model => $"{model.Name} {Digest(model)} {TrainingDigest(model)}")];
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
        return Digest(model.Create(seed: 41).CreateStream().Run(inputs));
    }

    /// <summary>Of the weights after two updates with sequences of unequal lengths.</summary>
    private static string TrainingDigest(ModelCase model)
    {
        TestModel created = model.Create(seed: 42);
        using SequenceTrainer trainer = created.CreateTrainer(new TrainerOptions { MaxBatch = 11, MaxSteps = 9 });
        for (int update = 0; update < 2; update++)
        {
            foreach (float[] inputs in TestData.Sequences(model, update, [.. Enumerable.Range(0, 11).Select(i => 1 + (i * 4 % 9))]))
            {
                created.Add(trainer, inputs);
            }

            trainer.Forward();
            for (int i = 0; i < 11; i++)
            {
                Span<float> gradients = trainer.GetOutputGradients(i);
                TestData.Values(gradients.Length, i).CopyTo(gradients);
            }

            trainer.Backward();
            trainer.Update(0.01f);
        }

        return Digest([.. created.FromTrainer(trainer).Tensors().OrderBy(tensor => tensor.Key, StringComparer.Ordinal).SelectMany(tensor => tensor.Value)]);
    }

    private static string Digest(float[] values) => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));

    /// <summary>Runs this test in a process of its own; the runtime takes the widest vectors that it may and the machine has.</summary>
    private static string[] RunWithWidth(int width, string result)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(VectorWidthTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"{typeof(VectorWidthTests).FullName}.{nameof(Outputs_and_trained_weights_have_the_same_bits_for_every_width_of_vectors)}");
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
