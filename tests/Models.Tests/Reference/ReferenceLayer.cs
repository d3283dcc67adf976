namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>One layer in double precision.</summary>
internal abstract class ReferenceLayer
{
    private readonly List<double[]> _tensors = [];

    public abstract int Units { get; }

    /// <summary>True for weights of 8 bits: vectors that they multiply are rounded, see <see cref="Rounded"/>.</summary>
    public virtual bool IsInt8 { get; set; }

    /// <summary>A vector rounded to 7 bits: round(63 x / m) m / 63, m = max |x|.</summary>
    public static double[] Rounded(double[] x)
    {
        double largest = x.Max(Math.Abs);
        return largest == 0 ? x : Array.ConvertAll(x, value => Math.Round(63 * value / largest) * largest / 63);
    }

    /// <summary>New rows of outputs, one for each time step.</summary>
    public abstract double[][] Forward(double[][] inputs);

    public virtual bool Uses(double[] tensor) => _tensors.Contains(tensor);

    protected static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>Row <paramref name="row"/> of W times x, plus the bias of the row where there is one.</summary>
    protected double Affine(double[] weight, double[]? bias, int row, double[] x)
    {
        x = IsInt8 ? Rounded(x) : x;
        double sum = bias?[row] ?? 0;
        int first = row * x.Length;
        for (int k = 0; k < x.Length; k++)
        {
            sum += weight[first + k] * x[k];
        }

        return sum;
    }

    protected double[] Tensor(Dictionary<string, double[]> tensors, string name, int length)
    {
        double[] tensor = tensors[name];
        Assert.True(length < 0 || tensor.Length == length, $"{name} has {tensor.Length} values; the documentation says {length}.");
        _tensors.Add(tensor);
        return tensor;
    }
}
