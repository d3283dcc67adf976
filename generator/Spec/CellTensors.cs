namespace Seq.Embedded.Generator.Spec;

/// <summary>Names of the tensors of a user's cell.</summary>
internal static class CellTensors
{
    /// <summary>Of x ih, of the first state and of computed vectors hh, of another state s sh.</summary>
    public static string Map(IReadOnlyList<CellOperation> operations, int vector)
    {
        CellOperation operation = operations[vector];
        return operation.Kind switch
        {
            CellOperationKind.Input => "ih",
            CellOperationKind.State when operation != operations.First(other => other.Kind == CellOperationKind.State) => operation.Name + "h",
            _ => "hh",
        };
    }

    /// <summary>True for names, before <c>_l0</c>, that tensors of weights, biases and learned initial states may have.</summary>
    public static bool IsTaken(string name) =>
        name.StartsWith("weight_", StringComparison.Ordinal) || name.StartsWith("bias_", StringComparison.Ordinal) || (name.Length == 2 && name[1] == '0');
}
