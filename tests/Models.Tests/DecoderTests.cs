using Seq.Embedded.Decoding;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Models.Tests.Reference;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Encoder-decoder models: outputs, gradients, the bits of steps and of training, decoding, and what they refuse.</summary>
public class DecoderTests
{
    private static readonly (int Source, int Target)[] Lengths = [(3, 4), (1, 6), (7, 1), (33, 3), (3, 2), (6, 5)];

    public static TheoryData<string> Names => DecoderCase.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_give_the_outputs_of_the_reference(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(51);
        ReferenceDecoder reference = new(model, instance);
        ISequenceDecoder stream = model.CreateStream(instance, 40);
        for (int i = 0; i < Lengths.Length; i++)
        {
            float[] source = model.Source(Lengths[i].Source, i);
            int[] target = model.Target(Lengths[i].Target, i);
            Compare.Close(name, $"outputs of pair {i}", [.. reference.Forward(source, target).SelectMany(row => row)], model.Steps(stream, source, target), 2e-6, floor: 1);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forward_of_a_trainer_gives_the_bits_of_the_steps(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(52);
        ISequenceDecoder stream = model.CreateStream(instance, 40);
        (int Source, int Target)[] lengths = [.. Lengths, (5, 5), (2, 9), (9, 2), (4, 4), (8, 8), (1, 1), (12, 7), (2, 2), (40, 9)];
        using SequenceTrainer trainer = model.CreateTrainer(instance, new TrainerOptions { MaxBatch = lengths.Length, MaxSteps = 40, MaxTargetSteps = 9, Threads = 2 });
        for (int round = 0; round < 2; round++)
        {
            trainer.Clear();
            for (int i = 0; i < lengths.Length; i++)
            {
                model.Adder(trainer)(model.Source(lengths[i].Source, i + round), model.Target(lengths[i].Target, i + round));
            }

            trainer.Forward(training: false);
            for (int i = 0; i < lengths.Length; i++)
            {
                float[] expected = model.Steps(stream, model.Source(lengths[i].Source, i + round), model.Target(lengths[i].Target, i + round));
                Compare.SameBits(name, $"outputs of pair {i}", expected, trainer.GetOutputs(i));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(53);
        (int Source, int Target)[] lengths = [(2, 3), (4, 1), (1, 2)];
        float[][] sources = [.. lengths.Select((length, i) => model.Source(length.Source, 20 + i))];
        int[][] targets = [.. lengths.Select((length, i) => model.Target(length.Target, 30 + i))], labels = [.. lengths.Select((length, i) => model.Target(length.Target, 40 + i))];
        using SequenceTrainer trainer = model.CreateTrainer(instance, new TrainerOptions { MaxBatch = 3, MaxSteps = 4 });

        // A batch of other lengths before: nothing of it stays.
        model.Adder(trainer)(model.Source(4, 1), model.Target(4, 1));
        trainer.Forward();
        trainer.CrossEntropy(0, model.Target(4, 2));
        trainer.Backward();
        trainer.Clear();
        for (int i = 0; i < lengths.Length; i++)
        {
            model.Adder(trainer)(sources[i], targets[i]);
        }

        trainer.Forward(training: false);
        double loss = Enumerable.Range(0, lengths.Length).Sum(i => trainer.CrossEntropy(i, labels[i]));
        trainer.Backward();
        ReferenceDecoder reference = new(model, instance);
        double Loss() => -sources.Select((source, i) => reference.Forward(source, targets[i]).Select((row, t) => Math.Log(row[labels[i][t]])).Sum()).Sum();
        Assert.Equal(Loss(), loss, 1e-5);
        Dictionary<string, float[]> gradients = model.Gradients(trainer);
        Assert.Equal(reference.Tensors.Keys.Order(), gradients.Keys.Order());
        foreach ((string tensor, double[] values) in reference.Tensors)
        {
            double[] expected = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                const double Width = 1e-6;
                double value = values[i];
                values[i] = value + Width;
                double above = Loss();
                values[i] = value - Width;
                double below = Loss();
                values[i] = value;
                expected[i] = (above - below) / (2 * Width);
            }

            Compare.Close(name, $"gradient of {tensor}", expected, gradients[tensor], 2e-5, floor: 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_do_not_depend_on_the_number_of_threads_or_the_order_of_targets(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(54);
        Dictionary<string, float[]> Train(int threads)
        {
            using SequenceTrainer trainer = model.CreateTrainer(instance, new TrainerOptions { MaxBatch = 26, MaxSteps = 9, Threads = threads, Seed = 5 });
            for (int update = 0; update < 3; update++)
            {
                for (int i = 0; i < 26; i++)
                {
                    model.Adder(trainer)(model.Source(1 + (i * 4 % 9), i), model.Target(1 + (i * 7 % 9), i));
                }

                trainer.Forward();
                for (int i = 0; i < 26; i++)
                {
                    trainer.CrossEntropy(i, model.Target(1 + (i * 7 % 9), i + 1), 0.1f);
                }

                trainer.Backward();
                trainer.Update(0.01f);
            }

            return model.Tensors(trainer.GetType().GetMethod("ToModel")!.Invoke(trainer, [null])!);
        }

        Dictionary<string, float[]> expected = Train(1);
        Compare.SameBits(name, expected, Train(3));
        Assert.NotEqual(expected.Values.First(), model.Tensors(instance).Values.First());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_restored_snapshot_goes_on_with_the_same_bits_and_Reset_begins_anew(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(55);
        ISequenceDecoder stream = model.CreateStream(instance, 9);
        float[] source = model.Source(5, 1), snapshot = new float[stream.StateSize], output = new float[model.Vocabulary], again = new float[model.Vocabulary];
        int[] target = model.Target(6, 2);
        float[] expected = model.Steps(stream, source, target);
        for (int steps = 0; steps < 3; steps++)
        {
            stream.GetType().GetMethod("Reset")!.Invoke(stream, []);
            for (int t = 0; t < steps; t++)
            {
                stream.Step(target[t], output);
            }

            stream.SaveState(snapshot);
            stream.Step(target[steps], output);
            Compare.SameBits(name, "step after Reset", expected.AsSpan(steps * model.Vocabulary, model.Vocabulary), output);
            stream.Step(0, output);
            stream.RestoreState(snapshot);
            stream.Step(target[steps], again);
            Compare.SameBits(name, "step after RestoreState", expected.AsSpan(steps * model.Vocabulary, model.Vocabulary), again);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Beam_search_of_width_one_is_greedy(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(56);
        ISequenceDecoder stream = model.CreateStream(instance, 9);
        float[] probabilities = new float[model.Vocabulary], start = new float[stream.StateSize];
        int[] tokens = new int[12];
        BeamSearch one = new(model.Vocabulary, stream.StateSize, width: 1, maxTokens: 12), four = new(model.Vocabulary, stream.StateSize, width: 4, maxTokens: 12);
        for (int i = 0; i < 5; i++)
        {
            model.EncoderOf(stream)(model.Source(3 + i, 60 + i));
            stream.SaveState(start);
            int count = Greedy.Decode(stream, 0, 1, probabilities, tokens, out double logProbability);
            stream.RestoreState(start);
            Assert.Equal(1, one.Decode(stream, 0, 1));
            Assert.Equal(tokens.AsSpan(0, count).ToArray(), one.GetTokens(0).ToArray());
            Assert.Equal(logProbability, one.GetLogProbability(0), 1e-9);
            Assert.True(four.Decode(stream, 0, 1) >= 1);
            Assert.True(four.GetLogProbability(0) >= logProbability - 1e-9);
        }
    }

    [Fact]
    public void A_language_model_is_a_decoder()
    {
        ISequenceDecoder stream = LanguageModel.Create(3).CreateStream();
        Assert.Equal(LanguageModel.OutputSize, stream.VocabularySize);
        Assert.Equal(LanguageModel.StateSize, stream.StateSize);
        int[] tokens = new int[7];
        Assert.Equal(7, Greedy.Decode(stream, 2, Greedy.NoEnd, new float[LanguageModel.OutputSize], tokens, out _));
        Assert.All(tokens, token => Assert.InRange(token, 0, LanguageModel.OutputSize - 1));
    }

    [Fact]
    public void A_translator_learns_to_reverse()
    {
        // Tokens 0 and 1 of the target begin and end it; token s of the source becomes s + 2.
        const int Batch = 32, MaxLength = 6;
        using ReverseModel.Trainer trainer = ReverseModel.Create(1).CreateTrainer(new TrainerOptions { MaxBatch = Batch, MaxSteps = MaxLength, MaxTargetSteps = MaxLength + 1 });
        Random random = new(1);
        int[] Draw() => [.. new int[random.Next(1, MaxLength + 1)].Select(_ => random.Next(ReverseModel.InputSize))];
        for (int update = 0; update < 700; update++)
        {
            trainer.Clear();
            int[][] sources = [.. Enumerable.Range(0, Batch).Select(_ => Draw())], targets = [.. sources.Select(Reversed)];
            for (int i = 0; i < Batch; i++)
            {
                trainer.Add(sources[i], [0, .. targets[i]]);
            }

            trainer.Forward();
            float scale = 1f / targets.Sum(target => target.Length + 1);
            for (int i = 0; i < Batch; i++)
            {
                trainer.CrossEntropy(i, [.. targets[i], 1], scale);
            }

            trainer.Backward();
            trainer.Update(update < 500 ? 0.01f : 0.002f);
        }

        ReverseModel.Stream stream = trainer.ToModel().CreateStream(MaxLength);
        BeamSearch beam = new(ReverseModel.OutputSize, ReverseModel.StateSize, width: 3, maxTokens: MaxLength + 1);
        float[] probabilities = new float[ReverseModel.OutputSize];
        int[] tokens = new int[MaxLength + 1];
        for (int i = 0; i < 100; i++)
        {
            int[] source = Draw();
            stream.Encode(source);
            beam.Decode(stream, 0, 1);
            Assert.Equal(Reversed(source), beam.GetTokens(0).ToArray());
            Assert.Equal(Reversed(source), tokens.AsSpan(0, Greedy.Decode(stream, 0, 1, probabilities, tokens, out _)).ToArray());
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_named()
    {
        AdditiveTranslator model = AdditiveTranslator.Create(1);
        AdditiveTranslator.Stream stream = model.CreateStream(3);
        float[] probabilities = new float[AdditiveTranslator.OutputSize];
        Assert.Contains("Step must follow Encode", Assert.Throws<InvalidOperationException>(() => stream.Step(0, probabilities)).Message, StringComparison.Ordinal);
        Assert.Contains("4 time steps; allowed: 1 to 3", Assert.Throws<ArgumentException>(() => stream.Encode([0, 0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => stream.Encode([]));
        Assert.Contains("0 to 6", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Encode([7])).Message, StringComparison.Ordinal);
        stream.Encode([6]);
        Assert.Contains("0 to 5", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Step(6, probabilities)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => stream.Step(0, new float[5]));
        Assert.Throws<ArgumentException>(() => stream.SaveState(new float[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateStream(0));

        using AdditiveTranslator.Trainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 3, MaxTargetSteps = 2 });
        Assert.Contains("3 tokens; allowed: 1 to 2 (MaxTargetSteps)", Assert.Throws<ArgumentException>(() => trainer.Add([0], [0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => trainer.Add([0], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Add([7], [0]));
        Assert.Equal("targetInputs", Assert.Throws<ArgumentOutOfRangeException>(() => trainer.Add([0], [6])).ParamName);
        Assert.Contains("has a decoder", Assert.Throws<InvalidOperationException>(() => trainer.Add(new float[3])).Message, StringComparison.Ordinal);
        Assert.Equal(0, trainer.Count);

        CaptionModel.Stream caption = CaptionModel.Create(1).CreateStream();
        Assert.Throws<ArgumentException>(() => caption.Encode(new float[12]));
    }

    [Fact]
    public void Constants_and_tensors_are_those_of_the_documentation()
    {
        DecoderCase model = DecoderCase.Get(nameof(AdditiveTranslator));
        Dictionary<string, int> lengths = model.Tensors(model.Create(1)).ToDictionary(tensor => tensor.Key, tensor => tensor.Value.Length);
        Assert.Equal(5 * 9, lengths["attention.query.weight"]);
        Assert.Equal(5, lengths["attention.query.bias"]);
        Assert.Equal(5 * 9, lengths["attention.key.weight"]);
        Assert.Equal(5, lengths["attention.score.weight"]);
        Assert.Equal(9 * 18, lengths["attention.combine.weight"]);
        Assert.Equal(9, lengths["attention.combine.bias"]);
        Assert.Equal(7 * 5, lengths["embedding.weight"]);
        Assert.Equal(6 * 4, lengths["decoder.embedding.weight"]);
        Assert.DoesNotContain("attention.key.bias", lengths.Keys);
        Assert.Equal(AdditiveTranslator.ParameterCount, lengths.Values.Sum());
        Assert.Equal(18, AdditiveTranslator.StateSize);
        Assert.Equal((27 * 5) + (3 * 27 * 9) + 45, AdditiveTranslator.MultiplyAddsPerSourceStep);
        Assert.Equal((27 * 4) + (3 * 27 * 9) + 45 + (9 * 18) + (6 * 9), AdditiveTranslator.MultiplyAddsPerStep);
    }

    /// <summary>The tokens of a source from the last to the first, as tokens of the target.</summary>
    private static int[] Reversed(int[] source) => [.. source.Reverse().Select(token => token + 2)];
}
