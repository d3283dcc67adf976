namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh).</summary>
internal sealed class ReferenceRnn(Dictionary<string, double[]> tensors, string name, int stack, int inputs, RnnAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer, gates: 1)
{
    protected override double[] Step(double[] x, double[] h, double[] c) =>
        [.. X(x).Zip(H(h), (a, b) => layer.Activation == Activation.Relu ? Math.Max(a + b, 0) : Math.Tanh(a + b))];
}
