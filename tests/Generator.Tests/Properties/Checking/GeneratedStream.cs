using System.Reflection;
using Seq.Embedded.Generator.Tests.Properties.Drawing;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>A stream of a generated model behind one interface for all: inputs are floats, also where they are tokens.</summary>
internal sealed class GeneratedStream
{
    private readonly GeneratedModel _model;
    private readonly object _stream;
    private readonly MethodInfo? _step;

    public GeneratedStream(GeneratedModel model, object stream)
    {
        _model = model;
        _stream = stream;
        _step = stream.GetType().GetMethod("Step");
    }

    private delegate void ReadValues(ReadOnlySpan<float> values);

    private delegate void WriteValues(Span<float> values);

    private delegate void ReadToken(int token);

    private delegate void ValuesToValues(ReadOnlySpan<float> input, Span<float> output);

    private delegate void TokenToValues(int token, Span<float> output);

    private delegate void TokensToValues(ReadOnlySpan<int> tokens, Span<float> output);

    private delegate void ValuesAndStateToValues(ReadOnlySpan<float> input, ReadOnlySpan<float> state, Span<float> output);

    private delegate void TokensAndStateToValues(ReadOnlySpan<int> tokens, ReadOnlySpan<float> state, Span<float> output);

    private delegate bool ValuesToSomeValues(ReadOnlySpan<float> input, Span<float> output);

    private delegate bool TokenToSomeValues(int token, Span<float> output);

    private delegate int WriteSomeValues(Span<float> output);

    /// <summary>True for models that take one time step at a time.</summary>
    public bool HasStep => _step is not null;

    private DrawnSpec Spec => _model.Spec;

    /// <summary>A sequence from a given state, as the kind of model is given one.</summary>
    public float[] Run(ReadOnlySpan<float> inputs, float[] state)
    {
        if (HasStep)
        {
            RestoreState(state);
            return Run(inputs);
        }

        float[] outputs = NewOutputs(inputs);
        if (Spec.ReadsTokens)
        {
            Bind<TokensAndStateToValues>("Run")(GeneratedModel.Tokens(inputs), state, outputs);
        }
        else
        {
            Bind<ValuesAndStateToValues>("Run")(inputs, state, outputs);
        }

        return outputs;
    }

    /// <summary>A sequence from the stream's state on, or of a model that reads the whole sequence from its initial state.</summary>
    public float[] Run(ReadOnlySpan<float> inputs)
    {
        float[] outputs = NewOutputs(inputs);
        if (Spec.ReadsTokens)
        {
            Bind<TokensToValues>("Run")(GeneratedModel.Tokens(inputs), outputs);
        }
        else
        {
            Bind<ValuesToValues>("Run")(inputs, outputs);
        }

        return outputs;
    }

    /// <summary>Step by step, with the end that the kind of model has.</summary>
    public float[] Steps(ReadOnlySpan<float> inputs)
    {
        int size = _model.ValuesPerStep;
        List<float> outputs = [];
        float[] output = new float[_model.OutputSize * Math.Max(1, Spec.LookAhead)];
        for (int first = 0; first < inputs.Length; first += size)
        {
            if (Step(inputs.Slice(first, size), output))
            {
                outputs.AddRange(output);
            }
        }

        if (Spec.LookAhead > 0)
        {
            int rows = Bind<WriteSomeValues>("Flush")(output);
            outputs.AddRange(output.AsSpan(0, rows * _model.OutputSize));
        }

        if (Spec.ManyToOne)
        {
            Bind<WriteValues>("Output")(output);
            outputs.AddRange(output.AsSpan(0, _model.OutputSize));
        }

        return [.. outputs];
    }

    public float[] SaveState()
    {
        float[] snapshot = new float[_model.StateSize];
        Bind<WriteValues>("SaveState")(snapshot);
        return snapshot;
    }

    public void RestoreState(float[] snapshot) => Bind<ReadValues>("RestoreState")(snapshot);

    public void Reset()
    {
        if (HasStep)
        {
            Bind<Action>("Reset")();
        }
    }

    /// <summary>One step; true when it has outputs.</summary>
    private bool Step(ReadOnlySpan<float> input, Span<float> output)
    {
        bool some = _step!.ReturnType == typeof(bool), one = Spec.ManyToOne;
        switch (Spec.ReadsTokens, one, some)
        {
            case (false, true, _):
                Bind<ReadValues>("Step")(input);
                return false;
            case (true, true, _):
                Bind<ReadToken>("Step")((int)input[0]);
                return false;
            case (false, false, false):
                Bind<ValuesToValues>("Step")(input, output);
                return true;
            case (true, false, false):
                Bind<TokenToValues>("Step")((int)input[0], output);
                return true;
            case (false, false, true):
                return Bind<ValuesToSomeValues>("Step")(input, output);
            default:
                return Bind<TokenToSomeValues>("Step")((int)input[0], output);
        }
    }

    /// <summary>Room for the outputs of a sequence from the stream's state on.</summary>
    private float[] NewOutputs(ReadOnlySpan<float> inputs)
    {
        int steps = inputs.Length / _model.ValuesPerStep;
        return new float[_model.OutputLength(Spec.Stride > 1 && !Spec.ManyToOne ? Bind<Func<int, int>>("GetOutputSteps")(steps) : steps)];
    }

    private T Bind<T>(string method)
        where T : Delegate => (T)Delegate.CreateDelegate(typeof(T), _stream, method);
}
