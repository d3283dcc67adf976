namespace Seq.Embedded.Generator.Plan.Nodes;

/// <summary>One operation of a model's graph: it reads the rows of its sources and gives rows of its own. An attribute of a layer expands to one or more.</summary>
internal abstract class Node(params Node[] sources)
{
    public IReadOnlyList<Node> Sources { get; } = sources;

    /// <summary>Position in the order of computation.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Number of the layer that it belongs to, among those of <see cref="ModelPlan.LayerNames"/>.</summary>
    public int LayerNumber { get; set; }

    /// <summary>Name of what it does in generated members: that of the layer it belongs to.</summary>
    public virtual string Member => Sources[0].Member;

    /// <summary>What its rows stand for.</summary>
    public virtual Axis Axis => Sources[0].Axis;

    /// <summary>The axis at whose steps it is computed: that of what it reads.</summary>
    public Axis WorkAxis => Sources.Count == 0 ? Axis : Sources[0].Axis;

    /// <summary>True for what is done at steps of time; false for what is done once a sequence.</summary>
    public bool ReadsTime => WorkAxis.IsTime;

    /// <summary>True where a row is one token, 0 to Width - 1, that stands for a one-hot vector.</summary>
    public virtual bool HoldsTokens => false;

    /// <summary>Values of a row, or null where the model is open.</summary>
    public abstract int? Width { get; }

    /// <summary>Floats from one row to the next, or null where the model is open.</summary>
    public virtual int? Stride => Width is { } width ? ModelPlan.Padded(width) : null;

    /// <summary>The node whose memory holds the rows: a node that changes nothing in inference has none of its own.</summary>
    public virtual Node Storage => this;

    /// <summary>What outlives a time step, in the order of a snapshot.</summary>
    public virtual IReadOnlyList<StatePlan> States => [];

    /// <summary>Inputs that the next steps read again, or null; in a snapshot they stand before the states.</summary>
    public virtual HistoryPlan? History => null;

    /// <summary>Floats that a step needs for itself, its row among them; those of an open row are not counted.</summary>
    public virtual int StepScratch => 0;

    /// <summary>Where they begin within a stream's scratch.</summary>
    public int ScratchOffset { get; set; }

    /// <summary>True where the rows of a whole source stay: a decoder attends to them.</summary>
    public bool IsMemory { get; set; }

    /// <summary>Where they begin within a stream's memory of a source, in floats per time step.</summary>
    public int MemoryOffset { get; set; }

    /// <summary>The layer whose weights the node has, or null.</summary>
    public virtual LayerPlan? Weights => null;

    /// <summary>True where the backward pass adds to the gradient of the rows of the sources.</summary>
    public virtual bool AddsGradient => true;

    /// <summary>Whether a whole-sequence run keeps the rows in a buffer.</summary>
    public virtual bool HasRunRows => Storage == this && Axis.IsTime && !Axis.IsTarget && !IsMemory;

    /// <summary>Number of that buffer; nodes whose rows are not needed at the same time share one.</summary>
    public int RunBuffer { get; set; } = -1;
}
