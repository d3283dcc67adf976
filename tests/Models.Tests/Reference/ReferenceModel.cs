using Seq.Embedded.Models.Tests.Cases;
using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>
/// A model in double precision, written from the formulas of the attributes' documentation: plain loops over the tensors of the weight
/// file. It shares no code with the generator or the kernels.
/// </summary>
internal sealed class ReferenceModel
{
    private readonly ReferenceLayer[] _layers;
    private readonly bool[] _residual;
    private readonly bool _manyToOne;
    private readonly int _lastRecurrent;

    public ReferenceModel(TestModel model)
        : this(model.Case, model.Tensors())
    {
    }

    public ReferenceModel(ModelCase model, IReadOnlyDictionary<string, float[]> tensors)
    {
        _manyToOne = model.ManyToOne;
        Tensors = tensors.ToDictionary(tensor => tensor.Key, tensor => Array.ConvertAll(tensor.Value, value => (double)value));
        List<ReferenceLayer> layers = [];
        List<bool> residual = [];
        int inputs = model.InputSize;
        foreach (LayerAttribute layer in model.Layers)
        {
            foreach (ReferenceLayer created in Create(layer, NameOf(layer, model.Layers), Tensors, inputs, model.Token, model.LookAhead))
            {
                created.IsInt8 = model.IsInt8;
                layers.Add(created);
                residual.Add(layer.Residual);
                inputs = created.Units;
            }
        }

        _layers = [.. layers];
        _residual = [.. residual];
        _lastRecurrent = layers.FindLastIndex(layer => layer is not (ReferenceDense or ReferenceEmbedding or ReferenceOneHot or ReferenceConv1D { GoesThroughTime: false }));
    }

    /// <summary>The layers of one attribute.</summary>
    /// <param name="layer">The attribute.</param>
    /// <param name="name">Name of its tensors.</param>
    /// <param name="tensors">The tensors of the model.</param>
    /// <param name="inputs">Values of an input, or the size of the vocabulary.</param>
    /// <param name="token">The token that a value stands for.</param>
    /// <param name="lookAhead">Time steps of a chunk, or 0.</param>
    public static IEnumerable<ReferenceLayer> Create(
        LayerAttribute layer, string name, Dictionary<string, double[]> tensors, int inputs, Func<double, int> token, int lookAhead = 0)
    {
        int stack = layer is RecurrentLayerAttribute recurrent ? recurrent.Layers : 1;
        for (int i = 0; i < stack; i++)
        {
            ReferenceLayer Direction(Dictionary<string, double[]> tensors) => layer switch
            {
                RnnAttribute rnn => new ReferenceRnn(tensors, name, i, inputs, rnn),
                GruAttribute gru => new ReferenceGru(tensors, name, i, inputs, gru),
                LstmAttribute lstm => new ReferenceLstm(tensors, name, i, inputs, lstm),
                MguAttribute mgu => new ReferenceMgu(tensors, name, i, inputs, mgu),
                LeakyAttribute leaky => new ReferenceLeaky(tensors, name, i, inputs, leaky),
                GrowingAttribute growing => new ReferenceGrowing(tensors, name, i, inputs, growing),
                MixingAttribute mixing => new ReferenceMixing(tensors, name, i, inputs, mixing),
                FastGrnnAttribute fast => new ReferenceFastGrnn(tensors, name, i, inputs, fast),
                EmbeddingAttribute embedding => new ReferenceEmbedding(tensors, name, inputs, token, embedding),
                OneHotAttribute => new ReferenceOneHot(inputs, token),
                AttentionPoolingAttribute pooling => new ReferenceAttentionPooling(tensors, name, inputs, pooling.Units),
                Conv1DAttribute convolution => new ReferenceConv1D(tensors, name, inputs, convolution),
                _ => new ReferenceDense(tensors, name, inputs, (DenseAttribute)layer),
            };
            ReferenceLayer created = layer is RecurrentLayerAttribute { Direction: not Seq.Embedded.Direction.Forward } directed
                ? new ReferenceDirections(
                    directed.Direction == Seq.Embedded.Direction.Reverse ? null : Direction(tensors), Direction(ReferenceDirections.ReverseTensors(tensors)), directed.Merge, lookAhead)
                : Direction(tensors);
            inputs = created.Units;
            yield return created;
        }
    }

    /// <summary>Factor of an output of a layer in training: layer, time step (0 where a layer runs once a sequence), unit.</summary>
    public delegate double DropoutMask(int layer, int step, int unit);

    /// <summary>The tensors by name; a change changes the model.</summary>
    public Dictionary<string, double[]> Tensors { get; }

    /// <summary>Lets every sequence begin with the state of a snapshot: h, and c, of each recurrent layer in turn.</summary>
    public void SetInitialState(ReadOnlySpan<float> snapshot)
    {
        int at = 0;
        double[] Take(ReadOnlySpan<float> values, int count)
        {
            at += count;
            return Array.ConvertAll(values.Slice(at - count, count).ToArray(), value => (double)value);
        }

        foreach (ReferenceRecurrent layer in _layers.OfType<ReferenceRecurrent>())
        {
            layer.GivenH = Take(snapshot, layer.Units);
            layer.GivenC = layer is ReferenceLstm ? Take(snapshot, layer.Cells) : [];
        }
    }

    /// <summary>Multiply-adds of one step.</summary>
    public long Cost => Tensors.Values.Sum(tensor => (long)tensor.Length);

    /// <summary>Outputs of each layer.</summary>
    public IReadOnlyList<int> Units => Array.ConvertAll(_layers, layer => layer.Units);

    /// <summary>Index of the layer that reads a tensor.</summary>
    public int LayerOf(double[] tensor) => Array.FindIndex(_layers, layer => layer.Uses(tensor));

    /// <summary>Output rows of a sequence; one row for a many-to-one model.</summary>
    public double[][] Forward(double[][] inputs, DropoutMask? mask = null) => ForwardFrom(0, inputs, mask);

    /// <summary>What each layer reads, and last the outputs.</summary>
    public double[][][] LayerInputs(double[][] inputs, DropoutMask? mask = null)
    {
        double[][][] rows = new double[_layers.Length + 1][][];
        rows[0] = inputs;
        for (int i = 0; i < _layers.Length; i++)
        {
            rows[i + 1] = ForwardLayer(i, rows[i], mask);
        }

        return rows;
    }

    /// <summary>Outputs from the rows that a layer reads.</summary>
    public double[][] ForwardFrom(int layer, double[][] rows, DropoutMask? mask = null)
    {
        for (int i = layer; i < _layers.Length; i++)
        {
            rows = ForwardLayer(i, rows, mask);
        }

        return rows;
    }

    public double[][] Rows(ReadOnlySpan<float> inputs, int size)
    {
        double[][] rows = new double[inputs.Length / size][];
        for (int t = 0; t < rows.Length; t++)
        {
            rows[t] = Array.ConvertAll(inputs.Slice(t * size, size).ToArray(), value => (double)value);
        }

        return rows;
    }

    public static string NameOf(LayerAttribute layer, IReadOnlyList<LayerAttribute> layers)
    {
        string kind = layer.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal).ToLowerInvariant();
        LayerAttribute[] unnamed = [.. layers.Where(other => other.Name is null && other.GetType() == layer.GetType())];
        return layer.Name ?? (unnamed.Length == 1 ? kind : kind + (Array.FindIndex(unnamed, other => ReferenceEquals(other, layer)) + 1));
    }

    private double[][] ForwardLayer(int index, double[][] rows, DropoutMask? mask)
    {
        double[][] inputs = rows;
        bool isLast = _manyToOne && index == _lastRecurrent;
        rows = isLast && _layers[index] is ReferenceDirections directions ? [directions.Last(inputs)] : _layers[index].Forward(inputs);
        if (mask is not null && index < _layers.Length - 1)
        {
            for (int t = 0; t < rows.Length; t++)
            {
                for (int unit = 0; unit < rows[t].Length; unit++)
                {
                    rows[t][unit] *= mask(index, t, unit);
                }
            }
        }

        if (_residual[index])
        {
            rows = [.. rows.Zip(inputs, (row, input) => row.Zip(input, (output, x) => output + x).ToArray())];
        }

        return isLast ? [rows[^1]] : rows;
    }
}
