using Seq.Embedded.Training;

namespace Seq.Embedded.Arm;

/// <summary>Calls of a model's Step or Run with random inputs, uniform in -2 to 2.</summary>
internal sealed class ModelWorkload(ModelWorkload.Call call, int inputs, int outputs, int calls) : Workload(outputs, calls)
{
    private readonly CounterRandom _random = new(seed: 7, stream: 0);
    private readonly float[] _input = new float[inputs];
    private ulong _drawn;

    public delegate void Call(ReadOnlySpan<float> input, Span<float> output);

    public override void Draw()
    {
        _random.FillUniform(_drawn, _input);
        _drawn += (ulong)_input.Length;
        foreach (ref float value in _input.AsSpan())
        {
            value = (4 * value) - 2;
        }
    }

    public override void Next(Span<float> results) => call(_input, results);
}
