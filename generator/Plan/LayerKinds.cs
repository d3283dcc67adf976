using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The kinds of layers by name, for messages: what there is stands in <see cref="Cell.All"/> only.</summary>
internal static class LayerKinds
{
    /// <summary><c>[Rnn], [Gru] ...</c></summary>
    public static string All { get; } = List(_ => true);

    /// <summary>Those that carry what came before from one time step to the next.</summary>
    public static string Recurrent { get; } = List(cell => Planner.ReadsPast(Default(cell)));

    /// <summary>A layer of a kind with every option left out.</summary>
    private static LayerSpec Default(Cell cell) => new(cell.Attribute, 1, 1, null, 0, new(cell.Complete(new Dictionary<string, string>())));

    private static string List(Func<Cell, bool> which) => string.Join(", ", Cell.All.Where(which).Select(cell => $"[{cell.Attribute}]"));
}
