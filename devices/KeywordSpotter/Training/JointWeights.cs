using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Training;

/// <summary>Weights that go from one network to another whose layers are the same below the head.</summary>
internal static class JointWeights
{
    /// <summary>Names of all outputs, as a JSON array.</summary>
    public const string LabelsKey = "training.outputs";

    private const string Weight = "head.weight";
    private const string Bias = "head.bias";

    /// <summary>A network of random weights, or of those of a file; rows of the head go by their names, and those that the file lacks are random.</summary>
    /// <param name="outputs">Of the network.</param>
    /// <param name="seed">Of what is random.</param>
    /// <param name="start">A file of a <see cref="JointModel"/> or a <see cref="KeywordModel"/>; null for none.</param>
    /// <exception cref="WeightFileException">The file is of another network.</exception>
    public static JointModel Create(JointOutputs outputs, int seed, SafeTensorsFile? start)
    {
        JointModel random = JointModel.Create(outputs.Count, seed);
        if (start is null)
        {
            return random;
        }

        string[] known = ReadLabels(start);
        SafeTensorsFile own = ToFile(random);
        SafeTensor[] tensors = Array.ConvertAll([.. own.Tensors], tensor =>
        {
            if (!start.TryGetTensor(tensor.Name, out SafeTensor? other))
            {
                return tensor; // the check of the names is that of the file itself, below
            }

            if (tensor.Name is not (Weight or Bias))
            {
                return other;
            }

            float[] values = tensor.ToArray(), rows = other.ToArray();
            int width = values.Length / outputs.Count;
            for (int output = 0; output < outputs.Count; output++)
            {
                int row = Array.IndexOf(known, outputs.Labels[output]);
                if (row >= 0 && rows.Length >= (row + 1) * width)
                {
                    rows.AsSpan(row * width, width).CopyTo(values.AsSpan(output * width));
                }
            }

            return SafeTensor.Create(tensor.Name, [.. tensor.Shape], values);
        });
        return JointModel.Load(Rewrite(tensors, start.Name));
    }

    /// <summary>The first group of outputs, behind a softmax.</summary>
    public static KeywordModel ToKeywordModel(JointModel model, JointOutputs outputs)
    {
        SafeTensorsFile file = ToFile(model);
        SafeTensor[] tensors = Array.ConvertAll([.. file.Tensors], tensor =>
        {
            if (tensor.Name is not (Weight or Bias))
            {
                return tensor;
            }

            float[] values = tensor.ToArray();
            return SafeTensor.Create(tensor.Name, [outputs.Keywords, .. tensor.Shape[1..]], values.AsSpan(0, values.Length / outputs.Count * outputs.Keywords));
        });
        return KeywordModel.Load(Rewrite(tensors, file.Name));
    }

    private static string[] ReadLabels(SafeTensorsFile file) => file.Metadata.TryGetValue(LabelsKey, out string? labels)
        ? SpotterModel.ParseLabels(labels, file.Name)
        : SpotterModel.ParseLabels(file, file.Name);

    /// <summary>The tensors of a network, by way of a file: networks are not read otherwise.</summary>
    private static SafeTensorsFile ToFile(JointModel model)
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            model.Save(path);
            return SafeTensorsFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Tensors without the texts of the file that they come from.</summary>
    private static SafeTensorsFile Rewrite(SafeTensor[] tensors, string name)
    {
        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, tensors, new Dictionary<string, string>());
        stream.Position = 0;
        return SafeTensorsFile.Read(stream, name);
    }
}
