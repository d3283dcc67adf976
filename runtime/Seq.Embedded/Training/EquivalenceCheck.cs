using System.Runtime.InteropServices;

namespace Seq.Embedded.Training;

/// <summary>Compares the forms of a model bit for bit: the forward pass of training, Run and Step. Generated <c>CheckEquivalence</c> methods call it.</summary>
/// <remarks>
/// Nine sequences of random inputs, of the steps asked for, an eighth less each time, and one at last, make one batch of a trainer (<c>Forward(training: false)</c>): two
/// shards. The second begins with a given state where the model allows it. A stream then runs each of them in pieces of uneven lengths, and steps through it from the start.
/// </remarks>
public static class EquivalenceCheck
{
    private const int Sequences = 9;

    /// <summary>The sequence that begins with a given state.</summary>
    private const int WithState = 1;

    /// <summary>The longest piece of a run, in time steps or chunks: some are longer and some shorter than what Run computes at once.</summary>
    private const int LongestPiece = 40;

    // Delegates of their own: generic ones of spans would ask users' projects for C# 13.

    /// <summary>Adds a sequence to a trainer.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="inputs">The sequence.</param>
    /// <returns>Its index in the batch.</returns>
    public delegate int AddCall<T>(ReadOnlySpan<T> inputs);

    /// <summary>Adds a sequence that begins with a given state to a trainer.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="inputs">The sequence.</param>
    /// <param name="initialState">The state, as a snapshot.</param>
    /// <returns>Its index in the batch.</returns>
    public delegate int AddFromCall<T>(ReadOnlySpan<T> inputs, ReadOnlySpan<float> initialState);

    /// <summary>Gives a state to a stream.</summary>
    /// <param name="state">The state, as a snapshot.</param>
    public delegate void RestoreCall(ReadOnlySpan<float> state);

    /// <summary>Adds a source and a target to a trainer.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="targetInputs">The tokens that the decoder takes.</param>
    /// <returns>Index of the pair in the batch.</returns>
    public delegate int AddPairCall<T>(ReadOnlySpan<T> source, ReadOnlySpan<int> targetInputs);

    /// <summary>Runs a stream over a piece of a sequence.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="inputs">The piece.</param>
    /// <param name="outputs">Receives its outputs.</param>
    public delegate void RunCall<T>(ReadOnlySpan<T> inputs, Span<float> outputs);

    /// <summary>Makes one step of a stream.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="input">The input.</param>
    /// <param name="outputs">Receives what output rows the step gives.</param>
    /// <returns>Number of those rows.</returns>
    public delegate int StepCall<T>(ReadOnlySpan<T> input, Span<float> outputs);

    /// <summary>Ends the steps of a sequence.</summary>
    /// <param name="outputs">Receives the rows that are left.</param>
    /// <returns>Number of those rows.</returns>
    public delegate int EndCall(Span<float> outputs);

    /// <summary>Gives a source to a stream.</summary>
    /// <typeparam name="T">float or int.</typeparam>
    /// <param name="source">The source.</param>
    public delegate void EncodeCall<T>(ReadOnlySpan<T> source);

    /// <summary>Makes one step of a decoder.</summary>
    /// <param name="token">The token that it takes.</param>
    /// <param name="outputs">Receives the probabilities of the next.</param>
    public delegate void DecodeCall(int token, Span<float> outputs);

    /// <summary>The options of a trainer for sequences of so many time steps.</summary>
    /// <param name="steps">Time steps of the longest sequence.</param>
    public static TrainerOptions GetOptions(int steps) => new() { MaxBatch = Sequences, MaxSteps = steps };

    /// <summary>Compares a model without decoder.</summary>
    /// <typeparam name="T">float where inputs are vectors, int where they are tokens.</typeparam>
    /// <param name="trainer">A trainer of the model, made with <see cref="GetOptions"/>.</param>
    /// <param name="steps">Time steps of the longest sequence.</param>
    /// <param name="seed">Seed of inputs and pieces.</param>
    /// <param name="chunk">Time steps of which Run takes whole multiples but for the end of a sequence; 0 where it takes whole sequences only.</param>
    /// <param name="add">Adds a sequence to the trainer, or null where training computes something else: with weights of 8 bits.</param>
    /// <param name="addFrom">Adds a sequence with a state to the trainer; null where training computes something else or the model has no state to give.</param>
    /// <param name="reset">Begins a sequence of the stream.</param>
    /// <param name="restore">Gives the stream a state; null where the model has none to give.</param>
    /// <param name="run">Runs the stream over a piece; receives the outputs of it, or of the sequence so far where it has one output.</param>
    /// <param name="step">Makes one step and returns the number of output rows that it gave; null where the model has no steps.</param>
    /// <param name="end">Ends a sequence of steps and returns the number of output rows that it gave, or null where all rows come with steps.</param>
    /// <returns>What differs.</returns>
    public static EquivalenceResult Compare<T>(
        SequenceTrainer trainer, int steps, ulong seed, int chunk, AddCall<T>? add, AddFromCall<T>? addFrom, Action reset, RestoreCall? restore, RunCall<T> run,
        StepCall<T>? step, EndCall? end)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(reset);
        ArgumentNullException.ThrowIfNull(run);
        TrainerLayout layout = trainer.Layout;
        T[][] inputs = GetSequences<T>(layout, steps, seed);
        float[] state = new float[layout.StateSize];
        new CounterRandom(seed, 2 * Sequences).FillUniform(0, state);
        Forward(trainer, add is null ? null : sequence => _ = sequence == WithState && addFrom is not null ? addFrom(inputs[sequence], state) : add(inputs[sequence]));
        Comparison comparison = new(layout.OutputSize);
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            int count = inputs[sequence].Length / layout.InputWidth;
            float[] outputs = new float[GetRows(layout, count) * layout.OutputSize];
            Begin(sequence);
            Run(layout, inputs[sequence], outputs, chunk, new CounterRandom(seed, (ulong)(Sequences + sequence)), run);
            float[] expected = outputs;
            if (add is not null)
            {
                expected = trainer.GetOutputs(sequence).ToArray();
                comparison.Add("Run", sequence, expected, outputs);
            }

            if (step is not null)
            {
                Begin(sequence);
                comparison.Add("Step", sequence, expected, GetSteps(layout, inputs[sequence], outputs.Length, chunk, step, end));
            }
        }

        return comparison.Result;

        void Begin(int sequence)
        {
            reset();
            if (sequence == WithState)
            {
                restore?.Invoke(state);
            }
        }
    }

    /// <summary>Compares a model with a decoder: training with the steps after Encode.</summary>
    /// <typeparam name="T">float where the source is of vectors, int where it is of tokens.</typeparam>
    /// <param name="trainer">A trainer of the model, made with <see cref="GetOptions"/>.</param>
    /// <param name="steps">Time steps of the longest source and tokens of the longest target.</param>
    /// <param name="seed">Seed of sources and targets.</param>
    /// <param name="add">Adds a pair to the trainer.</param>
    /// <param name="encode">Takes a source.</param>
    /// <param name="step">Takes a token and gives the probabilities of the next one.</param>
    /// <returns>What differs.</returns>
    public static EquivalenceResult CompareDecoder<T>(
        SequenceTrainer trainer, int steps, ulong seed, AddPairCall<T> add, EncodeCall<T> encode, DecodeCall step)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(step);
        TrainerLayout layout = trainer.Layout;
        T[][] sources = GetSequences<T>(layout, steps, seed);
        int[][] targets = new int[Sequences][];
        for (int i = 0; i < Sequences; i++)
        {
            // The longest target has not the longest source.
            targets[i] = GetTokens(new CounterRandom(seed, (ulong)(Sequences + i)), GetLength(steps, (i + 1) % Sequences), layout.TargetSize);
        }

        Forward(trainer, sequence => add(sources[sequence], targets[sequence]));
        Comparison comparison = new(layout.OutputSize);
        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            float[] outputs = new float[targets[sequence].Length * layout.OutputSize];
            encode(sources[sequence]);
            for (int t = 0; t < targets[sequence].Length; t++)
            {
                step(targets[sequence][t], outputs.AsSpan(t * layout.OutputSize, layout.OutputSize));
            }

            comparison.Add("Step", sequence, trainer.GetOutputs(sequence), outputs);
        }

        return comparison.Result;
    }

    private static void Forward(SequenceTrainer trainer, Action<int>? add)
    {
        if (add is null)
        {
            return;
        }

        for (int sequence = 0; sequence < Sequences; sequence++)
        {
            add(sequence);
        }

        trainer.Forward(training: false);
    }

    private static void Run<T>(TrainerLayout layout, ReadOnlySpan<T> inputs, Span<float> outputs, int chunk, CounterRandom random, RunCall<T> run)
    {
        int count = inputs.Length / layout.InputWidth, piece;
        for (int first = 0; first < count; first += piece)
        {
            piece = chunk == 0 ? count : (int)Math.Min(count - first, chunk * (1 + (random.GetBits((ulong)first) % LongestPiece)));
            int row = layout.OutputAxis < 0 ? 0 : GetRows(layout, first) * layout.OutputSize, end = GetRows(layout, first + piece) * layout.OutputSize;
            run(inputs.Slice(first * layout.InputWidth, piece * layout.InputWidth), outputs[row..end]);
        }
    }

    private static float[] GetSteps<T>(
        TrainerLayout layout, ReadOnlySpan<T> inputs, int length, int chunk, StepCall<T> step, EndCall? end)
    {
        float[] rows = new float[chunk * layout.OutputSize];
        List<float> outputs = new(length);
        for (; !inputs.IsEmpty; inputs = inputs[layout.InputWidth..])
        {
            int count = step(inputs[..layout.InputWidth], rows);
            outputs.AddRange(rows.AsSpan(0, count * layout.OutputSize));
        }

        if (end is not null)
        {
            int count = end(rows);
            outputs.AddRange(rows.AsSpan(0, count * layout.OutputSize));
        }

        return [.. outputs];
    }

    private static int GetRows(TrainerLayout layout, int steps) => layout.GetSteps(layout.OutputAxis, steps, 0);

    private static int GetLength(int steps, int sequence)
    {
        const int Last = Sequences - 1;
        return (int)Math.Max(1, (((long)steps * (Last - sequence)) + Last - 1) / Last);
    }

    private static T[][] GetSequences<T>(TrainerLayout layout, int steps, ulong seed)
        where T : unmanaged
    {
        T[][] sequences = new T[Sequences][];
        for (int i = 0; i < Sequences; i++)
        {
            CounterRandom random = new(seed, (ulong)i);
            int length = (layout.OneStep ? 1 : GetLength(steps, i)) * layout.InputWidth;
            sequences[i] = layout.Tokens
                ? MemoryMarshal.Cast<int, T>(GetTokens(random, length, layout.InputSize)).ToArray()
                : MemoryMarshal.Cast<float, T>(GetValues(random, length)).ToArray();
        }

        return sequences;
    }

    private static int[] GetTokens(CounterRandom random, int length, int vocabulary)
    {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++)
        {
            tokens[i] = (int)(random.GetBits((ulong)i) % (uint)vocabulary);
        }

        return tokens;
    }

    private static float[] GetValues(CounterRandom random, int length)
    {
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = random.GetGaussian((ulong)i);
        }

        return values;
    }

    /// <summary>What has been compared so far.</summary>
    private sealed class Comparison(int outputs)
    {
        private int _compared;
        private float _largest;
        private EquivalenceDifference? _first;

        internal EquivalenceResult Result => new(_compared, _largest, _first);

        internal void Add(string form, int sequence, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
        {
            if (expected.Length != actual.Length)
            {
                throw new InvalidOperationException($"{form} gave {actual.Length / outputs} output vectors in sequence {sequence}; expected: {expected.Length / outputs}.");
            }

            _compared += expected.Length / outputs;
            for (int i = 0; i < expected.Length; i++)
            {
                if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                {
                    _largest = MathF.Max(_largest, MathF.Abs(expected[i] - actual[i]));
                    _first ??= new EquivalenceDifference(form, sequence, i / outputs, i % outputs, expected[i], actual[i]);
                }
            }
        }
    }
}
