using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Expands the layers of a valid spec to nodes and gives every panel, state, scratch vector and row buffer its place.</summary>
internal sealed class GraphBuilder
{
    private readonly ModelSpec _spec;
    private readonly IReadOnlyList<string> _names;
    private readonly int _lastRecurrent;
    private readonly List<Node> _nodes = [];
    private readonly List<Axis> _axes = [];
    private readonly DecoderBuilder _decoder;
    private int _layers;
    private int _weights;
    private int _state;

    public GraphBuilder(ModelSpec spec)
    {
        _spec = spec;
        _names = Planner.LayerNames(spec.Layers);
        _decoder = new DecoderBuilder(this, spec);
        _lastRecurrent = spec.Layers.Count - 1;
        while (_lastRecurrent >= 0 && !Planner.IsRecurrent(spec.Layers[_lastRecurrent]))
        {
            _lastRecurrent--;
        }
    }

    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The steps of the target.</summary>
    public Axis AxisOfTarget => _axes[_axes.Count - 1];

    public ModelPlan Build()
    {
        Node rows = Add(LayerKind.TakesTokens(_spec.Layers[0].Kind) ? new TokenNode(_spec.Input, AxisOf(stride: 1)) : new InputNode(_spec.Input, AxisOf(stride: 1)));
        for (int i = 0; i < _spec.Layers.Count; i++)
        {
            if (_spec.Task == "ManyToOne" && i == _lastRecurrent + 1)
            {
                rows = AddLast(rows);
            }

            rows = _spec.Layers[i].Kind switch
            {
                LayerKind.Decoder => _decoder.Begin(rows, i),
                LayerKind.Attention => _decoder.Attend(rows, i),
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
        return new ModelPlan(_spec, _nodes, _axes);
    }

    /// <summary>One attribute: as many layers as it stacks.</summary>
    private Node AddStack(Node rows, int specIndex)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        if (spec.Kind == LayerKind.OneHot)
        {
            // One-hot vectors are never written: the layer above looks up a column of its weights.
            return rows;
        }

        for (int stack = 0; stack < spec.Layers; stack++)
        {
            CellNode cell = AddCell(rows, new LayerPart(spec, specIndex, _names[specIndex], stack, Planner.CellOf(spec)!));
            _decoder.TakeOver(cell);
            bool last = specIndex == _spec.Layers.Count - 1 && stack == spec.Layers - 1;
            rows = spec.Dropout > 0 && !last ? Add(new DropoutNode(cell)) : cell;
        }

        return rows;
    }

    public string NameOf(int specIndex) => _names[specIndex];

    public CellNode AddCell(Node rows, LayerPart part)
    {
        LayerPlan layer = NewLayer(rows.Width!.Value, rows.Axis, part, rows.HoldsTokens);
        string of = part.Spec.Layers > 1 ? $"{part.Name} layer {part.Stack + 1}" : part.Name;
        return Add(new CellNode(rows, layer with
        {
            States = [.. layer.Program.States.Select(state => NewState($"{state.Name} of {of}", layer.UnitsOf(state.Space)!.Value) with
            {
                InitialOffset = layer.Parameters.FirstOrDefault(parameter => parameter.Tensor.InitialOf == state)?.Offset,
            })],
        }));
    }

    /// <summary>Lays out the weights of a layer.</summary>
    public LayerPlan NewLayer(int inputs, Axis axis, LayerPart part, bool takesTokens = false)
    {
        (LayerSpec spec, int specIndex, string name, int stack, Cell cell) = part;
        CellProgram program = new(cell.Equations(spec));
        List<PanelPlan> panels = [];
        LayerPlan layer = new(_layers++, spec, specIndex, cell, program, name, stack, inputs, spec.Units, panels, !axis.IsTime, cell.EndsInSoftmax(spec))
        {
            Member = Planner.Member(name, spec.Layers > 1 ? stack : -1),
            TakesTokens = takesTokens,
            OfSource = !axis.IsTarget && _spec.HasDecoder,
        };
        foreach (CellOperand operand in program.Operands)
        {
            string? bias = operand.HasBias ? $"{name}.{cell.TensorName("bias", operand, stack)}" : null;
            PanelPlan panel = new(operand, _weights, $"{name}.{cell.TensorName("weight", operand, stack)}", bias);
            panels.Add(panel);
            _weights += panel.Size(layer, layer.Units ?? 0);
        }

        List<ParameterPlan> parameters = [];
        foreach (ParameterTensor tensor in program.Equations.Tensors)
        {
            ParameterPlan parameter = new(tensor, _weights, $"{name}.{tensor.Name.Replace("#", $"{stack}")}");
            parameters.Add(parameter);
            _weights += parameter.Size(layer);
        }

        return layer with { Parameters = parameters };
    }

    public LastNode AddLast(Node rows) =>
        Add(new LastNode(rows, LastNode.IsKeptBy(rows) ? null : NewState("output of the last time step", rows.Width!.Value)));

    /// <summary>The axis of the target's steps.</summary>
    public Axis AddTarget()
    {
        _axes.Add(new Axis(_axes.Count, 1, isTarget: true));
        return AxisOfTarget;
    }

    /// <summary>The axis of time of a stride; there is one of each.</summary>
    private Axis AxisOf(int stride)
    {
        Axis? axis = _axes.Find(axis => axis.Stride == stride && !axis.IsTarget);
        if (axis is null)
        {
            axis = new Axis(_axes.Count, stride);
            _axes.Add(axis);
        }

        return axis;
    }

    private StatePlan NewState(string name, int width)
    {
        StatePlan state = new(name, width, _state);
        _state += 2 * state.Padded;
        return state;
    }

    public T Add<T>(T node)
        where T : Node
    {
        node.Index = _nodes.Count;
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
