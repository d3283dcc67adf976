using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Expands the layers of a valid spec to nodes and gives every panel, state, scratch vector and row buffer its place.</summary>
internal sealed class GraphBuilder
{
    private readonly ModelSpec _spec;
    private readonly bool _hasInt8Weights;
    private readonly IReadOnlyList<string> _names;
    private readonly int _lastOverTime;
    private readonly List<Node> _nodes = [];
    private readonly List<Axis> _axes = [];
    private readonly DecoderBuilder _decoder;
    private readonly List<string> _layerNames = [];
    private readonly int[] _firstLayers;
    private int _layers;
    private int _weights;
    private int _state;

    public GraphBuilder(ModelSpec spec, bool hasInt8Weights)
    {
        _spec = spec;
        _hasInt8Weights = hasInt8Weights;
        _names = Planner.LayerNames(spec.Layers);
        _decoder = new DecoderBuilder(this, spec);
        _lastOverTime = Planner.LastOverTime(spec.Layers);
        _firstLayers = new int[spec.Layers.Count];
        for (int i = 0; i < _firstLayers.Length; i++)
        {
            LayerSpec layer = spec.Layers[i];
            _firstLayers[i] = _layerNames.Count;
            if (!layer.Is(LayerKind.OneHot) && !layer.Is(LayerKind.Decoder))
            {
                _layerNames.AddRange(layer.Layers == 1 ? [_names[i]] : Enumerable.Range(0, layer.Layers).Select(stack => $"{_names[i]}_l{stack}"));
            }
        }
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Number of the layer to which nodes that are added belong.</summary>
    public int LayerNumber { get; set; }

    /// <summary>The steps of the target.</summary>
    public Axis AxisOfTarget => _axes[_axes.Count - 1];

    public ModelPlan Build()
    {
        Node rows = Add(_spec.Layers[0].TakesTokens ? new TokenNode(_spec.Input, AxisOf(stride: 1)) : new InputNode(_spec.Input, AxisOf(stride: 1)));
        for (int i = 0; i < _spec.Layers.Count; i++)
        {
            if (_spec.Task == "ManyToOne" && i == _lastOverTime + 1 && rows.Axis.IsTime)
            {
                rows = AddLast(rows);
            }

            rows = _spec.Layers[i] switch
            {
                { } layer when layer.Is(LayerKind.Decoder) => _decoder.Begin(rows, i),
                { } layer when layer.Is(LayerKind.Attention) => _decoder.Attend(rows, i),
                _ => AddStack(rows, i),
            };
        }

        if (_spec.Task == "ManyToOne" && rows.Axis.IsTime)
        {
            AddLast(rows);
        }

        PlaceScratch();
        PlaceMemory();
        new RunBuffers(_nodes).Assign();
        return new ModelPlan(_spec, _nodes, _axes, _layerNames);
    }

    /// <summary>One attribute: as many layers as it stacks.</summary>
    private Node AddStack(Node rows, int specIndex)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        if (spec.Is(LayerKind.OneHot))
        {
            // One-hot vectors are never written: the layer above looks up a column of its weights.
            return rows;
        }

        for (int stack = 0; stack < spec.Layers; stack++)
        {
            LayerNumber = NumberOf(specIndex) + stack;
            Node input = rows;
            int first = _nodes.Count;
            bool isTop = stack == spec.Layers - 1;
            rows = Planner.CellOf(spec)!.PoolsTime
                ? AddPooling(rows, specIndex)
                : AddDirections(rows, specIndex, stack, isLast: isTop && _spec.Task == "ManyToOne" && specIndex == _lastOverTime);
            if (spec.Dropout > 0 && !(isTop && specIndex == _spec.Layers.Count - 1))
            {
                rows = Add(new DropoutNode(rows, _nodes.Skip(first).OfType<CellNode>().First().Layer));
            }

            if (spec.Residual)
            {
                rows = Add(new MergeNode(rows, input, MergeKind.Sum, _names[specIndex], isResidual: true));
            }

            _layers++;
        }

        return rows;
    }

    private Node AddDirections(Node rows, int specIndex, int stack, bool isLast)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        CellNode? forward = spec.Direction == "Reverse" ? null : AddCell(rows, PartOf(specIndex, stack, isReverse: false));
        if (forward is not null)
        {
            _decoder.TakeOver(forward);
        }

        return spec.Direction == "Forward" ? forward! : AddReverse(rows, forward, specIndex, stack, isLast);
    }

    /// <summary>Attention pooling: the projection of every row, its score, a dense layer of one unit without bias, and the mean that the scores weigh.</summary>
    private PoolNode AddPooling(Node rows, int specIndex)
    {
        string name = _names[specIndex];
        LayerPart Part(LayerSpec spec, string module) =>
            new(spec, specIndex, $"{name}.{module}", 0, Planner.CellOf(spec)!, Planner.Member($"{name}.{module}", -1), IsReverse: false);
        CellNode projection = AddPart(rows, Part(_spec.Layers[specIndex], AttentionPoolingCell.Projection));
        CellNode scores = AddCell(projection, Part(AttentionPoolingCell.ScoreSpec, AttentionPoolingCell.Score));
        StatePlan mean = NewState($"mean of {name}", rows.Width!.Value, rows.Axis), statistics = NewState($"largest score and sum of the weights of {name}", 2, rows.Axis);
        return Add(new PoolNode(rows, scores, name, mean, statistics));
    }

    /// <summary>
    /// The reverse direction: its cell between two reversals of time, merged with the forward direction where there is one.
    /// The one output of a sequence is made of the last states of both cells, as PyTorch's <c>h_n</c>: that of the reverse one has read the first time step last.
    /// </summary>
    private Node AddReverse(Node rows, CellNode? forward, int specIndex, int stack, bool isLast)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        string name = _names[specIndex], member = MemberOf(name, spec, stack, isReverse: true);
        ReverseNode reversed = Add(new ReverseNode(rows, name, member, _spec.LookAhead, isInput: true));
        CellNode cell = AddCell(reversed, PartOf(specIndex, stack, isReverse: true));
        Node reverse = isLast ? AddLast(cell) : Add(new ReverseNode(cell, name, member, _spec.LookAhead, isInput: false));
        return forward is null
            ? reverse
            : Add(new MergeNode(isLast ? AddLast(forward) : forward, reverse, (MergeKind)Enum.Parse(typeof(MergeKind), spec.Merge), name, isResidual: false));
    }

    /// <summary>A layer of a stack, in one direction.</summary>
    private LayerPart PartOf(int specIndex, int stack, bool isReverse)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        string name = _names[specIndex];
        return new(spec, specIndex, name, stack, Planner.CellOf(spec)!, MemberOf(name, spec, stack, isReverse), isReverse);
    }

    /// <summary>A layer that is not one of an attribute's own.</summary>
    public CellNode AddPart(Node rows, LayerPart part)
    {
        CellNode cell = AddCell(rows, part);
        _layers++;
        return cell;
    }

    private CellNode AddCell(Node rows, LayerPart part)
    {
        TimeWindow? window = part.Cell.Window(part.Spec);
        int inputs = rows.Width!.Value;
        if (window is { GoesThroughTime: true })
        {
            rows = Add(new WindowNode(rows, AxisOf(rows.Axis.Stride * window.Stride), part.Member, part.Name, window));
        }

        LayerPlan layer = NewLayer(rows.Width!.Value, rows.Axis, part, rows.HoldsTokens) with { Inputs = inputs, Window = window };
        string of = $"{part.Name}{(part.Spec.Layers > 1 ? $" layer {part.Stack + 1}" : "")}{(part.IsReverse ? " reverse" : "")}";
        return Add(new CellNode(rows, layer with
        {
            States = [.. layer.Program.States.Select(state => NewState($"{state.Name} of {of}", layer.UnitsOf(state.Space)!.Value, rows.Axis) with
            {
                InitialOffset = layer.Parameters.FirstOrDefault(parameter => parameter.Tensor.InitialOf == state)?.Offset,
            })],
        })
        {
            Chunk = part.IsReverse ? _spec.LookAhead : 0,
        });
    }

    /// <summary>Lays out the weights of a layer.</summary>
    /// <param name="columns">Length of the rows that its input panel multiplies.</param>
    /// <param name="axis">What these rows stand for.</param>
    /// <param name="part">The layer.</param>
    /// <param name="takesTokens">True where they are tokens.</param>
    public LayerPlan NewLayer(int columns, Axis axis, LayerPart part, bool takesTokens)
    {
        string name = part.Name, direction = part.IsReverse ? "_reverse" : "";
        Cell cell = part.Cell;
        CellProgram program = new(cell.Equations(part.Spec));
        List<PanelPlan> panels = [];
        LayerPlan layer = new(_layers, part.Spec, part.SpecIndex, cell, program, name, part.Stack, columns, part.Spec.Units, panels, !axis.IsTime, cell.EndsInSoftmax(part.Spec))
        {
            IsReverse = part.IsReverse,
            Member = part.Member,
            TakesTokens = takesTokens,
            OfSource = !axis.IsTarget && _spec.HasDecoder,
            Inputs = columns,
            Stride = axis.Stride,
        };
        bool isInt8 = _hasInt8Weights && cell is not ScoreCell && columns <= PanelPlan.MaxInt8Columns;
        foreach (CellOperand operand in program.Operands)
        {
            string? bias = operand.HasBias ? $"{name}.{cell.TensorName("bias", operand, part.Stack)}{direction}" : null;
            PanelPlan panel = new(operand, _weights, $"{name}.{cell.TensorName("weight", operand, part.Stack)}{direction}", bias) { IsInt8 = isInt8 };
            panels.Add(panel);
            _weights += panel.Size(layer, layer.Units ?? 0);
        }

        List<ParameterPlan> parameters = [];
        foreach (ParameterTensor tensor in program.Equations.Tensors)
        {
            ParameterPlan parameter = new(tensor, _weights, $"{name}.{tensor.Name.Replace("#", $"{part.Stack}{direction}")}");
            parameters.Add(parameter);
            _weights += parameter.Size(layer);
        }

        return layer with { Parameters = parameters };
    }

    /// <summary>Number of the first layer of an attribute.</summary>
    public int NumberOf(int specIndex) => _firstLayers[specIndex];

    public string NameOf(int specIndex) => _names[specIndex];

    private static string MemberOf(string name, LayerSpec spec, int stack, bool isReverse) => Planner.Member(name, spec.Layers > 1 ? stack : -1, isReverse);

    public LastNode AddLast(Node rows) =>
        Add(new LastNode(rows, LastNode.IsKeptBy(rows) ? null : NewState("output of the last time step", rows.Width!.Value, rows.Axis)));

    /// <summary>The axis of the target's steps.</summary>
    public Axis AddTarget()
    {
        _axes.Add(new Axis(_axes.Count, 1, isTarget: true));
        return AxisOfTarget;
    }

    /// <summary>The axis of time of a stride; there is one of each.</summary>
    private Axis AxisOf(int stride)
    {
        Axis? axis = _axes.Find(axis => axis.Stride == stride);
        if (axis is null)
        {
            axis = new Axis(_axes.Count, stride);
            _axes.Add(axis);
        }

        return axis;
    }

    private StatePlan NewState(string name, int width, Axis axis)
    {
        StatePlan state = new(name, width, _state) { Axis = axis };
        _state += 2 * state.Padded;
        return state;
    }

    public T Add<T>(T node)
        where T : Node
    {
        node.Index = _nodes.Count;
        node.LayerNumber = LayerNumber;
        _nodes.Add(node);
        return node;
    }

    private void PlaceScratch()
    {
        int scratch = 0;
        foreach (Node node in _nodes)
        {
            node.ScratchOffset = scratch;
            scratch += node.StepScratch;
        }
    }

    private void PlaceMemory()
    {
        int memory = 0;
        foreach (Node node in _nodes.Where(node => node.IsMemory))
        {
            node.MemoryOffset = memory;
            memory += node.Stride!.Value;
        }
    }
}
