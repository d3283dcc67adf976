namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>Tensors and time loop of the recurrent layers.</summary>
internal abstract class ReferenceRecurrent : ReferenceLayer
{
    private readonly double[] _inputWeight;
    private readonly double[] _hiddenWeight;
    private readonly double[]? _inputBias;
    private readonly double[]? _hiddenBias;
    private readonly ReferenceNorm? _inputNorm;
    private readonly ReferenceNorm? _hiddenNorm;
    private readonly double[]? _initialH;
    private readonly double[]? _initialC;

    /// <param name="tensors">The tensors of the model.</param>
    /// <param name="name">Name of the layer.</param>
    /// <param name="stack">Index in its stack.</param>
    /// <param name="inputs">Values of x.</param>
    /// <param name="layer">The attribute.</param>
    /// <param name="gates">Number of gates.</param>
    /// <param name="outputs">Values of h where they are fewer than the units; 0: as many.</param>
    /// <param name="hasC">Whether there is a state c.</param>
    /// <param name="normalize">Whether the products are normalised.</param>
    /// <param name="hasBias">Whether the gates of this kind of cell have biases.</param>
    protected ReferenceRecurrent(
        Dictionary<string, double[]> tensors, string name, int stack, int inputs, RecurrentLayerAttribute layer, int gates,
        int outputs = 0, bool hasC = false, bool normalize = false, bool hasBias = true)
    {
        Cells = layer.Units;
        Units = outputs == 0 ? layer.Units : outputs;
        double[] Named(string tensor, int length) => Tensor(tensors, string.Format(System.Globalization.CultureInfo.InvariantCulture, $"{name}.{tensor}", stack), length);
        _inputWeight = Named("weight_ih_l{0}", gates * Cells * inputs);
        _hiddenWeight = Named("weight_hh_l{0}", gates * Cells * Units);
        if (hasBias && layer.Bias && !normalize)
        {
            _inputBias = Named("bias_ih_l{0}", gates * Cells);
            _hiddenBias = Named("bias_hh_l{0}", gates * Cells);
        }

        if (normalize)
        {
            _inputNorm = new(Named("norm_ih_l{0}.weight", gates * Cells), layer.Bias ? Named("norm_ih_l{0}.bias", gates * Cells) : null);
            _hiddenNorm = new(Named("norm_hh_l{0}.weight", gates * Cells), layer.Bias ? Named("norm_hh_l{0}.bias", gates * Cells) : null);
        }

        if (layer.InitialState == InitialState.Learned)
        {
            _initialH = Named("h0_l{0}", Units);
            _initialC = hasC ? Named("c0_l{0}", Cells) : null;
        }
    }

    /// <summary>Length of h.</summary>
    public override int Units { get; }

    /// <summary>The state before the first time step where it is given.</summary>
    public double[]? GivenH { get; set; }

    public double[]? GivenC { get; set; }

    /// <summary>The state after the last time step of the last forward pass.</summary>
    public double[] FinalH { get; private set; } = [];

    public double[] FinalC { get; private set; } = [];

    /// <summary>Units of the gates, and length of c.</summary>
    public int Cells { get; }

    public override double[][] Forward(double[][] inputs)
    {
        double[] h = [.. GivenH ?? _initialH ?? new double[Units]], c = [.. GivenC ?? _initialC ?? new double[Cells]];
        double[][] outputs = new double[inputs.Length][];
        for (int t = 0; t < inputs.Length; t++)
        {
            outputs[t] = h = Step(inputs[t], h, c);
            h = (double[])h.Clone();
        }

        FinalH = h;
        FinalC = c;
        return outputs;
    }

    /// <summary>A new h; c is updated in place where the cell has one.</summary>
    protected abstract double[] Step(double[] x, double[] h, double[] c);

    /// <summary>W_i x + b_i of all gates, one behind the other; normalised where the layer is.</summary>
    protected double[] X(double[] x) => Maps(_inputWeight, _inputBias, _inputNorm, x);

    /// <summary>W_h h + b_h of all gates.</summary>
    protected double[] H(double[] h) => Maps(_hiddenWeight, _hiddenBias, _hiddenNorm, h);

    private double[] Maps(double[] weight, double[]? bias, ReferenceNorm? norm, double[] vector)
    {
        double[] maps = [.. Enumerable.Range(0, weight.Length / vector.Length).Select(row => Affine(weight, bias, row, vector))];
        return norm is null ? maps : norm.Of(maps);
    }
}
