using System.Globalization;
using System.Numerics.Tensors;
using Seq.Embedded.Kernels;
using Seq.Embedded.Training;

namespace Seq.Embedded.Weights;

/// <summary>Moves weights between safetensors files (PyTorch's names, shapes and gate order) and a model's packed arena.</summary>
/// <remarks>
/// Files saved here carry the metadata <c>format</c> = <c>pt</c>, <c>seq.format_version</c> = <c>1</c> and <c>seq.spec</c> = the
/// fingerprint of the model's spec. A file without any <c>seq.</c> key (saved by PyTorch) loads when its tensors fit.
/// </remarks>
public static class ModelWeights
{
    private const string VersionKey = "seq.format_version";
    private const string Version = "1";
    internal const string SpecKey = "seq.spec";
    private const string SeqPrefix = "seq.";
    private const int ListedNames = 8;

    /// <summary>Checks every tensor of a file against the model and packs them into the arena.</summary>
    /// <param name="file">The file.</param>
    /// <param name="table">The panels of the model. Together they name every tensor that the file must have, and no other.</param>
    /// <param name="fingerprint">The text that <c>seq.spec</c> must equal where the file has it.</param>
    /// <param name="arena">Receives the panels, each at its offset; untouched when an exception is thrown. Floats between panels stay.</param>
    /// <exception cref="WeightFileException">The format version or the spec is another one; the weights have 8 bits; a tensor is missing, extra, of another shape
    /// or of a type that is not F32, F16, BF16 or F64; or a value is NaN or infinite as a float.</exception>
    /// <exception cref="ArgumentException">A panel does not lie inside the arena.</exception>
    public static void Load(SafeTensorsFile file, ReadOnlySpan<PanelTensor> table, string fingerprint, Span<float> arena)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(fingerprint);
        CheckArena(table, arena.Length);
        CheckMetadata(file, fingerprint);
        if (Int8Weights.IsInt8(file))
        {
            throw new WeightFileException(file.Name, null, "8-bit weights", "floats, or a model with Weights = WeightFormat.Int8");
        }

        CheckNames(file, table, withScales: false);
        Pack(table, Read(file, table), arena);
    }

    /// <summary>Unpacks the arena and writes it to a file, atomically and durably (see <see cref="SafeTensorsWriter"/>).</summary>
    /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
    /// <param name="table">The panels of the model.</param>
    /// <param name="fingerprint">The text stored as <c>seq.spec</c>.</param>
    /// <param name="arena">The packed weights.</param>
    /// <param name="metadata">Further texts to store, or null; the three keys that this class sets are replaced.</param>
    /// <exception cref="WeightFileException">A weight is NaN or infinite, so that the file could not be loaded again; or a panel without
    /// a bias tensor has biases other than zero, which would be lost.</exception>
    /// <exception cref="ArgumentException">A panel does not lie inside the arena, or two panels name the same tensor.</exception>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Save(
        string path, ReadOnlySpan<PanelTensor> table, string fingerprint, ReadOnlySpan<float> arena,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(fingerprint);
        CheckArena(table, arena.Length);

        Write(path, Unpack(path, table, arena), fingerprint, metadata);
    }

    /// <summary>Checks the tensors of all panels, which are there, and returns their values.</summary>
    /// <param name="file">The file.</param>
    /// <param name="table">The panels.</param>
    /// <param name="prefix">What the names in the file begin with.</param>
    internal static (float[] Weight, float[] Bias)[] Read(SafeTensorsFile file, ReadOnlySpan<PanelTensor> table, string prefix = "")
    {
        (float[] Weight, float[] Bias)[] values = new (float[], float[])[table.Length];
        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            values[i] = (
                panel.Weight is null ? [] : ReadTensor(file, prefix + panel.Weight, GetShape(panel)),
                panel.Bias is null ? [] : ReadTensor(file, prefix + panel.Bias, [panel.Rows]));
        }

        return values;
    }

    /// <summary>Packs what <see cref="Read"/> returned.</summary>
    internal static void Pack(ReadOnlySpan<PanelTensor> table, (float[] Weight, float[] Bias)[] values, Span<float> arena)
    {
        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            Panel.Pack(FromFileOrder(panel, values[i].Weight), values[i].Bias, panel.Gates, panel.Units, panel.Columns, Slice(arena, panel));
        }
    }

    /// <summary>The tensors of an arena.</summary>
    /// <param name="path">The file that they are for, as messages name it.</param>
    /// <param name="table">The panels.</param>
    /// <param name="arena">The packed values.</param>
    /// <param name="prefix">What the names of the tensors begin with.</param>
    internal static List<SafeTensor> Unpack(string path, ReadOnlySpan<PanelTensor> table, ReadOnlySpan<float> arena, string prefix = "")
    {
        List<SafeTensor> tensors = [];
        foreach (List<PanelTensor> panels in ByTensor(table))
        {
            PanelTensor first = panels[0];
            float[] weight = new float[first.Rows * first.Columns];
            float[] bias = new float[first.Rows];
            foreach (PanelTensor panel in panels)
            {
                CheckShared(first, panel);
                Panel.Unpack(arena.Slice(panel.Offset, panel.Size), panel.Gates, panel.Units, panel.Columns, weight, bias);
            }

            if (first.Weight is not null)
            {
                AddTensor(tensors, path, prefix + first.Weight, GetShape(first), ToFileOrder(first, weight));
            }

            if (first.Bias is null)
            {
                CheckNoBias(path, prefix + first.Name, bias);
            }
            else
            {
                AddTensor(tensors, path, prefix + first.Bias, [first.Rows], bias);
            }
        }

        return tensors;
    }

    /// <summary>Writes tensors with the metadata that this class checks.</summary>
    internal static void Write(string path, List<SafeTensor> tensors, string fingerprint, IReadOnlyDictionary<string, string>? metadata)
    {
        Dictionary<string, string> all = metadata is null ? [] : new(metadata);
        all["format"] = "pt";
        all[VersionKey] = Version;
        all[SpecKey] = fingerprint;
        SafeTensorsWriter.Write(path, tensors, all);
    }

    /// <summary>
    /// Draws all weights and biases as PyTorch does: uniform within +-1/sqrt(InitialFan) of their panel, those of an embedding normal (0, 1); biases that the panel states
    /// are not drawn.
    /// </summary>
    /// <param name="table">The panels of the model.</param>
    /// <param name="arena">Receives the weights; padding becomes zero.</param>
    /// <param name="seed">The same seed gives the same weights on every machine.</param>
    /// <exception cref="ArgumentException">A panel does not lie inside the arena.</exception>
    public static void Initialize(ReadOnlySpan<PanelTensor> table, Span<float> arena, int seed)
    {
        CheckArena(table, arena.Length);
        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            float bound = 1 / MathF.Sqrt(panel.InitialFan);
            float[] weight = new float[panel.Rows * panel.Columns];
            float[] bias = panel.Bias is null ? [] : new float[panel.Rows];
            CounterRandom random = new(unchecked((ulong)seed), (ulong)i);
            if (panel.InitialFan == 0)
            {
                FillNormal(random, weight);
            }
            else
            {
                Fill(random, 0, weight, bound);
                Fill(random, (ulong)weight.Length, bias, bound);
            }

            for (int v = 0; v < panel.InitialBias.Length; v++)
            {
                if (panel.InitialBias[v] is { } value)
                {
                    bias.AsSpan(panel.Gates[v] * panel.Units, panel.Units).Fill(value);
                }
            }

            Panel.Pack(FromFileOrder(panel, weight), bias, panel.Gates, panel.Units, panel.Columns, Slice(arena, panel));
        }
    }

    /// <summary>The number of rows of a matrix in a file: the size of a layer that the spec leaves open.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="most">The most rows allowed.</param>
    /// <exception cref="WeightFileException">The tensor is missing, no matrix, or has more rows.</exception>
    public static int GetRows(SafeTensorsFile file, string name, int most)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.TryGetTensor(name, out SafeTensor? tensor))
        {
            throw new WeightFileException(file.Name, name, $"no tensor of that name among {List(Names(file))}", "a matrix");
        }

        if (tensor.Shape.Length != 2 || tensor.Shape[0] < 1 || tensor.Shape[0] > most)
        {
            throw new WeightFileException(file.Name, name, $"shape {SafeTensor.FormatShape(tensor.Shape.AsSpan())}", $"a matrix of 1 to {most} rows");
        }

        return (int)tensor.Shape[0];
    }

    private static void Fill(CounterRandom random, ulong counter, Span<float> values, float bound)
    {
        random.FillUniform(counter, values);
        foreach (ref float value in values)
        {
            value = ((2 * value) - 1) * bound;
        }
    }

    private static void FillNormal(CounterRandom random, Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.GetGaussian((ulong)i);
        }
    }

    /// <summary>The shape of the tensor of the weights.</summary>
    internal static long[] GetShape(PanelTensor panel) => panel switch
    {
        { IsTable: true } => [panel.Columns, panel.Rows],
        { Kernel: > 0 } => [panel.Rows, panel.Columns / panel.Kernel, panel.Kernel],
        _ => [panel.Rows, panel.Columns],
    };

    /// <summary>
    /// The weights as the rows of the panel: of a table, in the file a row per token, a column per token; those of a convolution tap by tap, in the file
    /// channel by channel.
    /// </summary>
    internal static T[] FromFileOrder<T>(PanelTensor panel, T[] weight) => panel switch
    {
        { IsTable: true } => Transposed(weight, panel.Columns, panel.Rows),
        { Kernel: > 1 } => Transposed(weight, panel.Columns / panel.Kernel, panel.Kernel),
        _ => weight,
    };

    internal static T[] ToFileOrder<T>(PanelTensor panel, T[] weight) => panel switch
    {
        { IsTable: true } => Transposed(weight, panel.Rows, panel.Columns),
        { Kernel: > 1 } => Transposed(weight, panel.Kernel, panel.Columns / panel.Kernel),
        _ => weight,
    };

    /// <summary>Each of the matrices (rows, columns) that follow each other, transposed.</summary>
    private static T[] Transposed<T>(T[] matrices, int rows, int columns)
    {
        T[] transposed = new T[matrices.Length];
        for (int first = 0; first < matrices.Length; first += rows * columns)
        {
            for (int i = 0; i < rows * columns; i++)
            {
                transposed[first + ((i % columns) * rows) + (i / columns)] = matrices[first + i];
            }
        }

        return transposed;
    }

    internal static void CheckShared(PanelTensor first, PanelTensor panel)
    {
        if (panel != first && (panel.Bias != first.Bias || panel.Rows != first.Rows || panel.Columns != first.Columns || panel.Kernel != first.Kernel || Array.Exists(panel.Gates, gate => Array.IndexOf(first.Gates, gate) >= 0)))
        {
            throw new ArgumentException($"Two panels name the tensor '{panel.Name}', and not with different gates of the same shape.");
        }
    }

    internal static void CheckMetadata(SafeTensorsFile file, string fingerprint)
    {
        if (file.Metadata.ContainsKey(CheckpointFile.VersionKey))
        {
            throw new WeightFileException(file.Name, null, "a checkpoint of training", "a model (a trainer loads checkpoints)");
        }

        if (!Array.Exists([.. file.Metadata.Keys], key => key.StartsWith(SeqPrefix, StringComparison.Ordinal)))
        {
            return;
        }

        CheckEntry(file, VersionKey, Version);
        CheckEntry(file, SpecKey, fingerprint);
    }

    /// <summary>The metadata have this text.</summary>
    internal static void CheckEntry(SafeTensorsFile file, string key, string expected)
    {
        string? found = file.Metadata.GetValueOrDefault(key);
        if (found != expected)
        {
            throw new WeightFileException(
                file.Name, null, $"{key} {(found is null ? "missing" : WeightFileException.Quote(found))} in the metadata",
                WeightFileException.Quote(expected));
        }
    }

    /// <param name="file">The file.</param>
    /// <param name="table">The panels of the model.</param>
    /// <param name="withScales">True where matrices have 8-bit weights, and scales beside them.</param>
    internal static void CheckNames(SafeTensorsFile file, ReadOnlySpan<PanelTensor> table, bool withScales) => CheckNames(file, GetNames(table, withScales));

    /// <summary>The names of the tensors of all panels.</summary>
    internal static List<string> GetNames(ReadOnlySpan<PanelTensor> table, bool withScales = false, string prefix = "")
    {
        List<string> names = [];
        foreach (PanelTensor panel in table)
        {
            if (panel.Weight is not null)
            {
                names.Add(prefix + panel.Weight);
            }

            if (withScales && panel.IsInt8)
            {
                names.Add(prefix + panel.Scale);
            }

            if (panel.Bias is not null)
            {
                names.Add(prefix + panel.Bias);
            }
        }

        return names;
    }

    /// <summary>The file has tensors of these names, and no others.</summary>
    internal static void CheckNames(SafeTensorsFile file, List<string> expected)
    {
        foreach (string name in expected)
        {
            if (!file.TryGetTensor(name, out _))
            {
                throw new WeightFileException(
                    file.Name, name, $"no tensor of that name among {List(Names(file))}",
                    $"all of {List(expected)}");
            }
        }

        HashSet<string> known = new(expected, StringComparer.Ordinal);
        if (Names(file).Find(name => !known.Contains(name)) is { } extra)
        {
            throw new WeightFileException(file.Name, extra, "a tensor that the model does not have", $"only {List(expected)}");
        }
    }

    internal static float[] ReadTensor(SafeTensorsFile file, string name, ReadOnlySpan<long> shape)
    {
        float[] values = FindTensor(file, name, shape).ToArray();
        CheckFinite(file.Name, name, shape, values);
        return values;
    }

    /// <summary>A tensor that is there, of that shape.</summary>
    internal static SafeTensor FindTensor(SafeTensorsFile file, string name, ReadOnlySpan<long> shape)
    {
        _ = file.TryGetTensor(name, out SafeTensor? tensor);
        if (!tensor!.Shape.AsSpan().SequenceEqual(shape))
        {
            throw new WeightFileException(
                file.Name, name, $"shape {SafeTensor.FormatShape(tensor.Shape.AsSpan())}", $"shape {SafeTensor.FormatShape(shape)}");
        }

        return tensor;
    }

    internal static void AddTensor(List<SafeTensor> tensors, string path, string name, ReadOnlySpan<long> shape, float[] values)
    {
        CheckFinite(path, name, shape, values);
        tensors.Add(SafeTensor.Create(name, shape, values));
    }

    internal static void CheckNoBias(string path, string weight, float[] bias)
    {
        int row = Array.FindIndex(bias, value => value != 0);
        if (row >= 0)
        {
            throw new WeightFileException(
                path, weight, $"the bias {bias[row].ToString(CultureInfo.InvariantCulture)} of row {row}, and no tensor to save it in", "biases of zero");
        }
    }

    private static void CheckFinite(string file, string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                string index = shape.Length switch
                {
                    1 => $"[{i}]",
                    2 => $"[{i / shape[1]}, {i % shape[1]}]",
                    _ => $"[{i / (shape[1] * shape[2])}, {i / shape[2] % shape[1]}, {i % shape[2]}]",
                };
                throw new WeightFileException(
                    file, name, $"the value {values[i].ToString(CultureInfo.InvariantCulture)} at {index}", "values that are finite as floats");
            }
        }
    }

    private static void CheckArena(ReadOnlySpan<PanelTensor> table, int length)
    {
        foreach (PanelTensor panel in table)
        {
            int size = panel.Size;
            if (panel.Offset < 0 || panel.Offset > length - size)
            {
                throw new ArgumentException(
                    $"The panel of '{panel.Name}' needs the floats {panel.Offset} to {(long)panel.Offset + size} of the arena, which has {length}.",
                    nameof(table));
            }
        }
    }

    private static Span<float> Slice(Span<float> arena, PanelTensor panel) => arena.Slice(panel.Offset, panel.Size);

    /// <summary>The panels of each tensor, in the order of the table.</summary>
    internal static List<List<PanelTensor>> ByTensor(ReadOnlySpan<PanelTensor> table)
    {
        List<List<PanelTensor>> tensors = [];
        foreach (PanelTensor panel in table)
        {
            if (tensors.Find(panels => panels[0].Name == panel.Name) is { } known)
            {
                known.Add(panel);
            }
            else
            {
                tensors.Add([panel]);
            }
        }

        return tensors;
    }

    private static List<string> Names(SafeTensorsFile file)
    {
        List<string> names = [];
        foreach (SafeTensor tensor in file.Tensors)
        {
            names.Add(tensor.Name);
        }

        return names;
    }

    private static string List(IReadOnlyList<string> all)
    {
        List<string> names = [.. all];
        string listed = string.Join(", ", names.GetRange(0, Math.Min(ListedNames, names.Count)).ConvertAll(WeightFileException.Quote));
        return names.Count == 0 ? "(none)" : names.Count <= ListedNames ? listed : $"{listed} and {names.Count - ListedNames} more";
    }
}
