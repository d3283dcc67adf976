using KeywordSpotter.Spotting;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Tuning;

/// <summary>A model with more keywords than it was trained for.</summary>
internal static class GrownHead
{
    private const string Weight = "head.weight";
    private const string Bias = "head.bias";

    /// <summary>A new keyword's posterior is at first e^-5 of the background's: it takes next to nothing from what the model knows, and leaves a gradient to learn from.</summary>
    private const float FirstLogit = -5;

    /// <summary>The weights of a file with outputs for new keywords: each begins as the row of the background with a lower bias. All other rows stay as they are.</summary>
    /// <param name="file">A keyword model of floats, checked.</param>
    /// <param name="count">How many.</param>
    public static KeywordModel Create(SafeTensorsFile file, int count)
    {
        SafeTensor[] tensors = [.. file.Tensors];
        for (int i = 0; i < tensors.Length && count > 0; i++)
        {
            if (tensors[i].Name is Weight or Bias)
            {
                float[] old = tensors[i].ToArray();
                int width = old.Length / (int)tensors[i].Shape[0];
                var grown = new float[old.Length + (count * width)];
                old.CopyTo(grown, 0);
                for (int at = old.Length; at < grown.Length; at++)
                {
                    grown[at] = old[at % width] + (tensors[i].Name == Bias ? FirstLogit : 0);
                }

                tensors[i] = SafeTensor.Create(tensors[i].Name, [grown.Length / width, .. tensors[i].Shape[1..]], grown);
            }
        }

        using var stream = new MemoryStream();
        SafeTensorsWriter.Write(stream, tensors, file.Metadata);
        stream.Position = 0;
        return KeywordModel.Load(SafeTensorsFile.Read(stream, file.Name));
    }
}
