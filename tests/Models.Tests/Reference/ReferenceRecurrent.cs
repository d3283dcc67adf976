namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Tensors and time loop of the recurrent layers.</summary>
internal abstract class ReferenceRecurrent : ReferenceLayer
{
    protected ReferenceRecurrent(Dictionary<string, double[]> tensors, string name, int stack, int inputs, int units, int gates)
    {
        Units = units;
        InputWeight = Tensor(tensors, $"{name}.weight_ih_l{stack}", gates * units * inputs);
        HiddenWeight = Tensor(tensors, $"{name}.weight_hh_l{stack}", gates * units * units);
        InputBias = Tensor(tensors, $"{name}.bias_ih_l{stack}", gates * units);
        HiddenBias = Tensor(tensors, $"{name}.bias_hh_l{stack}", gates * units);
    }

    public override int Units { get; }

    /// <summary>The state before the first time step.</summary>
    public double[] InitialH { get; set; } = [];

    public double[] InitialC { get; set; } = [];

    /// <summary>True when the cell has a state c beside h.</summary>
    public virtual bool HasC => false;

    protected double[] InputWeight { get; }

    protected double[] HiddenWeight { get; }

    protected double[] InputBias { get; }

    protected double[] HiddenBias { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] h = InitialH.Length > 0 ? InitialH : new double[Units], c = InitialC.Length > 0 ? [.. InitialC] : new double[Units];
        double[][] outputs = new double[inputs.Length][];
        for (int t = 0; t < inputs.Length; t++)
        {
            outputs[t] = h = Step(inputs[t], h, c);
            h = (double[])h.Clone();
        }

        return outputs;
    }

    /// <summary>A new h; c is updated in place where the cell has one.</summary>
    protected abstract double[] Step(double[] x, double[] h, double[] c);

    /// <summary>W_ig x + b_ig of one unit.</summary>
    protected double X(int gate, int unit, double[] x) => Affine(InputWeight, InputBias, (gate * Units) + unit, x);

    /// <summary>W_hg h + b_hg of one unit.</summary>
    protected double H(int gate, int unit, double[] h) => Affine(HiddenWeight, HiddenBias, (gate * Units) + unit, h);
}
