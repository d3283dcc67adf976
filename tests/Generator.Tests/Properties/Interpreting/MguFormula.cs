using static Seq.Embedded.Generator.Tests.Properties.Interpreting.Vectors;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>f = sigmoid(W_if x + b_if + W_hf h + b_hf), n = tanh(W_in x + b_in + W_hn (f * h) + b_hn), h' = (1 - f) * h + f * n.</summary>
internal sealed class MguFormula(LayerContext context, string suffix, int inputs) : CellFormula(context, suffix, inputs, gates: 2)
{
    public override double[][] Step(double[] x, double[][] state)
    {
        double[] h = state[0];
        double[][] a = FromInput(x);
        double[] fromHidden = FromHidden(h)[0], f = Units(i => Sigmoid(a[0][i] + fromHidden[i]));
        double[] forgotten = FromHidden(Units(i => f[i] * h[i]))[1], n = Units(i => Math.Tanh(a[1][i] + forgotten[i]));
        return [Units(i => ((1 - f[i]) * h[i]) + (f[i] * n[i]))];
    }
}
