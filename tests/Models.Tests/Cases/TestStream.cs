namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>
/// A stream of a generated model behind one interface for all; delegates, so that calls allocate nothing. A model that reads whole sequences has
/// Run and SaveState only, and one that looks ahead gives the outputs of a chunk together.
/// </summary>
internal sealed class TestStream
{
    private readonly TestModel _model;
    private readonly StepWithOutput? _step;
    private readonly StepWithOutputAtTimes? _stridedStep;
    private readonly Func<int, int>? _getOutputSteps;
    private readonly ReadValues? _stepOnly;
    private readonly WriteValues? _output;
    private readonly StepOfChunk? _stepOfChunk;
    private readonly FlushChunk? _flush;
    private readonly StepWithOutput _run;
    private readonly RunFromState? _runFromState;
    private readonly Action? _reset;
    private readonly WriteValues _saveState;
    private readonly ReadValues? _restoreState;

    public TestStream(TestModel model, object stream)
    {
        T Bind<T>(string method)
            where T : Delegate => (T)Delegate.CreateDelegate(typeof(T), stream, method);

        _model = model;
        _saveState = Bind<WriteValues>("SaveState");
        if (model.Case.TakesTokens)
        {
            BindTokens(model, Bind<StepToken>("Step"), Bind<RunTokens>("Run"), out _step, out _run);
            _reset = Bind<Action>("Reset");
            _restoreState = Bind<ReadValues>("RestoreState");
            return;
        }

        _run = Bind<StepWithOutput>("Run");
        if (model.Case.ReadsWholeSequence)
        {
            _runFromState = Bind<RunFromState>("Run");
            return;
        }

        _reset = Bind<Action>("Reset");
        _restoreState = Bind<ReadValues>("RestoreState");
        if (model.Case.LookAhead > 0)
        {
            _stepOfChunk = Bind<StepOfChunk>("Step");
            _flush = Bind<FlushChunk>("Flush");
        }
        else if (model.Case.ManyToOne)
        {
            _stepOnly = Bind<ReadValues>("Step");
            _output = Bind<WriteValues>("Output");
        }
        else if (model.Case.OutputStride > 1)
        {
            _stridedStep = Bind<StepWithOutputAtTimes>("Step");
            _getOutputSteps = Bind<Func<int, int>>("GetOutputSteps");
        }
        else
        {
            _step = Bind<StepWithOutput>("Step");
        }
    }

    private delegate void ReadValues(ReadOnlySpan<float> values);

    private delegate void WriteValues(Span<float> values);

    private delegate void StepToken(int token, Span<float> output);

    private delegate void RunTokens(ReadOnlySpan<int> tokens, Span<float> outputs);

    private delegate void StepWithOutput(ReadOnlySpan<float> input, Span<float> output);

    private delegate bool StepWithOutputAtTimes(ReadOnlySpan<float> input, Span<float> output);

    private delegate bool StepOfChunk(ReadOnlySpan<float> input, Span<float> outputs);

    private delegate int FlushChunk(Span<float> outputs);

    private delegate void RunFromState(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState, Span<float> outputs);

    /// <summary>Calls with values that stand for tokens.</summary>
    private static void BindTokens(TestModel model, StepToken step, RunTokens run, out StepWithOutput stepValues, out StepWithOutput runValues)
    {
        stepValues = (input, output) => step(model.Case.Token(input[0]), output);
        runValues = (inputs, outputs) =>
        {
            Span<int> tokens = stackalloc int[inputs.Length];
            run(model.Tokens(inputs, tokens), outputs);
        };
    }

    /// <summary>One step; the output of a many-to-one model is computed after it.</summary>
    /// <returns>True when there is an output.</returns>
    public bool Step(ReadOnlySpan<float> input, Span<float> output)
    {
        if (_stridedStep is not null)
        {
            return _stridedStep(input, output);
        }

        if (_step is not null)
        {
            _step(input, output);
        }
        else
        {
            _stepOnly!(input);
            _output!(output);
        }

        return true;
    }

    /// <summary>Values of the outputs that Run gives for so many time steps.</summary>
    public int OutputLength(int steps) => _getOutputSteps is null ? _model.OutputLength(steps) : _getOutputSteps(steps) * _model.OutputSize;

    /// <summary>One step of a model that looks ahead.</summary>
    public bool StepOf(ReadOnlySpan<float> input, Span<float> outputs) => _stepOfChunk!(input, outputs);

    public int Flush(Span<float> outputs) => _flush!(outputs);

    /// <summary>Step by step; for a many-to-one model with one output at the end. A model that reads whole sequences runs.</summary>
    public float[] Steps(ReadOnlySpan<float> inputs)
    {
        if (_runFromState is not null)
        {
            return Run(inputs);
        }

        if (_stepOfChunk is not null)
        {
            return StepsOfChunks(inputs);
        }

        int size = _model.Case.Input, steps = inputs.Length / size;
        float[] outputs = new float[OutputLength(steps)], output = new float[_model.OutputSize];
        int row = 0;
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<float> input = inputs.Slice(t * size, size);
            if (_stepOnly is not null)
            {
                _stepOnly(input);
            }
            else if (Step(input, output))
            {
                output.CopyTo(outputs, row++ * output.Length);
            }
        }

        Assert.True(_stepOnly is not null || row * output.Length == outputs.Length, $"{_model.Case.Name}: {row} outputs of {steps} steps.");

        _output?.Invoke(outputs);
        return outputs;
    }

    public void Run(ReadOnlySpan<float> inputs, Span<float> outputs) => _run(inputs, outputs);

    public float[] Run(ReadOnlySpan<float> inputs)
    {
        float[] outputs = new float[OutputLength(inputs.Length / _model.Case.Input)];
        _run(inputs, outputs);
        return outputs;
    }

    /// <summary>A run of a model that reads whole sequences, from a given state.</summary>
    public void Run(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState, Span<float> outputs) => _runFromState!(inputs, initialState, outputs);

    /// <summary>Back to the first time step; every run of a model that reads whole sequences starts there by itself.</summary>
    public void Reset() => _reset?.Invoke();

    public void SaveState(Span<float> snapshot) => _saveState(snapshot);

    public void RestoreState(ReadOnlySpan<float> snapshot) => _restoreState!(snapshot);

    private float[] StepsOfChunks(ReadOnlySpan<float> inputs)
    {
        int size = _model.Case.Input, chunk = _model.Case.LookAhead * _model.OutputSize;
        List<float> outputs = [];
        float[] rows = new float[chunk];
        for (int at = 0; at < inputs.Length; at += size)
        {
            if (_stepOfChunk!(inputs.Slice(at, size), rows))
            {
                outputs.AddRange(rows);
            }
        }

        outputs.AddRange(rows.AsSpan(0, _flush!(rows) * _model.OutputSize));
        return [.. outputs];
    }
}
