using static Seq.Embedded.Generator.Tests.Properties.Interpreting.Vectors;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>a = W x + U h, z = sigmoid(a + b_gate), n = tanh(a + b_update), h' = (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * n + z * h.</summary>
internal sealed class FastGrnnFormula(LayerContext context, string suffix, int inputs) : CellFormula(context with { Layer = context.Layer.With("Bias", "false") }, suffix, inputs, gates: 1)
{
    private readonly double[]? _gate = Bias(context, $"bias_gate_{suffix}"), _update = Bias(context, $"bias_update_{suffix}");
    private readonly double[] _zeta = context.Tensor($"zeta_{suffix}", 1), _nu = context.Tensor($"nu_{suffix}", 1);

    public override double[][] Step(double[] x, double[][] state)
    {
        double[] h = state[0], wx = FromInput(x)[0], uh = FromHidden(h)[0];
        double[] z = Units(i => Sigmoid(wx[i] + uh[i] + (_gate?[i] ?? 0))), n = Units(i => Math.Tanh(wx[i] + uh[i] + (_update?[i] ?? 0)));
        return [Units(i => (((Sigmoid(_zeta[0]) * (1 - z[i])) + Sigmoid(_nu[0])) * n[i]) + (z[i] * h[i]))];
    }

    private static double[]? Bias(LayerContext context, string name) => context.Layer.Is("Bias") ? context.Tensor(name, context.Units) : null;
}
