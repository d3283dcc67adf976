using Seq.Embedded.Cells;
using static Seq.Embedded.Cells.Vector;

namespace Seq.Embedded.Models.Tests.Models;

/// <summary>A GRU whose candidate sees the state itself, without weights.</summary>
public sealed class LeakyAttribute(int units) : CellAttribute(units)
{
    public static void Equations(Cell cell)
    {
        Vector x = cell.Input, h = cell.State("h");
        Vector z = Sigmoid(cell.Affine("z", x, h));
        Vector n = Tanh(cell.Affine("n", x) + cell.Parameter("p") * h);
        cell.Next(h, (1 - z) * n + z * h);
    }
}
