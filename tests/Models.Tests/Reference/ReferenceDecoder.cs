using Seq.Embedded.Models.Tests.Cases;

namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>An encoder-decoder model in double precision, written from the formulas of the attributes' documentation.</summary>
internal sealed class ReferenceDecoder
{
    private readonly DecoderCase _model;
    private readonly List<ReferenceLayer> _encoder = [];
    private readonly List<ReferenceLayer> _decoder = [];
    private readonly ReferenceLayer _output;
    private readonly AttentionAttribute? _attention;
    private readonly string _name = "attention";

    public ReferenceDecoder(DecoderCase model, object instance)
    {
        _model = model;
        Tensors = model.Tensors(instance).ToDictionary(tensor => tensor.Key, tensor => Array.ConvertAll(tensor.Value, value => (double)value));
        Build(_encoder, "", model.Encoder, model.Encoder, model.InputSize);
        _attention = model.Decoder.OfType<AttentionAttribute>().SingleOrDefault();
        _name = _attention?.Name ?? _name;
        int width = Build(_decoder, "decoder.", [.. model.Decoder[..^1].Where(layer => layer is not AttentionAttribute)], model.Decoder, model.Vocabulary);
        _output = ReferenceModel.Create(model.Decoder[^1], model.Decoder[^1].Name ?? "decoder.dense", Tensors, width, value => (int)value).Single();
        foreach (ReferenceLayer layer in _encoder.Concat(_decoder).Append(_output))
        {
            layer.IsInt8 = model.IsInt8;
        }
    }

    public Dictionary<string, double[]> Tensors { get; }

    /// <summary>Probabilities for every token of the target.</summary>
    public double[][] Forward(float[] source, int[] target)
    {
        int size = _model.TakesTokens ? 1 : _model.InputSize;
        double[][] rows = [.. source.Chunk(size).Select(row => Array.ConvertAll(row, value => (double)value))];
        for (int i = 0; i < _encoder.Count; i++)
        {
            double[][] outputs = _encoder[i].Forward(rows);
            rows = _model.Encoder[Math.Min(i, _model.Encoder.Length - 1)].Residual ? [.. outputs.Zip(rows, (output, input) => output.Zip(input, (o, x) => o + x).ToArray())] : outputs;
        }

        HandOver(rows[^1]);
        double[][] states = [.. target.Select(token => new double[] { token })];
        foreach (ReferenceLayer layer in _decoder)
        {
            states = layer.Forward(states);
        }

        return _output.Forward(_attention is null ? states : Array.ConvertAll(states, state => Attend(state, rows)));
    }

    private void HandOver(double[] last)
    {
        List<ReferenceRecurrent> from = [.. _encoder.Select(layer => layer as ReferenceRecurrent ?? (layer as ReferenceDirections)?.First).OfType<ReferenceRecurrent>()], to = [.. _decoder.OfType<ReferenceRecurrent>()];
        if (from.Count == 0)
        {
            to[0].GivenH = last;
        }

        foreach ((ReferenceRecurrent source, ReferenceRecurrent layer) in from.Zip(to))
        {
            layer.GivenH = source.FinalH;
            layer.GivenC = source.FinalC;
        }
    }

    private double[] Attend(double[] state, double[][] values)
    {
        int units = _attention!.Units;
        double[] query = units == 0 ? state : Map("query", units, state);
        double[] scores = Array.ConvertAll(values, value =>
        {
            double[] key = units == 0 ? value : Map("key", units, value);
            return _attention.Score == AttentionScore.Additive
                ? query.Zip(key, (q, k) => Math.Tanh(q + k)).Zip(Tensors[_name + ".score.weight"], (t, v) => t * v).Sum()
                : query.Zip(key, (q, k) => q * k).Sum();
        });
        double largest = scores.Max(), sum = scores.Sum(score => Math.Exp(score - largest));
        double[] both = new double[values[0].Length + state.Length];
        state.CopyTo(both, values[0].Length);
        for (int j = 0; j < values.Length; j++)
        {
            for (int i = 0; i < values[j].Length; i++)
            {
                both[i] += Math.Exp(scores[j] - largest) / sum * values[j][i];
            }
        }

        return Array.ConvertAll(Map("combine", state.Length, both), Math.Tanh);
    }

    /// <summary>W x + b, or W x.</summary>
    private double[] Map(string part, int rows, double[] x)
    {
        x = _model.IsInt8 ? ReferenceLayer.Rounded(x) : x;
        double[] weight = Tensors[$"{_name}.{part}.weight"], bias = Tensors.GetValueOrDefault($"{_name}.{part}.bias") ?? new double[rows];
        return [.. Enumerable.Range(0, rows).Select(row => bias[row] + x.Select((value, k) => weight[(row * x.Length) + k] * value).Sum())];
    }

    /// <summary>Layers that are named by their kind have a prefix in the decoder.</summary>
    private int Build(List<ReferenceLayer> layers, string prefix, LayerAttribute[] attributes, LayerAttribute[] all, int inputs)
    {
        foreach (LayerAttribute layer in attributes)
        {
            layers.AddRange(ReferenceModel.Create(layer, layer.Name ?? prefix + ReferenceModel.NameOf(layer, all), Tensors, inputs, value => (int)value));
            inputs = layers[^1].Units;
        }

        return inputs;
    }
}
