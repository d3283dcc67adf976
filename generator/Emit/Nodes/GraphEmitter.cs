using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The emitters of a model's nodes.</summary>
internal sealed class GraphEmitter
{
    private readonly List<NodeEmitter> _emitters = [];

    public GraphEmitter(ModelPlan plan)
    {
        Plan = plan;
        foreach (Node node in plan.Nodes)
        {
            _emitters.Add(Create(node));
        }

        TransposedPanels = [.. _emitters.OfType<CellEmitter>().SelectMany(emitter => emitter.TransposedPanels.Select(entry => (emitter.Layer, entry.Panel, entry.GradientLayer)))];
    }

    public ModelPlan Plan { get; }

    /// <summary>In the order of computation.</summary>
    public IReadOnlyList<NodeEmitter> All => _emitters;

    /// <summary>The panels by which the backward pass multiplies, and the layer down to which the gradient must go for that.</summary>
    public List<(LayerPlan Layer, PanelPlan Panel, int GradientLayer)> TransposedPanels { get; }

    public InputEmitter Input => (InputEmitter)_emitters[0];

    public NodeEmitter Output => _emitters[_emitters.Count - 1];

    /// <summary>What is done at every step: of a decoder where the model has one.</summary>
    public IEnumerable<NodeEmitter> PerStep => _emitters.Where(emitter => emitter.Node.ReadsTime && emitter.Node.Axis.IsTarget == Plan.HasDecoder);

    /// <summary>What is done at every time step of a sequence that is given as a whole: of the encoder where the model has a decoder.</summary>
    public IEnumerable<NodeEmitter> PerRun => _emitters.Where(emitter => emitter.Node.ReadsTime && !emitter.Node.Axis.IsTarget);

    /// <summary>What is done once a sequence.</summary>
    public IEnumerable<NodeEmitter> PerSequence => _emitters.Where(emitter => !emitter.Node.ReadsTime);

    public NodeEmitter this[Node node] => _emitters[node.Index];

    /// <summary>True for the reader of a node's rows that the backward pass comes to first.</summary>
    public bool IsLastReader(Node reader, Node node) => Plan.Nodes.LastOrDefault(other => other.AddsGradient && other.Sources.Contains(node)) == reader;

    /// <summary>True where no backward pass adds to the gradient of a node's rows.</summary>
    public bool HasNoGradient(Node node) => !Plan.Nodes.Any(other => other.AddsGradient && other.Sources.Contains(node));

    /// <summary>A region of rows as wide as those of a node.</summary>
    public Region RegionOf(Node node, string name, string content)
    {
        string stride = this[node].Stride, rows = node.Axis.IsTime ? "rows" : "sequences", width = node.Stride is null ? "padded outputs" : stride;
        return RegionOf(node.Axis, name, stride, $"({rows}, {width}): {content}");
    }

    /// <summary>A region of so many floats a row.</summary>
    public static Region RegionOf(Axis axis, string name, string floats, string shape) =>
        axis.IsTime ? new(name, floats, "0", shape) { Axis = axis.Index } : new(name, "0", floats, shape);

    private NodeEmitter Create(Node node) => node switch
    {
        TokenNode tokens => new TokenEmitter(this, tokens),
        InputNode input => new InputEmitter(this, input),
        CellNode cell => new CellEmitter(this, cell),
        PoolNode pool => new PoolEmitter(this, pool),
        WindowNode window => new WindowEmitter(this, window),
        DropoutNode dropout => new DropoutEmitter(this, dropout),
        LastNode last => new LastEmitter(this, last),
        MergeNode merge => new MergeEmitter(this, merge),
        ReverseNode reverse => new ReverseEmitter(this, reverse),
        HandOverNode handOver => new HandOverEmitter(this, handOver),
        AttendNode attend => new AttendEmitter(this, attend),
        _ => throw new InvalidOperationException($"No emitter for {node.GetType().Name}."),
    };
}
