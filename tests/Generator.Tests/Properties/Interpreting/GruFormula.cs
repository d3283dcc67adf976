using static Seq.Embedded.Generator.Tests.Properties.Interpreting.Vectors;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>Gates r, z, n; without reset z, n.</summary>
internal sealed class GruFormula(LayerContext context, string suffix, int inputs)
    : CellFormula(context, suffix, inputs, context.Layer["Reset"] == "GruReset.None" ? 2 : 3)
{
    public override double[][] Step(double[] x, double[][] state)
    {
        double[] h = state[0];
        double[][] a = FromInput(x), b = FromHidden(h);
        string reset = Context.Layer["Reset"];
        int n = a.Length - 1, z = n - 1;
        double[] candidate;
        if (reset == "GruReset.None")
        {
            candidate = Units(i => Math.Tanh(a[n][i] + b[n][i]));
        }
        else
        {
            double[] r = Units(i => Sigmoid(a[0][i] + b[0][i]));
            double[] fromReset = reset == "GruReset.BeforeProduct" ? FromHidden(Units(i => r[i] * h[i]))[n] : Units(i => r[i] * b[n][i]);
            candidate = Units(i => Math.Tanh(a[n][i] + fromReset[i]));
        }

        double[] update = Units(i => Sigmoid(a[z][i] + b[z][i]));
        return [Units(i => ((1 - update[i]) * candidate[i]) + (update[i] * h[i]))];
    }
}
