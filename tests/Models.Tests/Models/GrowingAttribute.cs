using Seq.Embedded.Cells;

namespace Seq.Embedded.Models.Tests.Models;

/// <summary>A state that a trained vector holds in bounds: without it, c would double at every time step.</summary>
public sealed class GrowingAttribute(int units) : CellAttribute(units)
{
    public static void Equations(Cell cell)
    {
        Vector h = cell.State("h"), c = cell.State("c");
        Vector next = (2 - cell.Parameter("p", 1.5)) * c + 1;
        cell.Next(c, next);
        cell.Next(h, Vector.Tanh(cell.Affine("a", cell.Input, h) + 0.25 * next));
    }
}
