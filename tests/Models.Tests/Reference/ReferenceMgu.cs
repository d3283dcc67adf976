namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Gates f, n.</summary>
internal sealed class ReferenceMgu(Dictionary<string, double[]> tensors, string name, int stack, int inputs, MguAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer, gates: 2)
{
    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] ofX = X(x), ofH = H(h);
        double[] f = [.. Enumerable.Range(0, Units).Select(unit => Sigmoid(ofX[unit] + ofH[unit]))];
        double[] ofForget = H([.. f.Zip(h, (a, b) => a * b)]);
        return [.. f.Select((forget, unit) => ((1 - forget) * h[unit]) + (forget * Math.Tanh(ofX[Units + unit] + ofForget[Units + unit])))];
    }
}
