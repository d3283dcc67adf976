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
/// The specs are the same at each run, so that a build that passes passes again: a batch that covers every option of every kind of layer
/// (<see cref="Coverage"/>), and a few others. To search for failures: <c>SEQ_PROPERTY_SEED=random</c> draws others, <c>SEQ_PROPERTY_BATCHES=100</c> more of them. A failure prints the smallest spec that fails and the two numbers of the seed;
/// <c>SEQ_PROPERTY_SEED=number,number</c> draws that batch again.
/// </remarks>
public class PropertyTests
{
    private const int Batches = 1;

    [Fact]
    public void Outputs_of_drawn_models_agree_with_the_interpreter() =>
        Check(specs: 20, new SpecLimits(MaxSize: 70, MaxLength: 50, MaxLookAhead: 6), drawn =>
        {
            InterpreterCheck.Check(drawn);
            ConsistencyCheck.Check(drawn);
        });

    [Fact]
    public void Gradients_of_drawn_models_agree_with_differences_of_the_interpreter() =>
        Check(specs: 12, new SpecLimits(MaxSize: 19, MaxLength: 6, MaxLookAhead: 3), GradientCheck.Check);

    /// <summary>Activations that are rounded may go either way in the interpreter, so that its outputs say little; the bits of steps and runs agree.</summary>
    [Fact]
    public void Outputs_of_drawn_models_with_8_bit_weights_agree_with_each_other() =>
        Check(specs: 20, new SpecLimits(MaxSize: 70, MaxLength: 50, MaxLookAhead: 6), ConsistencyCheck.Check, isInt8: true);

    private static void Check(int specs, SpecLimits limits, Action<DrawnCase> check, bool isInt8 = false)
    {
        string? seed = Environment.GetEnvironmentVariable("SEQ_PROPERTY_SEED");
        string count = Environment.GetEnvironmentVariable("SEQ_PROPERTY_BATCHES") ?? Batches.ToString(CultureInfo.InvariantCulture);
        Config config = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(int.Parse(count, CultureInfo.InvariantCulture));
        RoundingTally tally = new();
        List<DrawnSpec> passed = [];
        void CheckAll(SpecBatch batch)
        {
            CheckBatch(isInt8 ? new SpecBatch([.. batch.Specs.Select(spec => spec with { IsInt8 = true })]) : batch, check, tally);
            passed.AddRange(batch.Specs);
        }

        if (seed is null)
        {
            Prop.ForAll(SpecArbitrary.CoveringBatch(limits), CheckAll).Check(config.WithMaxTest(1));
            Assert.Empty(Coverage.All(limits).Except(passed.SelectMany(Coverage.Of)));
        }

        if (seed != "random")
        {
            ulong[] numbers = [.. (seed ?? "20,23").Split(',').Select(number => ulong.Parse(number, CultureInfo.InvariantCulture))];
            config = config.WithReplay(numbers[0], numbers[1]);
        }

        Prop.ForAll(SpecArbitrary.Batches(specs, limits), CheckAll).Check(config);
        tally.AssertRare();
    }

    private static void CheckBatch(SpecBatch batch, Action<DrawnCase> check, RoundingTally tally)
    {
        GenerationResult result = Generation.Run(batch.Source);
        string messages = string.Join("\n", result.Diagnostics.Concat(result.CompilerDiagnostics).Take(5));
        Assert.True(messages.Length == 0, messages);
        GeneratedAssembly assembly = new(result);
        for (int i = 0; i < batch.Specs.Count; i++)
        {
            check(new DrawnCase(assembly.Type("Demo." + SpecBatch.NameOf(i)), batch.Specs[i], tally));
        }
    }
}
