using Seq.Embedded.Kernels;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Tests.Weights;

public class ModelWeightsTests
{
    private const string Spec = "gru 3 -> 18, dense 2";

    // The model of weights.safetensors; the panel of x holds its gates in another order than the file, that of h has no bias.
    private static readonly PanelTensor[] s_table = CreateTable();

    private static int ArenaLength => s_table[^1].Offset + Panel.Size(2, 18, 1);

    [Fact]
    public void Load_file_of_PyTorch_puts_every_weight_where_the_panels_have_it()
    {
        SafeTensorsFile file = SafeTensorsFile.Read(TestVectors.GetPath("weights.safetensors"));
        float[] arena = new float[ArenaLength];

        ModelWeights.Load(file, s_table, Spec, arena);

        file.TryGetTensor("gru.weight_ih_l0", out SafeTensor? tensor);
        float[] unpacked = new float[54 * 3], bias = new float[54];
        Panel.Unpack(arena.AsSpan(s_table[0].Offset, Panel.Size(18, 3, 3)), [2, 0, 1], 18, 3, unpacked, bias);
        Assert.Equal(tensor!.ToArray(), unpacked);
        file.TryGetTensor("gru.bias_ih_l0", out tensor);
        Assert.Equal(tensor!.ToArray(), bias);
        int weights = file.Tensors.Sum(t => t.Length);
        Assert.Equal(weights, arena.Count(value => value != 0));
    }

    [Fact]
    public void Save_then_load_gives_the_same_arena_tensors_and_metadata()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        SafeTensorsFile original = SafeTensorsFile.Read(TestVectors.GetPath("weights.safetensors"));
        float[] arena = new float[ArenaLength], again = new float[ArenaLength];
        ModelWeights.Load(original, s_table, Spec, arena);

        ModelWeights.Save(path, s_table, Spec, arena, new Dictionary<string, string> { ["labels"] = "a,b", ["seq.spec"] = "stale" });
        SafeTensorsFile saved = SafeTensorsFile.Read(path);
        ModelWeights.Load(saved, s_table, Spec, again);

        Assert.Equal(arena, again);
        Assert.Equal(["format=pt", "labels=a,b", "seq.format_version=1", $"seq.spec={Spec}"], saved.Metadata.Select(pair => $"{pair.Key}={pair.Value}"));
        foreach (SafeTensor tensor in original.Tensors)
        {
            Assert.True(saved.TryGetTensor(tensor.Name, out SafeTensor? same));
            Assert.Equal(tensor.Shape, same.Shape);
            Assert.Equal(tensor.Data.ToArray(), same.Data.ToArray());
        }
    }

    [Fact]
    public void Trained_vectors_and_scalars_go_to_tensors_of_their_own_and_back()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        PanelTensor[] table =
        [
            new("w", null, 5, 2, 0, [0]),
            new(null, "peephole", 5, 0, 48, [0, 1]) { InitialBias = [null, 1.5f] },
            new(null, "zeta", 1, 0, 80, [0]) { InitialBias = [-4] },
        ];
        float[] arena = new float[96], again = new float[96];
        ModelWeights.Initialize(table, arena, 3);
        ModelWeights.Save(path, table, "s", arena);
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        ModelWeights.Load(file, table, "s", again);

        Assert.Equal(arena, again);
        Assert.Equal(["peephole (10)", "w (5, 2)", "zeta (1)"], file.Tensors.Select(tensor => $"{tensor.Name} ({string.Join(", ", tensor.Shape)})").Order(StringComparer.Ordinal));
        Assert.True(file.TryGetTensor("peephole", out SafeTensor? peephole));
        float[] values = peephole.ToArray();
        Assert.All(values[..5], value => Assert.InRange(Math.Abs(value), 1e-6f, 1 / MathF.Sqrt(5)));
        Assert.All(values[5..], value => Assert.Equal(1.5f, value));
        Assert.Equal(-4, arena[80]);
        Assert.Equal(21, arena.Count(value => value != 0));
    }

    [Fact]
    public void Load_wrong_tensor_names_it_and_leaves_the_arena_alone()
    {
        AssertRefused(Change(remove: "head.bias"), "head.bias", "found no tensor of that name among", "'head.weight'");
        AssertRefused(Change(add: SafeTensor.Create("head.scale", [1], [1])), "head.scale", "found a tensor that the model does not have", "'head.weight'");
        AssertRefused(Change(remove: "head.weight", add: SafeTensor.Create("head.weight", [18, 2], new float[36])), "head.weight", "shape (18, 2)", "shape (2, 18)");
        AssertRefused(Change(remove: "head.bias", add: SafeTensor.Create("head.bias", [2, 1], new float[2])), "head.bias", "shape (2, 1)", "shape (2)");
        AssertRefused(Change(remove: "head.bias", add: SafeTensor.Create("head.bias", [2], [0, float.NaN])), "head.bias", "the value NaN at [1]", "finite");

        float[] values = new float[36];
        values[20] = float.NegativeInfinity;
        AssertRefused(Change(remove: "head.weight", add: SafeTensor.Create("head.weight", [2, 18], values)), "head.weight", "the value -Infinity at [1, 2]", "finite");

        SafeTensor integers = new("x", "head.bias", SafeTensorType.I32, [2], new byte[8]);
        AssertRefused(Change(remove: "head.bias", add: integers), "head.bias", "type I32", "F32, F16, BF16 or F64");
        SafeTensor huge = new("x", "head.bias", SafeTensorType.F64, [2], new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0 });
        AssertRefused(Change(remove: "head.bias", add: huge), "head.bias", "the value Infinity at [0]", "finite");
    }

    [Theory]
    [InlineData("2", Spec, "seq.format_version '2'", "expected '1'")]
    [InlineData(null, Spec, "seq.format_version missing", "expected '1'")]
    [InlineData("1", "gru 3 -> 16", "seq.spec 'gru 3 -> 16'", "expected '" + Spec + "'")]
    [InlineData("1", null, "seq.spec missing", "expected '" + Spec + "'")]
    public void Load_other_version_or_spec_is_refused(string? version, string? spec, string found, string expected)
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt" };
        if (version is not null)
        {
            metadata["seq.format_version"] = version;
        }

        if (spec is not null)
        {
            metadata["seq.spec"] = spec;
        }

        AssertRefused(Change(metadata: metadata), null, found, expected);
    }

    [Fact]
    public void Save_values_that_could_not_be_loaded_are_refused_and_the_old_file_stays()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        File.WriteAllText(path, "old");
        float[] arena = new float[ArenaLength];

        arena[s_table[2].Offset] = float.NaN;
        WeightFileException e = Assert.Throws<WeightFileException>(() => ModelWeights.Save(path, s_table, Spec, arena));
        Assert.Equal("head.bias", e.Tensor);

        arena[s_table[2].Offset] = 0;
        PanelTensor withoutBias = s_table[0] with { Bias = null };
        arena[withoutBias.Offset] = 1;
        e = Assert.Throws<WeightFileException>(() => ModelWeights.Save(path, [withoutBias], Spec, arena));
        Assert.Equal("gru.weight_ih_l0", e.Tensor);
        Assert.Contains("the bias 1 of row 36", e.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["m.safetensors"], folder.FileNames);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(-1e-30f)]
    public void Save_bias_without_a_tensor_is_refused_in_every_panel_that_shares_the_weights(float bias)
    {
        using TemporaryFolder folder = new();
        PanelTensor first = new("w", null, 2, 3, 0, [0]) { FileGates = 2 };
        PanelTensor second = first with { Offset = Panel.Size(2, 3, 1), Gates = [1] };
        float[] arena = new float[2 * Panel.Size(2, 3, 1)];
        string path = folder.GetPath("m.safetensors");
        ModelWeights.Save(path, [first, second], Spec, arena);
        byte[] saved = File.ReadAllBytes(path);

        arena[second.Offset + 1] = bias;
        WeightFileException e = Assert.Throws<WeightFileException>(() => ModelWeights.Save(path, [first, second], Spec, arena));

        Assert.Equal("w", e.Tensor);
        Assert.Contains("of row 3", e.Message, StringComparison.Ordinal);
        Assert.Equal(saved, File.ReadAllBytes(path));
    }

    [Fact]
    public void Load_panel_without_bias_has_zero_biases()
    {
        PanelTensor panel = new("w", null, 2, 3, 16, [0]);
        float[] arena = [.. Enumerable.Repeat(9f, 16 + Panel.Size(2, 3, 1))];
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, [SafeTensor.Create("w", [2, 3], [1, 2, 3, 4, 5, 6])]);
        stream.Position = 0;

        ModelWeights.Load(SafeTensorsFile.Read(stream, "m"), [panel], Spec, arena);

        Assert.Equal(Enumerable.Repeat(9f, 16), arena[..16]);
        Assert.Equal([1f, 2f, 3f, 4f, 5f, 6f], arena[16..].Where(value => value != 0).Order());
    }

    [Fact]
    public void Load_then_save_a_convolution_takes_its_taps_as_columns_one_after_the_other()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("m.safetensors");
        PanelTensor panel = new("w", "b", 2, 6, 0, [0]) { Kernel = 3 };
        float[] arena = new float[Panel.Size(2, 6, 1)], weight = new float[12], bias = new float[2];

        // (O, I, K) = (2, 2, 3): hundreds count outputs, tens channels, ones taps.
        float[] file = [100, 101, 102, 110, 111, 112, 200, 201, 202, 210, 211, 212];
        ModelWeights.Load(FileOf(SafeTensor.Create("w", [2, 2, 3], file), SafeTensor.Create("b", [2], [7, 8])), [panel], Spec, arena);
        Panel.Unpack(arena, [0], 2, 6, weight, bias);
        Assert.Equal([100, 110, 101, 111, 102, 112, 200, 210, 201, 211, 202, 212], weight);
        Assert.Equal([7f, 8f], bias);

        ModelWeights.Save(path, [panel], Spec, arena);
        Assert.True(SafeTensorsFile.Read(path).TryGetTensor("w", out SafeTensor? saved));
        Assert.Equal([2L, 2, 3], saved.Shape);
        Assert.Equal(file, saved.ToArray());

        // A kernel of one has its dimension, too; a matrix is refused, and a value that is not finite is named by its three indices.
        PanelTensor single = panel with { Columns = 2, Kernel = 1 };
        ModelWeights.Load(FileOf(SafeTensor.Create("w", [2, 2, 1], [1, 2, 3, 4]), SafeTensor.Create("b", [2], [7, 8])), [single], Spec, arena);
        WeightFileException e = Assert.Throws<WeightFileException>(
            () => ModelWeights.Load(FileOf(SafeTensor.Create("w", [2, 2], [1, 2, 3, 4]), SafeTensor.Create("b", [2], [7, 8])), [single], Spec, arena));
        Assert.Contains("shape (2, 2, 1)", e.Message, StringComparison.Ordinal);
        file[7] = float.NaN;
        e = Assert.Throws<WeightFileException>(
            () => ModelWeights.Load(FileOf(SafeTensor.Create("w", [2, 2, 3], file), SafeTensor.Create("b", [2], [7, 8])), [panel], Spec, arena));
        Assert.Contains("the value NaN at [1, 0, 1]", e.Message, StringComparison.Ordinal);
    }

    private static SafeTensorsFile FileOf(params SafeTensor[] tensors)
    {
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, tensors);
        stream.Position = 0;
        return SafeTensorsFile.Read(stream, "m.safetensors");
    }

    [Theory]
    [InlineData(-16)]
    [InlineData(16)]
    [InlineData(int.MaxValue)]
    public void Load_panel_outside_the_arena_is_refused(int offset)
    {
        PanelTensor panel = new("w", null, 2, 3, offset, [0]);
        SafeTensorsFile file = SafeTensorsFile.Read(TestVectors.GetPath("weights.safetensors"));

        Assert.Throws<ArgumentException>(() => ModelWeights.Load(file, [panel], Spec, new float[Panel.Size(2, 3, 1)]));
        Assert.Throws<ArgumentException>(() => ModelWeights.Save("m", [panel], Spec, new float[Panel.Size(2, 3, 1)]));
    }

    private static PanelTensor[] CreateTable()
    {
        int h = 16 + Panel.Size(18, 3, 3);
        return
        [
            new PanelTensor("gru.weight_ih_l0", "gru.bias_ih_l0", 18, 3, 16, [2, 0, 1]),
            new PanelTensor("gru.weight_hh_l0", "gru.bias_hh_l0", 18, 18, h, [0, 1, 2]),
            new PanelTensor("head.weight", "head.bias", 2, 18, h + Panel.Size(18, 18, 3), [0]),
        ];
    }

    private static SafeTensorsFile Change(string? remove = null, SafeTensor? add = null, Dictionary<string, string>? metadata = null)
    {
        SafeTensorsFile file = SafeTensorsFile.Read(TestVectors.GetPath("weights.safetensors"));
        IEnumerable<SafeTensor> tensors = file.Tensors.Where(tensor => tensor.Name != remove);
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, add is null ? tensors : tensors.Append(add), metadata);
        stream.Position = 0;
        return SafeTensorsFile.Read(stream, "m.safetensors");
    }

    private static void AssertRefused(SafeTensorsFile file, string? tensor, string found, string expected)
    {
        float[] arena = [.. Enumerable.Repeat(5f, ArenaLength)];

        WeightFileException e = Assert.Throws<WeightFileException>(() => ModelWeights.Load(file, s_table, Spec, arena));

        Assert.Equal("m.safetensors", e.File);
        Assert.Equal(tensor, e.Tensor);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.All(arena, value => Assert.Equal(5f, value));
    }
}
