using static Seq.Embedded.Generator.Tests.Properties.Interpreting.Vectors;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>Gates i, f, g, o; coupled f, g, o with i = 1 - f. Peepholes of c in the same order, g left out.</summary>
internal sealed class LstmFormula : CellFormula
{
    private readonly bool _coupled;
    private readonly int _projected;
    private readonly double[]? _peepholes, _projection, _gain, _shift;

    public LstmFormula(LayerContext context, string suffix, int inputs)
        : base(context, suffix, inputs, context.Layer.Is("CoupledGates") ? 3 : 4)
    {
        int units = context.Units;
        _coupled = context.Layer.Is("CoupledGates");
        _projected = Outputs;
        if (context.Layer.Is("Peepholes"))
        {
            _peepholes = context.Tensor($"peephole_{suffix}", (_coupled ? 2 : 3) * units);
        }

        if (context.Layer["Projection"] is not ("0" or ""))
        {
            _projection = context.Tensor($"weight_hr_{suffix}", _projected, units);
        }

        if (context.Layer.Is("Normalize"))
        {
            _gain = context.Tensor($"norm_c_{suffix}.weight", units);
            _shift = context.Layer.Is("Bias") ? context.Tensor($"norm_c_{suffix}.bias", units) : null;
        }
    }

    public override int Outputs => Context.Layer["Projection"] is "0" or "" ? Context.Units : Context.Layer.Number("Projection");

    public override (string Name, int Size)[] States => [("h", Outputs), ("c", Context.Units)];

    public override double[][] Step(double[] x, double[][] state)
    {
        double[] c = state[1];
        double[][] a = FromInput(x), b = FromHidden(state[0]);
        int first = _coupled ? -1 : 0, units = Context.Units;
        double Peephole(int gate, double[] cell, int i) => _peepholes is null ? 0 : _peepholes[(gate * units) + i] * cell[i];
        double Sum(int gate, int i) => a[first + gate][i] + b[first + gate][i];

        double[] f = Units(i => Sigmoid(Sum(1, i) + Peephole(first + 1, c, i)));
        double[] input = _coupled ? Units(i => 1 - f[i]) : Units(i => Sigmoid(Sum(0, i) + Peephole(0, c, i)));
        double[] g = Units(i => Math.Tanh(Sum(2, i)));
        double[] next = Units(i => (f[i] * c[i]) + (input[i] * g[i]));
        double[] o = Units(i => Sigmoid(Sum(3, i) + Peephole(first + 2, next, i)));
        double[] shown = _gain is null ? next : Normalize(next, _gain, _shift);
        double[] h = Units(i => o[i] * Math.Tanh(shown[i]));
        return [_projection is null ? h : Affine(_projection, null, h), next];
    }
}
