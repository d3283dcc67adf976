namespace Seq.Embedded.Cells;

/// <summary>
/// What a cell's equations are made of. The generator reads the text of the method <c>Equations</c> (see <see cref="CellAttribute"/>); nothing here is ever
/// executed, and every call throws <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class Cell
{
    private Cell()
    {
    }

    /// <summary>x, the layer's input at the time step (I): an operand of <see cref="Affine"/> only.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public Vector Input => throw Vector.NotExecuted();

    /// <summary>A state of the layer: as a value, the one before the time step (H). The first state declared is the layer's output.</summary>
    /// <param name="name">One small letter other than m, t and x: h.</param>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public Vector State(string name) => throw Vector.NotExecuted();

    /// <summary><c>W_ig a + b_ig + W_hg b + b_hg</c>: one gate's sum of products with weights, each with its bias (H).</summary>
    /// <remarks>A product with a vector that the equations compute waits until all of its units are finished: the time step gets one more stage.</remarks>
    /// <param name="gate">Name of the gate: letters and digits. Several sums of one gate share its place in the tensors (<c>Affine("n", x)</c>, <c>Affine("n", h)</c>).</param>
    /// <param name="vectors">x, states, computed vectors: one or more, each once a gate.</param>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public Vector Affine(string gate, params Vector[] vectors) => throw Vector.NotExecuted();

    /// <summary>A trained vector with one value a unit (H).</summary>
    /// <param name="name">Name of the tensor, before <c>_l0</c>: letters, digits and '_'.</param>
    /// <param name="initial">Its values in a new model; NaN: drawn as the weights are.</param>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public Vector Parameter(string name, double initial = double.NaN) => throw Vector.NotExecuted();

    /// <summary>A trained number that all units share.</summary>
    /// <param name="name">Name of the tensor, before <c>_l0</c>: letters, digits and '_'.</param>
    /// <param name="initial">Its value in a new model; NaN: drawn as the weights are.</param>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public Vector Scalar(string name, double initial = double.NaN) => throw Vector.NotExecuted();

    /// <summary>States the value of a state after the time step; once for every state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="value">Its next value.</param>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public void Next(Vector state, Vector value) => throw Vector.NotExecuted();
}
