namespace Seq.Embedded.Cells;

/// <summary>
/// A value in a cell's equations: one number a unit of the layer, computed unit by unit. The generator reads the text of the equations
/// (see <see cref="CellAttribute"/>); nothing here is ever executed, and every call throws <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class Vector
{
    private Vector()
    {
    }

    /// <summary>A number as a value that is the same for all units.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static implicit operator Vector(double value) => throw NotExecuted();

    /// <summary>The sum.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector operator +(Vector a, Vector b) => throw NotExecuted();

    /// <summary>The difference.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector operator -(Vector a, Vector b) => throw NotExecuted();

    /// <summary>The negative.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector operator -(Vector a) => throw NotExecuted();

    /// <summary>The product, unit by unit.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector operator *(Vector a, Vector b) => throw NotExecuted();

    /// <summary>1 / (1 + e^-a).</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector Sigmoid(Vector a) => throw NotExecuted();

    /// <summary>tanh(a).</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector Tanh(Vector a) => throw NotExecuted();

    /// <summary>max(a, 0).</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector Relu(Vector a) => throw NotExecuted();

    /// <summary>A number; where one stands beside a vector it can be written without this.</summary>
    /// <exception cref="InvalidOperationException">Always: the generator reads it.</exception>
    public static Vector Constant(double value) => throw NotExecuted();

    internal static InvalidOperationException NotExecuted() =>
        new("The equations of a cell are read by the source generator from their text; they cannot be executed.");
}
