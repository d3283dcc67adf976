namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Gates i, f, g, o; states h and c.</summary>
internal sealed class ReferenceLstm(Dictionary<string, double[]> tensors, string name, int stack, int inputs, LstmAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer.Units, gates: 4)
{
    public override bool HasC => true;

    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] next = new double[Units];
        for (int unit = 0; unit < Units; unit++)
        {
            double i = Sigmoid(X(0, unit, x) + H(0, unit, h));
            double f = Sigmoid(X(1, unit, x) + H(1, unit, h));
            double g = Math.Tanh(X(2, unit, x) + H(2, unit, h));
            double o = Sigmoid(X(3, unit, x) + H(3, unit, h));
            c[unit] = (f * c[unit]) + (i * g);
            next[unit] = o * Math.Tanh(c[unit]);
        }

        return next;
    }
}
