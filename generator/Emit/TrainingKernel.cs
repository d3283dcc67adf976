using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>What a row of a training kernel holds for one sequence.</summary>
internal enum RowKind
{
    /// <summary>The packed weights of the model, of which trained vectors and scalars are read: the same for all rows.</summary>
    Weights,

    /// <summary>Pre-activations, then what the backward pass reads, then deltas.</summary>
    Slots,

    /// <summary>A state before the time step.</summary>
    Previous,

    /// <summary>A kept value after the time step.</summary>
    Next,

    /// <summary>Gradient of a state, carried from one time step back to the one before.</summary>
    Carry,

    /// <summary>Gradient of the layer's output.</summary>
    Gradient,

    /// <summary>A value that one stage computes and the next multiplies by weights.</summary>
    Computed,

    /// <summary>Gradient of such a value.</summary>
    ComputedGradient,
}

/// <summary>A parameter of a training kernel.</summary>
internal sealed record KernelRow(string Name, RowKind Kind, Kept? Kept = null, CellOperand? Operand = null);

/// <summary>A pass over the equations of one stage of a layer: its statements, and the rows that they read or write.</summary>
/// <param name="Name">Name of the method.</param>
/// <param name="Summary">What it does, for people.</param>
/// <param name="Space">The units over which it runs.</param>
/// <param name="Head">Statements before the loop over rows.</param>
/// <param name="Body">Statements for one block of units.</param>
/// <param name="Rows">Its parameters.</param>
internal sealed record TrainingKernel(string Name, string Summary, CellSpace Space, IReadOnlyList<string> Head, IReadOnlyList<string> Body, IReadOnlyList<KernelRow> Rows)
{
    /// <summary>True where nothing is left to do: the kernel is neither written nor called.</summary>
    public bool IsEmpty => Head.Count + Body.Count == 0;
}
