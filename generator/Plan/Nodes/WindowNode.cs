using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>Windows over time: a row is the rows of several steps of the source side by side, zeros before the first step.</summary>
/// <param name="source">The rows.</param>
/// <param name="axis">The axis of the windows: that of the source, or one of a stride above it.</param>
/// <param name="member">Name of the layer that reads them, in generated members.</param>
/// <param name="name">Name of the layer for people.</param>
/// <param name="window">What a window is made of.</param>
internal sealed class WindowNode(Node source, Axis axis, string member, string name, TimeWindow window) : Node(source)
{
    public TimeWindow Window { get; } = window;

    public string Name => name;

    /// <summary>Windows of neighbouring rows need no copy: their rows lie side by side in the history.</summary>
    public bool IsCopied => Window.Dilation > 1;

    public override string Member => member;

    public override Axis Axis => axis;

    public override int? Width => Window.Kernel * Sources[0].Width;

    public override HistoryPlan History { get; } = new($"last inputs of {name}", source.Width!.Value, window);

    public override int StepScratch => IsCopied ? Stride!.Value : 0;

    public override bool HasRunRows => IsCopied;
}
