using Seq.Embedded.Cells;

namespace Seq.Embedded.Models.Tests.Models;

/// <summary>
/// Two states, of which one is finished a stage before the other reads it, both old and new; maps of x, of each state and of a computed vector;
/// a parameter, a scalar, constants, every function and names of every length.
/// </summary>
public sealed class MixingAttribute : CellAttribute
{
    private const double Half = 0.5;

    public MixingAttribute(int units)
        : base(units)
    {
    }

    public static void Equations(Cell cell)
    {
        Vector x = cell.Input;
        Vector h = cell.State("h"), c = cell.State("c");
        const int One = 1;
        Vector keep = Vector.Sigmoid(cell.Affine("keep", x, h) + cell.Parameter("peep") * c);
        Vector unit = keep * c + (One - keep) * Vector.Relu(cell.Affine("a", x, c));
        Vector p = Vector.Tanh(cell.Affine("b", x, unit * h) - c * Half);
        Vector gain = cell.Scalar("gain", initial: 0.75);
        cell.Next(c, unit);
        cell.Next(h, -p * gain + Vector.Constant(0.25) * (unit + Vector.Tanh(gain) * h));
    }
}
