namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>One time step of a recurrent cell, with the two products that all have.</summary>
internal abstract class CellFormula
{
    private readonly int _units;
    private readonly Product _input;
    private readonly Product _hidden;

    /// <param name="context">The layer.</param>
    /// <param name="suffix">Of the names of the tensors: the layer of a stack and its direction.</param>
    /// <param name="inputs">Values of x.</param>
    /// <param name="gates">Gates in a file.</param>
    /// <param name="gatesOfHidden">Those that map h, where not all do.</param>
    protected CellFormula(LayerContext context, string suffix, int inputs, int gates, int? gatesOfHidden = null)
    {
        Context = context;
        Suffix = suffix;
        _units = context.Units;
        _input = new Product(context, "ih", suffix, gates * _units, inputs);
        _hidden = new Product(context, "hh", suffix, (gatesOfHidden ?? gates) * _units, Outputs);
    }

    /// <summary>Width of h.</summary>
    public virtual int Outputs => Context.Units;

    /// <summary>Names and sizes of what a step leaves to the next: h first.</summary>
    public virtual (string Name, int Size)[] States => [("h", Outputs)];

    protected LayerContext Context { get; }

    protected string Suffix { get; }

    /// <summary>The states after a time step.</summary>
    public abstract double[][] Step(double[] x, double[][] state);

    /// <summary>W x + b of each gate, in the order of the file; of a normalised cell the normalised W x.</summary>
    protected double[][] FromInput(double[] x) => Gates(_input.Of(x));

    /// <summary>The same of W h.</summary>
    protected double[][] FromHidden(double[] h) => Gates(_hidden.Of(h));

    /// <summary>A value of each unit.</summary>
    protected double[] Units(Func<int, double> value) => Vectors.Map(_units, value);

    private double[][] Gates(double[] values) => [.. values.Chunk(_units)];

    private sealed class Product
    {
        private readonly double[] _weight;
        private readonly double[]? _bias, _gain;

        public Product(LayerContext context, string operand, string suffix, int rows, int columns)
        {
            _weight = context.Tensor($"weight_{operand}_{suffix}", rows, columns);
            if (context.Layer.Is("Normalize"))
            {
                _gain = context.Tensor($"norm_{operand}_{suffix}.weight", rows);
            }

            if (context.Layer.Is("Bias"))
            {
                _bias = context.Tensor(_gain is null ? $"bias_{operand}_{suffix}" : $"norm_{operand}_{suffix}.bias", rows);
            }
        }

        public double[] Of(double[] vector) =>
            _gain is null ? Vectors.Affine(_weight, _bias, vector) : Vectors.Normalize(Vectors.Affine(_weight, null, vector), _gain, _bias);
    }
}
