using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Nothing is allocated per step, per sequence or per training step. Alone, as the second counts the bytes of all threads.</summary>
[Collection(AloneCollection.Name)]
public class AllocationTests
{
    private const int WarmUpCalls = 10;
    private const int Calls = 10;
    private const int Attempts = 3;

    [Theory]
    [ClassData(typeof(ModelNames))]
    [ClassData(typeof(Int8ModelNames))]
    public void Streams_allocate_nothing(string name)
    {
        const int Steps = 40;
        TestModel model = ModelCase.Get(name).Create();
        TestStream stream = model.CreateStream();
        float[] input = new float[model.Case.Input], output = new float[model.OutputSize], snapshot = new float[model.StateSize];
        float[] inputs = TestData.Values(Steps * model.Case.Input, 1), outputs = new float[model.OutputLength(Steps)];
        float[] chunk = new float[model.Case.LookAhead * model.OutputSize];
        void Use()
        {
            for (int i = 0; i < 10 && !model.Case.ReadsWholeSequence; i++)
            {
                if (model.Case.LookAhead > 0)
                {
                    stream.StepOf(input, chunk);
                }
                else
                {
                    stream.Step(input, output);
                }
            }

            if (model.Case.LookAhead > 0)
            {
                stream.Flush(chunk);
            }

            if (!model.Case.ReadsWholeSequence)
            {
                // From the start: with a stride the number of outputs depends on the steps before.
                stream.Reset();
            }

            stream.Run(inputs, outputs);
            if (model.Case.ReadsWholeSequence)
            {
                stream.SaveState(snapshot);
                stream.Run(inputs, snapshot, outputs);
                return;
            }

            stream.SaveState(snapshot);
            stream.Reset();
            stream.RestoreState(snapshot);
        }

        AllocatesNothing(name, Use);
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    [ClassData(typeof(Int8ModelNames))]
    public void Training_steps_allocate_nothing_on_one_thread(string name)
    {
        using TrainingStep step = new(ModelCase.Get(name), TrainingStep.Plain);
        AllocatesNothing(name, () => step.Make());
    }

    public static TheoryData<TrainerOptions> Options =>
    [
        TrainingStep.Plain with { Optimizer = new SgdSettings { Momentum = 0.9 }, ClipValue = 0.1f, AverageDecay = 0.9 },
        TrainingStep.Plain with { Optimizer = new AdamSettings(), DropoutMask = DropoutMask.PerSequence },
    ];

    [Theory]
    [MemberData(nameof(Options))]
    public void Training_steps_with_other_options_allocate_nothing_even_when_they_are_taken_back(TrainerOptions options)
    {
        using TrainingStep step = new(ModelCase.Of<Models.DropoutModel>(), options);
        int made = 0;
        AllocatesNothing("DropoutModel", () => step.Make(accumulate: made++ % 3 == 0, spoil: made % 4 < 2));
        Assert.True(step.Restorations > 0, "Nothing was taken back.");
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Training_steps_with_frozen_layers_and_checkpoints_allocate_nothing(string name)
    {
        ModelCase model = ModelCase.Get(name);
        foreach (bool frozen in new[] { false, true })
        {
            using TrainingStep step = new(model, TrainingStep.Plain with
            {
                FrozenLayers = frozen ? [.. model.Create().LayerNames.SkipLast(1)] : [], ActivationCheckpointSteps = model.HasReverse || model.BeginsAnew ? 0 : 2,
            });
            AllocatesNothing(name, () => step.Make());
        }
    }

    [Theory]
    [InlineData(nameof(Models.KeywordModel))]
    [InlineData(nameof(Models.DropoutModel))]
    [InlineData(nameof(Models.LastHeadModel))]
    [InlineData(nameof(Models.GruBeforeStackModel))]
    public void Training_steps_allocate_nothing_on_two_threads(string name)
    {
        using TrainingStep step = new(ModelCase.Get(name), TrainingStep.Plain with { Threads = 2 });
        AllocatesNothingOnAnyThread(name, () => step.Make());
    }

    public static TheoryData<string> Decoders => [.. DecoderCase.Names, .. DecoderCase.Int8Names];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decoders_and_their_training_allocate_nothing(string name)
    {
        DecoderCase model = DecoderCase.Get(name);
        object instance = model.Create(1);
        Seq.Embedded.Decoding.ISequenceDecoder stream = model.CreateStream(instance, 40);
        using SequenceTrainer trainer = model.CreateTrainer(instance, new TrainerOptions { MaxBatch = 13, MaxSteps = 40, MaxTargetSteps = 4 });
        Action<float[]> encode = model.EncoderOf(stream);
        Action<float[], int[]> add = model.Adder(trainer);
        float[] source = model.Source(35, 1), probabilities = new float[model.Vocabulary], state = new float[stream.StateSize];
        int[] target = model.Target(4, 1);
        Seq.Embedded.Decoding.BeamSearch beam = new(model.Vocabulary, stream.StateSize, width: 2, maxTokens: 5);
        void Use()
        {
            encode(source);
            stream.Step(1, probabilities);
            stream.SaveState(state);
            stream.RestoreState(state);
            beam.Decode(stream, 0, 1);
            trainer.Clear();
            for (int i = 0; i < 13; i++)
            {
                add(source, target);
            }

            trainer.Forward();
            trainer.CrossEntropy(0, target);
            trainer.Backward();
            trainer.Update(1e-3f);
        }

        AllocatesNothing(name, Use);
    }

    /// <summary>
    /// Each of ten calls in a row allocates nothing on this thread; the calls before them load types and compile. Tiered compilation
    /// starts its thread, which allocates, from whatever call is under way when its timer ends, about once in a test run (never with
    /// <c>DOTNET_TieredCompilation=0</c>): then the count begins again, up to <see cref="Attempts"/> times. A model that allocates in
    /// at least one of ten calls fails them all.
    /// </summary>
    private static void AllocatesNothing(string name, Action call)
    {
        for (int i = 0; i < WarmUpCalls; i++)
        {
            call();
        }

        long[] allocated = new long[Calls];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            for (int i = 0; i < Calls; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                call();
                allocated[i] = GC.GetAllocatedBytesForCurrentThread() - before;
            }

            if (Array.TrueForAll(allocated, bytes => bytes == 0))
            {
                return;
            }
        }

        Assert.Fail($"{name}: {string.Join(", ", allocated)} bytes allocated by the last {Calls} calls; allowed: 0 each time.");
    }

    /// <summary>
    /// Counts the bytes of all threads, so the compiler's and the test runner's too: hence the least of several calls. What the call
    /// itself allocates, it allocates every time.
    /// </summary>
    private static void AllocatesNothingOnAnyThread(string name, Action call)
    {
        long least = long.MaxValue;
        for (int i = 0; i < WarmUpCalls + Calls && least > 0; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least == 0, $"{name}: at least {least} bytes allocated each time; allowed: 0.");
    }

    private sealed class TrainingStep : IDisposable
    {
        public static readonly TrainerOptions Plain = new() { MaxBatch = Sequences, MaxSteps = 5, MaxLabels = 1 };

        private const int Sequences = 14;

        private readonly int _input;
        private readonly bool _softmax;
        private readonly bool _sigmoid;
        private readonly bool _perStep;
        private readonly bool _hasStates;
        private readonly SequenceTrainer _trainer;
        private readonly TestModel.AddSequence _add;
        private readonly TestModel.AddSequenceFrom _addFrom;
        private readonly float[][] _inputs;
        private readonly int[][] _labels;
        private readonly float[][] _targets;
        private readonly float[][] _weights;
        private readonly float[][] _frozen = [];
        private readonly float[] _classWeights;
        private readonly float[] _snapshot;
        private readonly DetectorLoss _detector;

        public TrainingStep(ModelCase model, TrainerOptions options)
        {
            TestModel created = model.Create();
            int size = created.OutputSize;
            _input = model.Input;
            _softmax = model.Softmax;
            _sigmoid = model.Layers[^1] is DenseAttribute { Activation: Activation.Sigmoid, Residual: false };
            _perStep = !model.ManyToOne;
            _hasStates = !model.BeginsAnew;
            _inputs = TestData.Sequences(model, 1, [.. Enumerable.Range(0, Sequences).Select(i => 1 + (i % 5))]);
            _labels = [.. _inputs.Select(inputs => new int[created.OutputLength(inputs.Length / model.Input) / size])];
            _targets = [.. _labels.Select(labels => Filled(labels.Length * size, 0.5f))];
            _weights = [.. _labels.Select(labels => Filled(labels.Length, 2))];
            _classWeights = Filled(size, 0.5f);
            _snapshot = new float[created.StateSize];
            _detector = new DetectorLoss(Math.Max(2, size), smoothingSteps: 1);
            _trainer = created.CreateTrainer(options);
            _add = created.Adder(_trainer);
            _addFrom = _hasStates ? created.AdderFrom(_trainer) : (inputs, _) => _add(inputs);
            if (options.FrozenLayers.Count > 0)
            {
                _frozen = [.. _inputs.Select(inputs => _trainer.GetFrozenRows(_add(inputs)).ToArray())];
            }
        }

        public int Restorations => _trainer.Restorations;

        /// <param name="accumulate">Keeps the gradient in place of the update.</param>
        /// <param name="spoil">Makes the gradient infinite.</param>
        public void Make(bool accumulate = false, bool spoil = false)
        {
            _trainer.Clear();
            for (int i = 0; i < Sequences; i++)
            {
                if (IsFrozen(i))
                {
                    _trainer.AddFrozenRows(_frozen[i], _inputs[i].Length / _input);
                    _trainer.GetFrozenRows(i);
                }
                else if (i % 3 == 0)
                {
                    _addFrom(_inputs[i], _snapshot);
                }
                else
                {
                    _add(_inputs[i]);
                }
            }

            _trainer.Forward();
            for (int i = 0; i < Sequences; i++)
            {
                SetGradient(i);
                if (_hasStates && !IsFrozen(i))
                {
                    _trainer.SaveState(i, _snapshot);
                }
            }

            if (spoil)
            {
                _trainer.GetOutputGradients(1)[0] = float.PositiveInfinity;
            }

            _trainer.Backward();
            if (accumulate)
            {
                _trainer.Accumulate();
            }
            else
            {
                _trainer.Update(1e-3f);
            }
        }

        public void Dispose() => _trainer.Dispose();

        private static float[] Filled(int count, float value)
        {
            float[] values = new float[count];
            Array.Fill(values, value);
            return values;
        }

        private bool IsFrozen(int index) => _frozen.Length > 0 && index % 4 == 2;

        /// <summary>Every loss that the model can have.</summary>
        private void SetGradient(int index)
        {
            switch (index % 5)
            {
                case 0 when _softmax:
                    _trainer.CrossEntropy(index, _labels[index], 1, _classWeights, 0.1f);
                    break;
                case 1 when _softmax && _perStep:
                    _trainer.Ctc(index, [1]);
                    break;
                case 2 when _softmax && _perStep:
                    _trainer.Detector(index, 1, _detector);
                    break;
                case 0 when _sigmoid:
                    _trainer.BinaryCrossEntropy(index, _targets[index], 1, _weights[index]);
                    break;
                case 3:
                    _trainer.MeanSquaredError(index, _targets[index], 1, _weights[index]);
                    break;
                default:
                    _trainer.GetOutputGradients(index)[0] = _trainer.GetOutputs(index)[0];
                    break;
            }
        }
    }
}
