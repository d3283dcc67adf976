namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh).</summary>
internal sealed class ReferenceRnn(Dictionary<string, double[]> tensors, string name, int stack, int inputs, RnnAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer.Units, gates: 1)
{
    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] next = new double[Units];
        for (int unit = 0; unit < Units; unit++)
        {
            double sum = X(0, unit, x) + H(0, unit, h);
            next[unit] = layer.Activation == Activation.Relu ? Math.Max(sum, 0) : Math.Tanh(sum);
        }

        return next;
    }
}
