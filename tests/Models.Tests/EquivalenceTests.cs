using System.Reflection;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>CheckEquivalence of every model finds the same bits, and of a stream of another model it finds the difference.</summary>
public class EquivalenceTests
{
    // Longer than what Run computes at once.
    private const int Steps = 75;

    // Of the nine sequences, an eighth less each time.
    private static readonly int[] s_lengths = [75, 66, 57, 47, 38, 29, 19, 10, 1];

    public static TheoryData<string> Decoders => DecoderCase.Names;

    [Theory]
    [ClassData(typeof(ModelNames))]
    [ClassData(typeof(Int8ModelNames))]
    public void Training_runs_and_steps_of_a_model_give_the_same_bits(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 61);
        if (model.Case.IsInt8 && model.Case.ReadsWholeSequence)
        {
            Assert.Null(model.Instance.GetType().GetMethod("CheckEquivalence"));
            return;
        }

        int rows = s_lengths.Sum(steps => model.OutputLength(steps) / model.OutputSize);
        int forms = model.Case.IsInt8 || model.Case.ReadsWholeSequence ? 1 : 2;
        Exact(model.Instance, forms * rows);
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Training_and_steps_of_a_decoder_give_the_same_bits(string name) => Exact(DecoderCase.Get(name).Create(62), s_lengths.Sum());

    [Fact]
    public void A_decoder_of_8_bit_weights_has_one_form_and_nothing_to_compare() =>
        Assert.All(DecoderCase.Int8, model => Assert.Null(model.Create(1).GetType().GetMethod("CheckEquivalence")));

    [Fact]
    public void A_stream_of_another_model_is_found_out()
    {
        KeywordModel model = KeywordModel.Create(5, 1);
        Assert.True(model.CheckEquivalence().IsExact);
        Assert.Equal("906 output vectors compared: the same bits", model.CheckEquivalence().ToString());
        KeywordModel.Stream other = KeywordModel.Create(5, 2).CreateStream();
        EquivalenceResult result = Compare(model, other, (_, _) => { });

        Assert.False(result.IsExact);
        Assert.Equal(("Run", 0, 0, 0), (result.First!.Form, result.First.Sequence, result.First.Frame, result.First.Output));
        Assert.InRange(result.LargestDifference, 1e-4f, 1);
        Assert.Contains("of Run in sequence 0, frame 0, output 0: ", result.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(74)]
    public void One_output_that_differs_in_its_last_bit_is_found_and_placed(int frame)
    {
        KeywordModel model = KeywordModel.Create(5, 1);
        EquivalenceResult result = Compare(model, model.CreateStream(), (step, output) => output[3] = step == frame ? MathF.BitIncrement(output[3]) : output[3]);

        Assert.Equal(("Step", 0, frame, 3), (result.First!.Form, result.First.Sequence, result.First.Frame, result.First.Output));
        Assert.Equal(MathF.BitIncrement(result.First.Expected), result.First.Actual);
        Assert.Equal(result.First.Actual - result.First.Expected, result.LargestDifference);
        Assert.Equal(2 * s_lengths.Sum(), result.Compared);
    }

    [Fact]
    public void A_state_that_a_stream_ignores_is_found_out()
    {
        KeywordModel model = KeywordModel.Create(5, 1);
        EquivalenceResult result = Compare(model, model.CreateStream(), (_, _) => { }, forget: true);

        // The second sequence begins with a state.
        Assert.Equal(("Run", 1, 0), (result.First!.Form, result.First.Sequence, result.First.Frame));
    }

    [Fact]
    public void A_number_of_steps_that_is_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KeywordModel.Create(5, 1).CheckEquivalence(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeywordModel.Create(5, 1).CheckEquivalence(int.MaxValue));
    }

    /// <summary>A model in training against a stream whose outputs are changed.</summary>
    private static EquivalenceResult Compare(KeywordModel model, KeywordModel.Stream stream, Action<int, float[]> change, bool forget = false)
    {
        using KeywordModel.Trainer trainer = model.CreateTrainer(EquivalenceCheck.GetOptions(Steps));
        float[] row = new float[model.OutputSize];
        int count = 0;
        return EquivalenceCheck.Compare<float>(
            trainer, Steps, seed: 4, chunk: 1, trainer.Add, trainer.Add, stream.Reset, forget ? _ => { } : stream.RestoreState, stream.Run,
            (input, output) =>
            {
                stream.Step(input, row);
                change(count++, row);
                row.CopyTo(output);
                return 1;
            },
            null);
    }

    private static void Exact(object model, int compared)
    {
        EquivalenceResult result = (EquivalenceResult)model.GetType().GetMethod("CheckEquivalence")!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, [Steps, 7UL], null)!;
        Assert.True(result.IsExact, $"{model.GetType().Name}: {result}");
        Assert.Equal(0, result.LargestDifference);
        Assert.Equal(compared, result.Compared);
    }
}
