using Seq.Embedded.Kernels;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Tests.Weights;

public class Int8WeightsTests
{
    private const string Spec = "a spec";

    // A matrix whose gates lie in two panels, a table, a convolution, a panel that stays one of floats, trained vectors.
    private static readonly PanelTensor[] s_table = CreateTable();

    private static int ArenaLength => s_table[^1].Int8Offset + Panel.Size(18, 1, 1);

    [Fact]
    public void Load_file_of_floats_gives_the_arena_of_Quantize()
    {
        using TemporaryFolder folder = new();
        (string path, float[] floats) = SaveFloats(folder);
        float[] expected = new float[ArenaLength], actual = new float[ArenaLength];
        Int8Weights.Quantize(s_table, floats, expected);

        Assert.False(Int8Weights.IsInt8(SafeTensorsFile.Read(path)));
        Int8Weights.Load(SafeTensorsFile.Read(path), s_table, Spec, actual);

        AssertSameBits(expected, actual);
    }

    [Fact]
    public void Quantize_rounds_each_row_and_keeps_biases_and_what_stays_floats()
    {
        using TemporaryFolder folder = new();
        (string path, float[] floats) = SaveFloats(folder);
        float[] arena = new float[ArenaLength];
        Int8Weights.Quantize(s_table, floats, arena);

        SafeTensorsFile file = SafeTensorsFile.Read(path);
        float[] weight = Read(file, "gru.weight");
        sbyte[] expected = new sbyte[weight.Length], bytes = new sbyte[weight.Length];
        float[] scales = new float[54], expectedScales = new float[54], bias = new float[54];
        Int8Panel.Quantize(weight, 5, expected, expectedScales);
        foreach (PanelTensor panel in s_table[..2])
        {
            Int8Panel.Unpack(arena.AsSpan(panel.Int8Offset, Int8Panel.Size(18, 5, panel.Gates.Length)), panel.Gates, 18, 5, bytes, scales, bias);
        }

        Assert.Equal(expected, bytes);
        Assert.Equal(expectedScales, scales);
        Assert.Equal(Read(file, "gru.bias"), bias);

        float[] kept = new float[6];
        Panel.Unpack(arena.AsSpan(s_table[4].Int8Offset, Panel.Size(2, 3, 1)), [0], 2, 3, kept, []);
        Assert.Equal(Read(file, "score.weight"), kept);
    }

    [Fact]
    public void Save_then_load_gives_the_same_arena_metadata_and_shapes()
    {
        using TemporaryFolder folder = new();
        float[] arena = QuantizedArena(), again = new float[ArenaLength];
        string path = folder.GetPath("int8.safetensors");
        Int8Weights.Save(path, s_table, Spec, arena, new Dictionary<string, string> { ["labels"] = "a,b", ["seq.spec"] = "stale" });
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        Int8Weights.Load(file, s_table, Spec, again);

        AssertSameBits(arena, again);
        Assert.True(Int8Weights.IsInt8(file));
        Assert.Equal(["format=pt", "labels=a,b", "seq.format_version=1", $"seq.spec={Spec}"], file.Metadata.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "conv.bias F32 (4)", "conv.weight I8 (4, 2, 3)", "conv.weight_scale F32 (4)", "gru.bias F32 (54)", "gru.weight I8 (54, 5)", "gru.weight_scale F32 (54)",
                "peephole F32 (36)", "score.weight F32 (2, 3)", "table I8 (7, 4)", "table_scale F32 (4)",
            ],
            file.Tensors.Select(tensor => $"{tensor.Name} {tensor.Type} ({string.Join(", ", tensor.Shape)})").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Save_tables_and_convolutions_stand_in_the_order_of_the_file()
    {
        using TemporaryFolder folder = new();
        (string floatPath, float[] floats) = SaveFloats(folder);
        float[] arena = new float[ArenaLength];
        Int8Weights.Quantize(s_table, floats, arena);
        string path = folder.GetPath("int8.safetensors");
        Int8Weights.Save(path, s_table, Spec, arena);
        SafeTensorsFile int8 = SafeTensorsFile.Read(path), original = SafeTensorsFile.Read(floatPath);

        AssertWithinHalfAStep("gru.weight", i => i / 5);
        AssertWithinHalfAStep("table", i => i % 4);
        AssertWithinHalfAStep("conv.weight", i => i / 6);

        void AssertWithinHalfAStep(string name, Func<int, int> row)
        {
            float[] expected = Read(original, name), scales = Read(int8, name + "_scale");
            sbyte[] bytes = Bytes(int8, name);
            for (int i = 0; i < expected.Length; i++)
            {
                double scale = scales[row(i)];
                Assert.True(Math.Abs(expected[i] - (bytes[i] * scale)) <= 0.501 * scale, $"{name}[{i}]: {expected[i]:R} is {bytes[i]} * {scale:R}");
            }
        }
    }

    [Fact]
    public void Dequantize_is_each_byte_times_its_scale_and_Quantize_finds_the_bytes_again()
    {
        float[] arena = QuantizedArena(), floats = new float[Int8Weights.GetFloats(s_table)], again = new float[ArenaLength];
        Int8Weights.Dequantize(s_table, arena, floats);
        Int8Weights.Quantize(s_table, floats, again);

        foreach (PanelTensor panel in s_table.Where(panel => panel.IsInt8))
        {
            int size = Int8Panel.Size(panel.Units, panel.Columns, panel.Gates.Length);
            float[] weight = new float[panel.Rows * panel.Columns], scales = new float[panel.Rows], scalesAgain = new float[panel.Rows];
            sbyte[] bytes = new sbyte[weight.Length], bytesAgain = new sbyte[weight.Length];
            Panel.Unpack(floats.AsSpan(panel.Offset, Panel.Size(panel.Units, panel.Columns, panel.Gates.Length)), panel.Gates, panel.Units, panel.Columns, weight, []);
            Int8Panel.Unpack(arena.AsSpan(panel.Int8Offset, size), panel.Gates, panel.Units, panel.Columns, bytes, scales, []);
            Int8Panel.Unpack(again.AsSpan(panel.Int8Offset, size), panel.Gates, panel.Units, panel.Columns, bytesAgain, scalesAgain, []);
            Assert.Equal(bytes.Select((value, i) => value * scales[i / panel.Columns]), weight);
            Assert.Equal(bytes, bytesAgain);
            Assert.All(scales.Zip(scalesAgain), pair => Assert.InRange(Math.Abs(BitConverter.SingleToInt32Bits(pair.First) - BitConverter.SingleToInt32Bits(pair.Second)), 0, 1));
        }
    }

    [Fact]
    public void Load_wrong_tensor_names_it_and_leaves_the_arena_alone()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        Int8Weights.Save(path, s_table, Spec, QuantizedArena());
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        SafeTensor Scale(float value) => SafeTensor.Create("conv.weight_scale", [4], [1, 2, value, 4]);
        sbyte[] bytes = new sbyte[24];
        bytes[5] = sbyte.MinValue;

        AssertRefused(file, "conv.weight_scale", null, "found no tensor of that name among", "'conv.weight'");
        AssertRefused(file, "conv.weight_scale", Scale(-1), "the value -1 at [2]", "values of 0 or more");
        AssertRefused(file, "conv.weight_scale", Scale(float.NaN), "the value NaN at [2]", "finite");
        AssertRefused(file, "conv.weight_scale", SafeTensor.Create("conv.weight_scale", [4, 1], new float[4]), "shape (4, 1)", "shape (4)");
        AssertRefused(file, "conv.weight", SafeTensor.Create("conv.weight", [4, 2, 3], new float[24]), "type F32 beside tensors of type I8", "I8");
        AssertRefused(file, "conv.weight", SafeTensor.Create("conv.weight", [4, 3, 2], new sbyte[24]), "shape (4, 3, 2)", "shape (4, 2, 3)");
        AssertRefused(file, "conv.weight", SafeTensor.Create("conv.weight", [4, 2, 3], bytes), "the value -128 at position 5", "values -127 to 127");
        AssertRefused(file, "table", SafeTensor.Create("table", [4, 7], new sbyte[28]), "shape (4, 7)", "shape (7, 4)");
        AssertRefused(file, "peephole_scale", SafeTensor.Create("peephole_scale", [36], new float[36]), "a tensor that the model does not have", "'gru.weight'");
        AssertRefused(file, "score.weight", SafeTensor.Create("score.weight", [2, 3], new sbyte[6]), "type I8", "F32");
    }

    [Fact]
    public void Load_other_spec_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        Int8Weights.Save(path, s_table, "another spec", QuantizedArena());
        WeightFileException e = Assert.Throws<WeightFileException>(() => Int8Weights.Load(SafeTensorsFile.Read(path), s_table, Spec, new float[ArenaLength]));
        Assert.Contains("seq.spec 'another spec'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_of_a_file_of_8_bits_into_a_model_of_floats_is_refused()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        Int8Weights.Save(path, s_table, Spec, QuantizedArena());
        WeightFileException e = Assert.Throws<WeightFileException>(
            () => ModelWeights.Load(SafeTensorsFile.Read(path), s_table, Spec, new float[Int8Weights.GetFloats(s_table)]));
        Assert.Null(e.Tensor);
        Assert.Equal($"{path}: found 8-bit weights; expected floats, or a model with Weights = WeightFormat.Int8.", e.Message);
    }

    [Fact]
    public void Save_values_that_could_not_be_loaded_are_refused_and_the_old_file_stays()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        File.WriteAllText(path, "old");
        float[] floats = Floats(), arena = new float[ArenaLength];
        floats[s_table[3].Offset + Panel.Padded(4)] = float.NaN; // one of the weights of the convolution
        Int8Weights.Quantize(s_table, floats, arena);

        WeightFileException e = Assert.Throws<WeightFileException>(() => Int8Weights.Save(path, s_table, Spec, arena));

        Assert.Equal("conv.weight_scale", e.Tensor);
        Assert.Equal("old", File.ReadAllText(path));
    }

    [Fact]
    public void Panels_outside_the_arena_throw()
    {
        using TemporaryFolder folder = new();
        (string path, float[] floats) = SaveFloats(folder);
        Assert.ThrowsAny<ArgumentException>(() => Int8Weights.Load(SafeTensorsFile.Read(path), s_table, Spec, new float[ArenaLength - 1]));
        Assert.ThrowsAny<ArgumentException>(() => Int8Weights.Quantize(s_table, floats.AsSpan(1), new float[ArenaLength]));
        Assert.ThrowsAny<ArgumentException>(() => Int8Weights.Dequantize(s_table, new float[ArenaLength], floats.AsSpan(1)));
    }

    private static PanelTensor[] CreateTable()
    {
        PanelTensor[] table =
        [
            new("gru.weight", "gru.bias", 18, 5, 0, [2, 0]) { FileGates = 3, IsInt8 = true },
            new("gru.weight", "gru.bias", 18, 5, 0, [1]) { FileGates = 3, IsInt8 = true },
            new("table", null, 4, 7, 0, [0]) { IsTable = true, IsInt8 = true },
            new("conv.weight", "conv.bias", 4, 6, 0, [0]) { Kernel = 3, IsInt8 = true },
            new("score.weight", null, 2, 3, 0, [0]),
            new(null, "peephole", 18, 0, 0, [0, 1]),
        ];
        int floats = 0, int8 = 0;
        for (int i = 0; i < table.Length; i++)
        {
            PanelTensor panel = table[i];
            table[i] = panel with { Offset = floats, Int8Offset = int8 };
            floats += Panel.Size(panel.Units, panel.Columns, panel.Gates.Length);
            int8 += panel.IsInt8 ? Int8Panel.Size(panel.Units, panel.Columns, panel.Gates.Length) : Panel.Size(panel.Units, panel.Columns, panel.Gates.Length);
        }

        return table;
    }

    private static float[] Floats()
    {
        float[] floats = new float[Int8Weights.GetFloats(s_table)];
        ModelWeights.Initialize(s_table, floats, seed: 5);
        return floats;
    }

    private static float[] QuantizedArena()
    {
        float[] arena = new float[ArenaLength];
        Int8Weights.Quantize(s_table, Floats(), arena);
        return arena;
    }

    private static (string Path, float[] Floats) SaveFloats(TemporaryFolder folder)
    {
        string path = folder.GetPath("floats.safetensors");
        float[] floats = Floats();
        ModelWeights.Save(path, s_table, Spec, floats);
        return (path, floats);
    }

    private static float[] Read(SafeTensorsFile file, string name) => file.TryGetTensor(name, out SafeTensor? tensor) ? tensor.ToArray() : throw new KeyNotFoundException(name);

    private static sbyte[] Bytes(SafeTensorsFile file, string name) =>
        file.TryGetTensor(name, out SafeTensor? tensor) ? [.. tensor.Data.ToArray().Select(value => unchecked((sbyte)value))] : throw new KeyNotFoundException(name);

    /// <summary>The file with one tensor removed, or replaced, or added.</summary>
    private static void AssertRefused(SafeTensorsFile file, string tensor, SafeTensor? replacement, string found, string expected)
    {
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, [.. file.Tensors.Where(other => other.Name != tensor), .. replacement is null ? [] : new[] { replacement }], file.Metadata);
        stream.Position = 0;
        float[] arena = [.. Enumerable.Repeat(5f, ArenaLength)];

        WeightFileException e = Assert.Throws<WeightFileException>(() => Int8Weights.Load(SafeTensorsFile.Read(stream, "m.safetensors"), s_table, Spec, arena));

        Assert.Equal(tensor, e.Tensor);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.All(arena, value => Assert.Equal(5f, value));
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
