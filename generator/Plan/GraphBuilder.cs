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
    private int _layers;
    private int _weights;
    private int _state;

    public GraphBuilder(ModelSpec spec)
    {
        _spec = spec;
        _names = Planner.LayerNames(spec.Layers);
        _lastRecurrent = spec.Layers.Count - 1;
        while (_lastRecurrent >= 0 && !Planner.ReadsPast(spec.Layers[_lastRecurrent]))
        {
            _lastRecurrent--;
        }
    }

    public ModelPlan Build()
    {
        Node rows = Add(new InputNode(_spec.Input, AxisOf(stride: 1)));
        for (int i = 0; i < _spec.Layers.Count; i++)
        {
            if (_spec.Task == "ManyToOne" && i == _lastRecurrent + 1 && rows.Axis.IsTime)
            {
                rows = AddLast(rows);
            }

            rows = AddStack(rows, i);
        }

        if (_spec.Task == "ManyToOne" && rows.Axis.IsTime)
        {
            AddLast(rows);
        }

        PlaceScratch();
        new RunBuffers(_nodes).Assign();
        return new ModelPlan(_spec, _nodes, _axes);
    }

    /// <summary>One attribute: as many layers as it stacks.</summary>
    private Node AddStack(Node rows, int specIndex)
    {
        LayerSpec spec = _spec.Layers[specIndex];
        for (int stack = 0; stack < spec.Layers; stack++)
        {
            Node input = rows;
            int first = _nodes.Count;
            bool isTop = stack == spec.Layers - 1;
            rows = Planner.CellOf(spec).PoolsTime
                ? AddPooling(rows, specIndex)
                : AddDirections(rows, specIndex, stack, isLast: isTop && _spec.Task == "ManyToOne" && specIndex == _lastRecurrent);
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
        CellNode? forward = spec.Direction == "Reverse" ? null : AddCell(rows, spec, _names[specIndex], specIndex, stack, isReverse: false);
        return spec.Direction == "Forward" ? forward! : AddReverse(rows, forward, specIndex, stack, isLast);
    }

    /// <summary>Attention pooling: the projection of every row, its score, a dense layer of one unit without bias, and the mean that the scores weigh.</summary>
    private PoolNode AddPooling(Node rows, int specIndex)
    {
        string name = _names[specIndex];
        CellNode projection = AddCell(rows, _spec.Layers[specIndex], $"{name}.{AttentionPoolingCell.Projection}", specIndex, 0, isReverse: false);
        _layers++;
        CellNode scores = AddCell(projection, AttentionPoolingCell.ScoreSpec, $"{name}.{AttentionPoolingCell.Score}", specIndex, 0, isReverse: false);
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
        CellNode cell = AddCell(reversed, spec, name, specIndex, stack, isReverse: true);
        Node reverse = isLast ? AddLast(cell) : Add(new ReverseNode(cell, name, member, _spec.LookAhead, isInput: false));
        return forward is null
            ? reverse
            : Add(new MergeNode(isLast ? AddLast(forward) : forward, reverse, (MergeKind)Enum.Parse(typeof(MergeKind), spec.Merge), name, isResidual: false));
    }

    private CellNode AddCell(Node rows, LayerSpec spec, string name, int specIndex, int stack, bool isReverse)
    {
        string direction = isReverse ? "_reverse" : "", member = MemberOf(name, spec, stack, isReverse);
        Cell cell = Planner.CellOf(spec);
        CellProgram program = new(cell.Equations(spec));
        TimeWindow? window = cell.Window(spec);
        int inputs = rows.Width!.Value;
        if (window is { GoesThroughTime: true })
        {
            rows = Add(new WindowNode(rows, AxisOf(rows.Axis.Stride * window.Stride), member, name, window));
        }

        List<PanelPlan> panels = [];
        LayerPlan layer = new(_layers, spec, specIndex, cell, program, name, stack, rows.Width!.Value, spec.Units, panels, !rows.Axis.IsTime, cell.EndsInSoftmax(spec))
        {
            IsReverse = isReverse,
            Member = member,
            Inputs = inputs,
            Window = window,
            Stride = rows.Axis.Stride,
        };
        foreach (CellOperand operand in program.Operands)
        {
            string? bias = operand.HasBias ? $"{name}.{cell.TensorName("bias", operand, stack)}{direction}" : null;
            PanelPlan panel = new(operand, _weights, $"{name}.{cell.TensorName("weight", operand, stack)}{direction}", bias);
            panels.Add(panel);
            _weights += panel.Size(layer, layer.Units ?? 0);
        }

        List<ParameterPlan> parameters = [];
        foreach (ParameterTensor tensor in program.Equations.Tensors)
        {
            ParameterPlan parameter = new(tensor, _weights, $"{name}.{tensor.Name.Replace("#", $"{stack}{direction}")}");
            parameters.Add(parameter);
            _weights += parameter.Size(layer);
        }

        string of = $"{name}{(spec.Layers > 1 ? $" layer {stack + 1}" : "")}{(isReverse ? " reverse" : "")}";
        return Add(new CellNode(rows, layer with
        {
            Parameters = parameters,
            States = [.. program.States.Select(state => NewState($"{state.Name} of {of}", layer.UnitsOf(state.Space)!.Value, rows.Axis) with
            {
                InitialOffset = parameters.FirstOrDefault(parameter => parameter.Tensor.InitialOf == state)?.Offset,
            })],
        })
        {
            Chunk = isReverse ? _spec.LookAhead : 0,
        });
    }

    private static string MemberOf(string name, LayerSpec spec, int stack, bool isReverse) => Planner.Member(name, spec.Layers > 1 ? stack : -1, isReverse);

    private LastNode AddLast(Node rows) =>
        Add(new LastNode(rows, LastNode.IsKeptBy(rows) ? null : NewState("output of the last time step", rows.Width!.Value, rows.Axis)));

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

    private T Add<T>(T node)
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
}
