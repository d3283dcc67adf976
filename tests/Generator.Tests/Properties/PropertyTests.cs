using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Seq.Embedded.Generator.Tests.Properties.Checking;
using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Properties;

/// <summary>
/// Random specs, generated, compiled and compared with a slow double-precision interpreter of the spec that shares no code with the generator.
/// </summary>
/// <remarks>
/// The specs are the same at each run, so that a build that passes passes again. To search for failures: <c>SEQ_PROPERTY_SEED=random</c> draws others,
/// <c>SEQ_PROPERTY_BATCHES=100</c> more of them. A failure prints the smallest spec that fails and the two numbers of the seed;
/// <c>SEQ_PROPERTY_SEED=number,number</c> draws that batch again.
/// </remarks>
public class PropertyTests
{
    private const int Batches = 2;

    [Fact]
    public void Outputs_of_drawn_models_agree_with_the_interpreter() =>
        Check(SpecArbitrary.Batches(specs: 20, maxSize: 70, maxLength: 50), drawn =>
        {
            InterpreterCheck.Check(drawn);
            ConsistencyCheck.Check(drawn);
        });

    [Fact]
    public void Gradients_of_drawn_models_agree_with_differences_of_the_interpreter() =>
        Check(SpecArbitrary.Batches(specs: 12, maxSize: 19, maxLength: 6), GradientCheck.Check);

    private static void Check(Arbitrary<SpecBatch> batches, Action<DrawnCase> check)
    {
        string seed = Environment.GetEnvironmentVariable("SEQ_PROPERTY_SEED") ?? "20,23";
        string count = Environment.GetEnvironmentVariable("SEQ_PROPERTY_BATCHES") ?? Batches.ToString(CultureInfo.InvariantCulture);
        Config config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(int.Parse(count, CultureInfo.InvariantCulture));
        if (seed != "random")
        {
            ulong[] numbers = [.. seed.Split(',').Select(number => ulong.Parse(number, CultureInfo.InvariantCulture))];
            config = config.WithReplay(numbers[0], numbers[1]);
        }

        Prop.ForAll(batches, batch => CheckBatch(batch, check)).Check(config);
    }

    private static void CheckBatch(SpecBatch batch, Action<DrawnCase> check)
    {
        GenerationResult result = Generation.Run(batch.Source);
        string messages = string.Join("\n", result.Diagnostics.Concat(result.CompilerDiagnostics).Take(5));
        Assert.True(messages.Length == 0, messages);
        GeneratedAssembly assembly = new(result);
        for (int i = 0; i < batch.Specs.Count; i++)
        {
            check(new DrawnCase(assembly.Type("Demo." + SpecBatch.NameOf(i)), batch.Specs[i]));
        }
    }
}
