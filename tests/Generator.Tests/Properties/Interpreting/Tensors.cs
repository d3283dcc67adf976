using Seq.Embedded.Weights;

namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>The tensors of a weight file as doubles; the formulas read each by its name and state its shape.</summary>
internal sealed class Tensors
{
    private readonly Dictionary<string, SafeTensor> _tensors;
    private readonly Dictionary<string, double[]> _read = [];

    public Tensors(SafeTensorsFile file) => _tensors = file.Tensors.ToDictionary(tensor => tensor.Name);

    /// <summary>The tensors that a formula has asked for.</summary>
    public IReadOnlyDictionary<string, double[]> Read => _read;

    /// <summary>The tensors that none has.</summary>
    public IEnumerable<string> Unread => _tensors.Keys.Except(_read.Keys);

    /// <summary>The values of a tensor, row by row; the array is shared by all who ask, so that a test can change it.</summary>
    public double[] Get(string name, params int[] shape)
    {
        Assert.True(_tensors.TryGetValue(name, out SafeTensor? tensor), $"No tensor {name} among {string.Join(", ", _tensors.Keys)}.");
        Assert.True(tensor.Shape.Select(size => (int)size).SequenceEqual(shape), $"{name} has the shape ({string.Join(", ", tensor.Shape)}), expected ({string.Join(", ", shape)}).");
        if (!_read.TryGetValue(name, out double[]? values))
        {
            _read[name] = values = [.. tensor.ToArray().Select(value => (double)value)];
        }

        return values;
    }
}
