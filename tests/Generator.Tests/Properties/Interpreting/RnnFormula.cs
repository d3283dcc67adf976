namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh).</summary>
internal sealed class RnnFormula(LayerContext context, string suffix, int inputs) : CellFormula(context, suffix, inputs, gates: 1)
{
    public override double[][] Step(double[] x, double[][] state)
    {
        double[] a = FromInput(x)[0], b = FromHidden(state[0])[0];
        return [Vectors.Activate(Context.Layer["Activation"], Units(i => a[i] + b[i]))];
    }
}
