using System.Collections.Immutable;
using System.Text.Json;

namespace Seq.Embedded.Weights;

/// <summary>
/// The JSON header of a safetensors file, parsed and checked: names unique, types known, shapes without overflow, and the data of the
/// tensors side by side without hole or overlap.
/// </summary>
/// <remarks>
/// <c>{"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}}</c>; offsets count from the
/// end of the header. Other members of a tensor's object are skipped, as the reference implementation does.
/// Source of the rules: the format description and reference reader of the safetensors project.
/// </remarks>
internal sealed class SafeTensorsHeader
{
    internal const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<Entry> _entries = [];

    private SafeTensorsHeader(string file) => _file = file;

    /// <summary>One tensor; its data are the bytes [Begin, End) after the header.</summary>
    internal sealed record Entry(string Name, SafeTensorType Type, ImmutableArray<long> Shape, long Begin, long End);

    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors in the order of their data.</summary>
    internal IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Bytes of data that follow the header.</summary>
    internal long DataLength => _entries.Count == 0 ? 0 : _entries[^1].End;

    /// <exception cref="WeightFileException">The header breaks a rule of the format.</exception>
    internal static SafeTensorsHeader Parse(ReadOnlySpan<byte> json, string file)
    {
        SafeTensorsHeader header = new(file);
        try
        {
            if (json.IsEmpty || json[0] != (byte)'{')
            {
                throw header.Error(null, json.IsEmpty ? "an empty header" : $"a header that starts with byte 0x{json[0]:x2}", "'{'");
            }

            Utf8JsonReader reader = new(json);
            reader.Read();
            header.ReadTop(ref reader);
            while (reader.Read())
            {
                // Only white space may follow; anything else makes the reader throw.
            }
        }
        catch (JsonException e)
        {
            throw new WeightFileException(file, null, $"a header that is not valid JSON (byte {e.BytePositionInLine} of line {e.LineNumber + 1})", "a JSON object", e);
        }
        catch (InvalidOperationException e)
        {
            // Utf8JsonReader.GetString: invalid UTF-8, or a surrogate without its partner.
            throw new WeightFileException(file, null, "a header with text that is not valid Unicode", "UTF-8", e);
        }

        header.CheckLayout();
        return header;
    }

    private void ReadTop(ref Utf8JsonReader reader)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw Error(name, "the name twice in the header", "unique names");
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Error(name, Describe(ref reader), "an object");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else
            {
                _entries.Add(ReadTensor(ref reader, name));
            }
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Error(null, $"{Describe(ref reader)} as the metadata value {WeightFileException.Quote(key)}", "a string");
            }

            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Error(null, $"the metadata key {WeightFileException.Quote(key)} twice", "unique keys");
            }
        }
    }

    private Entry ReadTensor(ref Utf8JsonReader reader, string name)
    {
        SafeTensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            bool repeated = false;
            switch (key)
            {
                case "dtype":
                    repeated = type is not null;
                    type = ReadType(ref reader, name);
                    break;
                case "shape":
                    repeated = shape is not null;
                    shape = ReadIntegers(ref reader, name, key);
                    break;
                case "data_offsets":
                    repeated = offsets is not null;
                    offsets = ReadIntegers(ref reader, name, key);
                    break;
                default:
                    reader.Skip();
                    break;
            }

            if (repeated)
            {
                throw Error(name, $"{key} twice", "each member once");
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Error(name, $"no {missing}", "dtype, shape and data_offsets");
        }

        return CheckTensor(name, type.Value, shape, offsets);
    }

    private Entry CheckTensor(string name, SafeTensorType type, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2 || offsets[0] > offsets[1])
        {
            throw Error(name, $"data_offsets [{string.Join(", ", offsets)}]", "[begin, end] with begin <= end");
        }

        int size = type.GetSize();
        if (!SafeTensor.TryGetElementCount(shape, out long count) || count > long.MaxValue / size)
        {
            throw Error(name, $"the shape {SafeTensor.FormatShape(shape)}", "a shape whose size in bytes fits 63 bits");
        }

        long bytes = offsets[1] - offsets[0];
        if (bytes != count * size)
        {
            throw Error(
                name, $"{bytes} bytes of data (offsets {offsets[0]} to {offsets[1]})",
                $"{count * size} bytes for shape {SafeTensor.FormatShape(shape)} of {type.GetName()}");
        }

        return new Entry(name, type, [.. shape], offsets[0], offsets[1]);
    }

    private SafeTensorType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw Error(name, $"{Describe(ref reader)} as dtype", "a string");
        }

        string text = reader.GetString()!;
        return SafeTensorTypes.TryParse(text, out SafeTensorType type)
            ? type
            : throw Error(name, $"dtype {WeightFileException.Quote(text)}", $"one of {SafeTensorTypes.AllNames}");
    }

    private long[] ReadIntegers(ref Utf8JsonReader reader, string name, string key)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Error(name, $"{Describe(ref reader)} as {key}", "an array of integers");
        }

        List<long> values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Error(name, $"{Describe(ref reader)} in {key}", $"integers from 0 to {long.MaxValue}");
            }

            values.Add(value);
        }

        return [.. values];
    }

    private void CheckLayout()
    {
        // Empty tensors share their offset with the next one; they come first, and among themselves by name.
        _entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin)
            : a.End != b.End ? a.End.CompareTo(b.End) : string.CompareOrdinal(a.Name, b.Name));
        long end = 0;
        foreach (Entry entry in _entries)
        {
            if (entry.Begin != end)
            {
                throw Error(
                    entry.Name, $"data that begin at offset {entry.Begin} ({(entry.Begin < end ? "an overlap" : "a hole")})",
                    $"offset {end}, where the tensor before ends");
            }

            end = entry.End;
        }
    }

    private WeightFileException Error(string? tensor, string found, string expected) => new(_file, tensor, found, expected);

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"the string {WeightFileException.Quote(reader.GetString()!)}",
        JsonTokenType.Number => $"the number {WeightFileException.Quote(System.Text.Encoding.ASCII.GetString(reader.ValueSpan)).Trim('\'')}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };
}
