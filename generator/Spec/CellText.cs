namespace Seq.Embedded.Generator.Spec;

/// <summary>The equations that a user's class states, as values: each operation refers to earlier ones by their index.</summary>
/// <param name="Operations">In the order of the text.</param>
/// <param name="Problems">What could not be read.</param>
internal sealed record CellText(EquatableArray<CellOperation> Operations, EquatableArray<CellProblem> Problems);

/// <summary>One operation.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Name">Name of a state, gate, parameter or local variable; or empty.</param>
/// <param name="Operands">Indices of the operations that it reads.</param>
/// <param name="Value">The number of a constant, or with which a parameter starts; NaN where it is drawn.</param>
internal sealed record CellOperation(CellOperationKind Kind, string Name, EquatableArray<int> Operands, double Value = double.NaN);

internal enum CellOperationKind
{
    Input,
    State,
    Affine,
    Parameter,
    Scalar,
    Constant,
    Sigmoid,
    Tanh,
    Relu,
    Add,
    Subtract,
    Multiply,

    /// <summary>Gives its operand the name of a local variable.</summary>
    Name,

    /// <summary>The value of a state, its first operand, after the time step.</summary>
    Next,
}

/// <summary>A failure of the equations: id of the descriptor, number of its place, what the message says.</summary>
internal sealed record CellProblem(string Id, string Place, EquatableArray<string> Arguments);
