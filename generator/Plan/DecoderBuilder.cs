using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>What stands between the encoder and the decoder of a model: states that are handed over, and attention.</summary>
internal sealed class DecoderBuilder(GraphBuilder graph, ModelSpec spec)
{
    private readonly List<HandOverNode> _handOvers = [];
    private Node? _values;
    private Node? _keys;

    /// <summary>Ends the encoder: keys of attention, and a node for each state that is handed over. Returns the tokens of the target.</summary>
    public Node Begin(Node encoder, int index)
    {
        int attention = spec.Layers.ToList().FindIndex(layer => layer.Is(LayerKind.Attention));
        if (attention >= 0)
        {
            _values = encoder;
            int units = spec.Layers[attention].Number("Units");
            graph.LayerNumber = graph.NumberOf(attention);
            _keys = units == 0 ? encoder : graph.AddPart(encoder, Part(attention, units, "key", bias: false));
            graph.LayerNumber = encoder.LayerNumber;
            _values.Storage.IsMemory = true;
            _keys.Storage.IsMemory = true;
        }

        // Of both directions of a layer the forward one, which has read the whole source last.
        List<CellNode> recurrent = [.. graph.Nodes.OfType<CellNode>().Where(cell => cell.Layer.IsRecurrent).GroupBy(cell => cell.Layer.Index).Select(directions => directions.First())];
        IEnumerable<Node> sources = recurrent.Count > 0 ? recurrent.Take(Recurrent(index)) : [graph.AddLast(encoder)];
        foreach (Node source in sources.ToList())
        {
            HandOverNode handOver = graph.Add(new HandOverNode(source));
            handOver.LayerNumber = source.LayerNumber;
            _handOvers.Add(handOver);
        }

        return graph.Add(new TokenNode(spec.Layers[index].Units!.Value, graph.AddTarget()));
    }

    /// <summary>Lets a cell of the decoder begin with what the encoder hands over.</summary>
    public void TakeOver(CellNode cell)
    {
        if (cell.Layer.IsRecurrent && _handOvers.Find(handOver => handOver.Target is null) is { } next)
        {
            next.Target = cell;
            cell.TakesOver = true;
            if (next.Sources[0] is CellNode source)
            {
                source.HandsOver = true;
            }
        }
    }

    /// <summary>Attention above the decoder's recurrent layers.</summary>
    public Node Attend(Node state, int index)
    {
        graph.LayerNumber = graph.NumberOf(index);
        LayerSpec layer = spec.Layers[index];
        int units = layer.Number("Units");
        Node query = units == 0 ? state : graph.AddPart(state, Part(index, units, "query"));
        LayerPlan? score = layer.Option("Score", "Additive") == "Additive" ? graph.NewLayer(1, graph.AxisOfTarget, Part(index, units, "score", kind: new ScoreCell()), takesTokens: true) : null;
        Node rows = graph.Add(new AttendNode(query, state, _keys!, _values!, score, graph.NameOf(index)));
        CellNode combined = graph.AddPart(rows, Part(index, state.Width!.Value, "combine", activation: "Tanh"));
        return layer.Dropout > 0 ? graph.Add(new DropoutNode(combined, combined.Layer)) : combined;
    }

    /// <summary>Recurrent layers of the decoder, stacks counted layer by layer.</summary>
    private int Recurrent(int index) => spec.Layers.Skip(index + 1).Where(Planner.IsRecurrent).Sum(layer => layer.Layers);

    /// <summary>A cell of the attention: a dense layer with tensors of its own.</summary>
    private LayerPart Part(int index, int units, string part, bool bias = true, string activation = "None", Cell? kind = null)
    {
        Cell cell = kind ?? new DenseCell();
        Dictionary<string, string> options = new() { ["Bias"] = bias ? "True" : "False", ["Activation"] = activation };
        LayerSpec layer = new(cell.Attribute, units, 1, null, spec.Layers[index].Dropout, new(cell.Complete(options)));
        string name = $"{graph.NameOf(index)}.{part}";
        return new LayerPart(layer, index, name, 0, cell, Planner.Member(name, -1), false);
    }
}

/// <summary>A layer to be laid out: its spec, which attribute it comes from, its name, its place in a stack, its cell, its name in members, and its direction.</summary>
internal sealed record LayerPart(LayerSpec Spec, int SpecIndex, string Name, int Stack, Cell Cell, string Member, bool IsReverse);
