using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>
/// Windows over time: in a stream they are cut out of a history of frames, without a copy where their frames are neighbours; in training
/// they are copied out of the packed rows, and their gradient, which takes their place, is added to that of the rows.
/// </summary>
internal sealed class WindowEmitter(GraphEmitter graph, WindowNode node) : NodeEmitter(graph, node)
{
    private const string Windows = "global::Seq.Embedded.Training.TimeWindows";

    public override string Title => $"{node.Name}: windows of {Names.Number(node.Window.Kernel)} rows over time";

    public override string RunRows => node.IsCopied ? base.RunRows : OutputRegion;

    public override string RunStride => node.IsCopied ? Stride : Names.Number(node.Window.Stride * node.History.Width);

    public override string Rows => Region(OutputRegion);

    public override string OutputRegion => node.Member + "_Windows";

    /// <summary>The reader is done with the windows when it computes their gradient.</summary>
    public override string GradientRegion => OutputRegion;

    public override int GradientLayer => Source.GradientLayer;

    public override string BackwardGuard => WantsGradient ? GoesBack(GradientLayer) : "";

    public override IEnumerable<Region> Regions => [Graph.RegionOf(node, OutputRegion, "windows over time, then their gradient")];

    private string Frames => $"_{char.ToLowerInvariant(node.Member[0])}{node.Member.Substring(1)}Frames";

    private string Width => Names.Number(node.History.Width);

    private string Sizes => $"kernel: {Names.Number(node.Window.Kernel)}, dilation: {Names.Number(node.Window.Dilation)}";

    public override IEnumerable<(string Declaration, string Creation)> StreamFields(string steps) =>
        [($"private readonly global::Seq.Embedded.Kernels.FrameHistory {Frames};", $"{Frames} = new(width: {Width}, {Sizes}, room: {steps});")];

    public override string StepRow(string copy) =>
        node.IsCopied ? Names.At("scratch", Names.Number(node.ScratchOffset)) : $"ref SeqMemory.GetReference({Frames}.Window)";

    public override string SettledRow(string length) => throw new InvalidOperationException("Windows are not the output.");

    public override IEnumerable<string> Step(string copy)
    {
        yield return $"{Frames}.Append({Source.StepRow(copy)});";
        if (node.IsCopied)
        {
            string gather = $"{Frames}.Gather(_scratch.Span.Slice({Names.Number(node.ScratchOffset)}, {Names.Number(node.Width!.Value)}));";
            yield return node.Window.Stride > 1 ? $"if ({Names.IsStep(node.Axis)})\n{{\n    {gather}\n}}" : gather;
        }
    }

    public override void Run(CodeWriter code)
    {
        string stride = Names.Number(node.Window.Stride), count = Names.RunCount(node.Axis);
        string skip = node.Window.Stride > 1 && Graph.Plan.HasPhase ? $"({Names.Before(node.Axis)} * {stride}) - {Names.Before(node.WorkAxis)}" : "0";
        code.Line($"SeqReadOnlySpan {OutputRegion} = {Frames}.Append({Source.RunRows}, {Names.RunCount(node.WorkAxis)}, {Source.RunStride}, skip: {skip});");
        if (node.IsCopied)
        {
            code.Line($"{Frames}.Gather({OutputRegion}, {count}, {stride}, {RunRows}, {Stride});");
        }
    }

    public override void Forward(CodeWriter code) =>
        code.Line($"{Windows}.Gather({Source.Time}, {Source.Rows}, {Source.Stride}, width: {Width}, {Time}, step: {Names.Number(node.Window.Stride)}, {Sizes}, {Rows}, {Stride});");

    public override void Backward(CodeWriter code)
    {
        if (Source.WantsGradient)
        {
            BeginGradient(code, Source, "below");
            code.Line($"{Windows}.Scatter({Time}, {Gradient}, {Stride}, step: {Names.Number(node.Window.Stride)}, {Sizes}, {Source.Time}, below, {Source.Stride}, width: {Width});");
        }
    }

    public override IEnumerable<string> Reset => [$"{Frames}.Reset();"];

    public override string Save(string snapshot) => $"{Frames}.Save({snapshot});";

    public override string Restore(string snapshot) => $"{Frames}.Restore({snapshot});";
}
