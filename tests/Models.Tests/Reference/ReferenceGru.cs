namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Gates r, z, n; the reset gate before or after the product, or none.</summary>
internal sealed class ReferenceGru(Dictionary<string, double[]> tensors, string name, int stack, int inputs, GruAttribute layer)
    : ReferenceRecurrent(tensors, name, stack, inputs, layer, layer.Reset == GruReset.None ? 2 : 3, normalize: layer.Normalize)
{
    protected override double[] Step(double[] x, double[] h, double[] c)
    {
        double[] ofX = X(x), ofH = H(h), next = new double[Units];
        int z = layer.Reset == GruReset.None ? 0 : Units, n = z + Units;
        double[] r = [.. Enumerable.Range(0, Units).Select(unit => layer.Reset == GruReset.None ? 1 : Sigmoid(ofX[unit] + ofH[unit]))];
        double[] ofReset = layer.Reset == GruReset.BeforeProduct ? H([.. r.Zip(h, (a, b) => a * b)]) : ofH;
        for (int unit = 0; unit < Units; unit++)
        {
            double update = Sigmoid(ofX[z + unit] + ofH[z + unit]);
            double fromH = ofReset[n + unit] * (layer.Reset == GruReset.AfterProduct ? r[unit] : 1);
            next[unit] = ((1 - update) * Math.Tanh(ofX[n + unit] + fromH)) + (update * h[unit]);
        }

        return next;
    }
}
