namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Gates r, z, n; the reset gate before or after the product.</summary>
internal sealed class ReferenceGru(Dictionary<string, double[]> tensors, string name, int stack, int inputs, GruAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer.Units, gates: 3)
{
    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] r = new double[Units], resetState = new double[Units], next = new double[Units];
        for (int unit = 0; unit < Units; unit++)
        {
            r[unit] = Sigmoid(X(0, unit, x) + H(0, unit, h));
            resetState[unit] = r[unit] * h[unit];
        }

        for (int unit = 0; unit < Units; unit++)
        {
            double z = Sigmoid(X(1, unit, x) + H(1, unit, h));
            double n = Math.Tanh(X(2, unit, x) + (layer.Reset == GruReset.AfterProduct ? r[unit] * H(2, unit, h) : H(2, unit, resetState)));
            next[unit] = ((1 - z) * n) + (z * h[unit]);
        }

        return next;
    }
}
