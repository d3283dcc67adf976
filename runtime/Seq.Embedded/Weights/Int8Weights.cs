using System.Globalization;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Weights;

/// <summary>Moves weights between safetensors files and the arena of a model with 8-bit weights (<see cref="WeightFormat.Int8"/>).</summary>
/// <remarks>
/// A file of 8-bit weights has the tensors of a file of floats under the same names and shapes, the matrices as I8, and beside each matrix <c>NAME_scale</c>, F32, with the
/// scale of each of its rows (of a table: of each of its columns): a weight is its integer times its scale. Biases and trained vectors are floats.
/// A file of floats is rounded as it is loaded (<see cref="Int8Panel.Quantize"/>). Such a scale has 17 significant bits, so that an integer times it is exact: floats that
/// were made of such weights round to the same weights. Saving and loading 8-bit weights changes no bit.
/// </remarks>
public static class Int8Weights
{
    /// <summary>Loads a file of floats or of 8-bit weights.</summary>
    /// <param name="file">The file.</param>
    /// <param name="table">The panels of the model.</param>
    /// <param name="fingerprint">The text that <c>seq.spec</c> must equal where the file has it.</param>
    /// <param name="arena">Receives the panels, each at its Int8Offset; untouched when an exception is thrown.</param>
    /// <exception cref="WeightFileException">As <see cref="ModelWeights.Load"/>; or of 8-bit weights one is -128, a matrix is of another type, or a scale is negative.</exception>
    /// <exception cref="ArgumentException">A panel does not lie inside the arena.</exception>
    public static void Load(SafeTensorsFile file, ReadOnlySpan<PanelTensor> table, string fingerprint, Span<float> arena)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (!IsInt8(file))
        {
            float[] floats = new float[GetFloats(table)];
            ModelWeights.Load(file, table, fingerprint, floats);
            Quantize(table, floats, arena);
            return;
        }

        ModelWeights.CheckMetadata(file, fingerprint);
        ModelWeights.CheckNames(file, table, withScales: true);
        Matrix[] matrices = new Matrix[table.Length];
        float[][] weights = new float[table.Length][], biases = new float[table.Length][];
        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            biases[i] = panel.Bias is null ? [] : ModelWeights.ReadTensor(file, panel.Bias, [panel.Rows]);
            weights[i] = panel.IsInt8 || panel.Weight is null ? [] : ModelWeights.ReadTensor(file, panel.Weight, ModelWeights.GetShape(panel));
            matrices[i] = panel.IsInt8 ? ReadMatrix(file, panel) : default;
        }

        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            if (panel.IsInt8)
            {
                Int8Panel.Pack(matrices[i].Bytes, matrices[i].Scales, biases[i], panel.Gates, panel.Units, panel.Columns, GetInt8(arena, panel));
            }
            else
            {
                Panel.Pack(ModelWeights.FromFileOrder(panel, weights[i]), biases[i], panel.Gates, panel.Units, panel.Columns, GetInt8(arena, panel));
            }
        }
    }

    /// <summary>True for a file of 8-bit weights: one of its tensors is of type I8.</summary>
    /// <param name="file">The file.</param>
    public static bool IsInt8(SafeTensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Array.Exists([.. file.Tensors], tensor => tensor.Type == SafeTensorType.I8);
    }

    /// <summary>Writes the weights to a file of 8-bit weights, atomically and durably.</summary>
    /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
    /// <param name="table">The panels of the model.</param>
    /// <param name="fingerprint">The text stored as <c>seq.spec</c>.</param>
    /// <param name="arena">The packed weights.</param>
    /// <param name="metadata">Further texts to store, or null.</param>
    /// <exception cref="WeightFileException">A scale, bias or trained vector is NaN or infinite.</exception>
    /// <exception cref="ArgumentException">A panel does not lie inside the arena, or two panels name the same tensor.</exception>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Save(
        string path, ReadOnlySpan<PanelTensor> table, string fingerprint, ReadOnlySpan<float> arena, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(fingerprint);
        List<SafeTensor> tensors = [];
        foreach (List<PanelTensor> panels in ModelWeights.ByTensor(table))
        {
            PanelTensor first = panels[0];
            float[] weight = new float[first.Rows * first.Columns], bias = new float[first.Rows], scales = new float[first.Rows];
            sbyte[] bytes = new sbyte[first.Rows * first.Columns];
            foreach (PanelTensor panel in panels)
            {
                ModelWeights.CheckShared(first, panel);
                if (panel.IsInt8)
                {
                    Int8Panel.Unpack(GetInt8(arena, panel), panel.Gates, panel.Units, panel.Columns, bytes, scales, bias);
                }
                else
                {
                    Panel.Unpack(GetInt8(arena, panel), panel.Gates, panel.Units, panel.Columns, weight, bias);
                }
            }

            if (first.IsInt8)
            {
                tensors.Add(SafeTensor.Create(first.Weight!, ModelWeights.GetShape(first), ModelWeights.ToFileOrder(first, bytes)));
                ModelWeights.AddTensor(tensors, path, first.Scale, [first.Rows], scales);
            }
            else if (first.Weight is not null)
            {
                ModelWeights.AddTensor(tensors, path, first.Weight, ModelWeights.GetShape(first), ModelWeights.ToFileOrder(first, weight));
            }

            if (first.Bias is null)
            {
                ModelWeights.CheckNoBias(path, first.Name, bias);
            }
            else
            {
                ModelWeights.AddTensor(tensors, path, first.Bias, [first.Rows], bias);
            }
        }

        ModelWeights.Write(path, tensors, fingerprint, metadata);
    }

    /// <summary>Rounds the weights of an arena of floats.</summary>
    /// <param name="table">The panels of the model.</param>
    /// <param name="floats">The arena of floats: each panel at its Offset.</param>
    /// <param name="arena">Receives the panels, each at its Int8Offset.</param>
    /// <exception cref="ArgumentException">A panel does not lie inside its arena.</exception>
    public static void Quantize(ReadOnlySpan<PanelTensor> table, ReadOnlySpan<float> floats, Span<float> arena)
    {
        foreach (PanelTensor panel in table)
        {
            ReadOnlySpan<float> source = floats.Slice(panel.Offset, panel.Size);
            if (!panel.IsInt8)
            {
                source.CopyTo(GetInt8(arena, panel));
                continue;
            }

            float[] weight = new float[panel.Rows * panel.Columns], bias = new float[panel.Rows], scales = new float[panel.Rows];
            sbyte[] bytes = new sbyte[weight.Length];
            Panel.Unpack(source, panel.Gates, panel.Units, panel.Columns, weight, bias);
            Int8Panel.Quantize(weight, panel.Columns, bytes, scales);
            Int8Panel.Pack(bytes, scales, bias, panel.Gates, panel.Units, panel.Columns, GetInt8(arena, panel));
        }
    }

    /// <summary>The weights as floats, each the integer times its scale: what training starts from.</summary>
    /// <param name="table">The panels of the model.</param>
    /// <param name="arena">The packed weights.</param>
    /// <param name="floats">Receives the arena of floats.</param>
    /// <exception cref="ArgumentException">A panel does not lie inside its arena.</exception>
    public static void Dequantize(ReadOnlySpan<PanelTensor> table, ReadOnlySpan<float> arena, Span<float> floats)
    {
        foreach (PanelTensor panel in table)
        {
            Span<float> destination = floats.Slice(panel.Offset, panel.Size);
            if (!panel.IsInt8)
            {
                GetInt8(arena, panel).CopyTo(destination);
                continue;
            }

            float[] weight = new float[panel.Rows * panel.Columns], bias = new float[panel.Rows], scales = new float[panel.Rows];
            sbyte[] bytes = new sbyte[weight.Length];
            Int8Panel.Unpack(GetInt8(arena, panel), panel.Gates, panel.Units, panel.Columns, bytes, scales, bias);
            for (int i = 0; i < weight.Length; i++)
            {
                weight[i] = bytes[i] * scales[i / panel.Columns];
            }

            Panel.Pack(weight, bias, panel.Gates, panel.Units, panel.Columns, destination);
        }
    }

    /// <summary>Floats of the arena of floats of a model with these panels.</summary>
    /// <param name="table">The panels of the model.</param>
    public static int GetFloats(ReadOnlySpan<PanelTensor> table)
    {
        int end = 0;
        foreach (PanelTensor panel in table)
        {
            end = Math.Max(end, panel.Offset + panel.Size);
        }

        return end;
    }

    private static Matrix ReadMatrix(SafeTensorsFile file, PanelTensor panel)
    {
        string name = panel.Weight!;
        SafeTensor tensor = ModelWeights.FindTensor(file, name, ModelWeights.GetShape(panel));
        if (tensor.Type != SafeTensorType.I8)
        {
            throw new WeightFileException(file.Name, name, $"type {tensor.Type.GetName()} beside tensors of type I8", "I8");
        }

        sbyte[] bytes = MemoryMarshal.Cast<byte, sbyte>(tensor.Data.Span).ToArray();
        int wrong = Array.IndexOf(bytes, sbyte.MinValue);
        if (wrong >= 0)
        {
            throw new WeightFileException(file.Name, name, $"the value -128 at position {wrong}", "values -127 to 127");
        }

        float[] scales = ModelWeights.ReadTensor(file, panel.Scale, [panel.Rows]);
        wrong = Array.FindIndex(scales, scale => scale < 0);
        if (wrong >= 0)
        {
            throw new WeightFileException(file.Name, panel.Scale, $"the value {scales[wrong].ToString(CultureInfo.InvariantCulture)} at [{wrong}]", "values of 0 or more");
        }

        return new Matrix(ModelWeights.FromFileOrder(panel, bytes), scales);
    }

    private static Span<float> GetInt8(Span<float> arena, PanelTensor panel) => arena.Slice(panel.Int8Offset, panel.Int8Size);

    private static ReadOnlySpan<float> GetInt8(ReadOnlySpan<float> arena, PanelTensor panel) => arena.Slice(panel.Int8Offset, panel.Int8Size);

    /// <summary>Rows of 8-bit weights in the order of the panel.</summary>
    private readonly record struct Matrix(sbyte[] Bytes, float[] Scales);
}
