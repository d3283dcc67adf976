using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Tests.Weights;

public class SafeTensorsFileTests
{
    private const string Name = "m.safetensors";

    [Fact]
    public void Read_file_of_PyTorch_values_gives_every_value()
    {
        SafeTensorsFile file = SafeTensorsFile.Read(TestVectors.GetPath("weights.safetensors"));

        JsonProperty[] expected = [.. TestVectors.ReadJson("weights.json").EnumerateObject()];
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(expected.Length, file.Tensors.Count);
        foreach (JsonProperty tensor in expected)
        {
            Assert.True(file.TryGetTensor(tensor.Name, out SafeTensor? found), tensor.Name);
            Assert.Equal(tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()), found.Shape);
            Assert.Equal(tensor.Value.GetFloats("values"), found.ToArray());
        }
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc }, new[] { 1f, 5.9604645e-8f, float.NegativeInfinity })]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0x20, 0xc1, 0x01, 0x00 }, new[] { 1f, -10f, 9.1835e-41f })]
    [InlineData("F32", new byte[] { 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc1, 1, 0, 0, 0 }, new[] { 1f, -10f, float.Epsilon })]
    [InlineData(
        "F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x24, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0x7f },
        new[] { 1f, -10f, float.PositiveInfinity })]
    public void CopyTo_float_type_converts_every_element(string type, byte[] data, float[] expected)
    {
        SafeTensorsFile file = Read("{\"a\":{\"dtype\":\"" + type + "\",\"shape\":[3],\"data_offsets\":[0," + data.Length + "]}}", data);

        float[] values = [7, 7, 7, 7];
        file.Tensors[0].CopyTo(values);

        Assert.Equal([.. expected, 7], values);
        Assert.Throws<ArgumentException>(() => file.Tensors[0].CopyTo(new float[2]));
    }

    [Fact]
    public void CopyTo_integer_type_names_file_tensor_found_and_allowed()
    {
        SafeTensorsFile file = Read("""{"steps":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}""", new byte[8]);

        WeightFileException e = Assert.Throws<WeightFileException>(() => file.Tensors[0].ToArray());

        Assert.Equal(1, file.Tensors[0].Length);
        Assert.Equal($"{Name}: tensor 'steps': found type I64; expected F32, F16, BF16 or F64.", e.Message);
    }

    [Fact]
    public void Read_unsorted_names_white_space_unknown_members_and_empty_tensors_are_accepted()
    {
        SafeTensorsFile file = Read(
            """
            {"b" : {"shape":[1], "data_offsets":[0,4], "dtype":"F32", "note":{"x":[1,2]}}, "\u0061":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},
             "c":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}, "__metadata__":{"k\n":"\u00e9"}}
            """,
            new byte[6]);

        Assert.Equal(["b", "a", "c"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal(0, file.Tensors[1].Length);
        Assert.Equal("\u00e9", file.Metadata["k\n"]);
    }

    [Theory]
    [InlineData("[]", 0, null, "'{'")]
    [InlineData(" {}", 0, null, "'{'")]
    [InlineData("{", 0, null, "not valid JSON")]
    [InlineData("{} x", 0, null, "not valid JSON")]
    [InlineData("{\"\\ud800\":{}}", 0, null, "not valid Unicode")]
    [InlineData("""{"a":[]}""", 0, "a", "found an array; expected an object")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", 4, "a", "found no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "a", "found no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "a", "found no data_offsets")]
    [InlineData("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "a", "dtype 'F31'; expected one of BOOL")]
    [InlineData("""{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}""", 4, "a", "the number 32 as dtype")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,4]}}""", 4, "a", "the string 'x' as shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "a", "the number -1 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "a", "the number 1.5 in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,4]}}""", 4, "a", "null in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "a", "in shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "a", "(4294967296, 4294967296)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "a", "fits 63 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "a", "data_offsets [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "a", "data_offsets [4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a", "found 4 bytes of data (offsets 0 to 4); expected 8 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4, "a", "shape twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "a hole); expected offset 0")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "twice")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "b", "an overlap")]
    [InlineData(
        """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "b", "an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "a", "the end of the file after 7 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, null, "bytes after the last tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[9000000000],"data_offsets":[0,9000000000]}}""", 5, null, "9000000000 bytes of data")]
    [InlineData("""{"a":{"dtype":"U8","shape":[2000000000],"data_offsets":[0,2000000000]}}""", 5, "a", "after 5 bytes")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__", "an array")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, null, "the number 1 as the metadata value 'k'")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, null, "the metadata key 'k' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__", "twice")]
    public void Read_malformed_header_names_file_tensor_and_problem(string header, int dataLength, string? tensor, string message)
    {
        WeightFileException e = Assert.Throws<WeightFileException>(() => Read(header, new byte[dataLength]));

        Assert.Equal(Name, e.File);
        Assert.Equal(tensor, e.Tensor);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.StartsWith(Name, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Expected);
    }

    [Theory]
    [InlineData(0UL, "a header length of 0 bytes")]
    [InlineData(100_000_001UL, "a header length of 100000001 bytes")]
    [InlineData(ulong.MaxValue, "a header length of 18446744073709551615 bytes")]
    [InlineData(100_000_000UL, "2 bytes after the header length")]
    [InlineData(3UL, "2 bytes after the header length")]
    public void Read_header_length_that_cannot_be_is_refused(ulong length, string message)
    {
        byte[] bytes = [.. new byte[8], (byte)'{', (byte)'}'];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        WeightFileException e = Assert.Throws<WeightFileException>(() => SafeTensorsFile.Read(new MemoryStream(bytes), Name));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_file_cut_or_grown_at_any_length_is_refused()
    {
        byte[] whole = File.ReadAllBytes(TestVectors.GetPath("weights.safetensors"));
        for (int length = 0; length < whole.Length; length += length < 600 ? 1 : 97)
        {
            Assert.Throws<WeightFileException>(() => SafeTensorsFile.Read(new MemoryStream(whole, 0, length), Name));
        }

        Assert.Throws<WeightFileException>(() => SafeTensorsFile.Read(new MemoryStream([.. whole, 0]), Name));
    }

    [Fact]
    public void Read_file_with_any_header_byte_changed_loads_or_throws_WeightFileException()
    {
        byte[] whole = File.ReadAllBytes(TestVectors.GetPath("weights.safetensors"));
        int headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(whole);
        int refused = 0;
        for (int at = 0; at < headerEnd; at++)
        {
            foreach (byte value in (ReadOnlySpan<byte>)[0, (byte)'"', (byte)'9', (byte)'}', 0xff])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                try
                {
                    SafeTensorsFile.Read(new MemoryStream(changed), Name);
                }
                catch (WeightFileException)
                {
                    refused++;
                }
            }
        }

        Assert.InRange(refused, headerEnd, 5 * headerEnd);
    }

    [Fact]
    public void Read_stream_in_single_bytes_gives_the_same_tensors()
    {
        string path = TestVectors.GetPath("weights.safetensors");
        using OneByteStream stream = new(File.ReadAllBytes(path));

        SafeTensorsFile file = SafeTensorsFile.Read(stream, Name);

        Assert.Equal(SafeTensorsFile.Read(path).Tensors[2].ToArray(), file.Tensors[2].ToArray());
    }

    [Fact]
    public void Read_missing_file_or_folder_says_so()
    {
        using TemporaryFolder folder = new();

        Assert.Throws<FileNotFoundException>(() => SafeTensorsFile.Read(folder.GetPath("none")));
        Assert.Throws<UnauthorizedAccessException>(() => SafeTensorsFile.Read(folder.FullName));
    }

    [Fact]
    public void Message_with_hostile_names_stays_one_short_line()
    {
        string header = "{\"a\\n" + new string('x', 5000) + "\\u2028\":1}";

        WeightFileException e = Assert.Throws<WeightFileException>(() => Read(header, []));

        Assert.DoesNotContain('\n', e.Message);
        Assert.InRange(e.Message.Length, 50, 250);
    }

    private static SafeTensorsFile Read(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return SafeTensorsFile.Read(new MemoryStream([.. length, .. json, .. data]), Name);
    }

    /// <summary>A pipe-like stream: not seekable, one byte per read.</summary>
    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
