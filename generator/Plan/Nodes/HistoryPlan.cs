using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>The last inputs of a layer, which its next window reads: a state with memory of its own.</summary>
/// <param name="Name">Name for people: <c>last inputs of conv1d</c>.</param>
/// <param name="Width">Values of one input.</param>
/// <param name="Window">The window that reads them.</param>
internal sealed record HistoryPlan(string Name, int Width, TimeWindow Window)
{
    /// <summary>Values that outlive a step.</summary>
    public long Values => (long)Window.Reach * Width;
}
