using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Seq.Embedded.Weights;

/// <summary>Writes safetensors files.</summary>
/// <remarks>
/// The bytes depend on the content only: metadata sorted by key, tensors by size of their type (largest first, so that all data are
/// aligned) and then by name, ordinal; the header is padded with spaces so that the data begin at a multiple of 8 bytes. Any reader of
/// the format loads the result, the reference implementation included.
/// </remarks>
public static class SafeTensorsWriter
{
    private const int Alignment = 8;

    /// <summary>Writes a file, atomically and durably: temporary file in the same folder, flush to disk, rename, flush of the folder.</summary>
    /// <param name="path">The file; replaced when it exists. When writing fails it stays as it was, and no temporary file remains.</param>
    /// <param name="tensors">The tensors, in any order, with unique names.</param>
    /// <param name="metadata">Texts to store under <c>__metadata__</c>, or null.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or the header would exceed 100 MB.</exception>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, IEnumerable<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeTensor[] sorted = Sort(tensors);
        ReadOnlyMemory<byte> header = CreateHeader(sorted, metadata);
        AtomicFile.Write(path, stream => WriteAll(stream, header, sorted));
    }

    /// <summary>Writes the same bytes to a stream, which stays open.</summary>
    /// <param name="stream">Receives the bytes at its position.</param>
    /// <param name="tensors">The tensors, in any order, with unique names.</param>
    /// <param name="metadata">Texts to store under <c>__metadata__</c>, or null.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or the header would exceed 100 MB.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, IEnumerable<SafeTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        SafeTensor[] sorted = Sort(tensors);
        WriteAll(stream, CreateHeader(sorted, metadata), sorted);
    }

    private static SafeTensor[] Sort(IEnumerable<SafeTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SafeTensor[] sorted = [.. tensors];
        Array.Sort(sorted, (a, b) => a.Type.GetSize() != b.Type.GetSize() ? b.Type.GetSize() - a.Type.GetSize() : string.CompareOrdinal(a.Name, b.Name));
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (SafeTensor tensor in sorted)
        {
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"Two tensors are named '{tensor.Name}'; names must be unique.", nameof(tensors));
            }
        }

        return sorted;
    }

    private static ReadOnlyMemory<byte> CreateHeader(SafeTensor[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafeTensorsHeader.MetadataKey);
                string[] keys = [.. metadata.Keys];
                Array.Sort(keys, StringComparer.Ordinal);
                foreach (string key in keys)
                {
                    json.WriteString(key, metadata[key]);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (SafeTensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.GetName());
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape)
                {
                    json.WriteNumberValue(size);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.Data.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = -buffer.WrittenCount & (Alignment - 1);
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenCount <= SafeTensorsFile.MaxHeaderLength
            ? buffer.WrittenMemory
            : throw new ArgumentException(
                $"The header takes {buffer.WrittenCount} bytes; at most {SafeTensorsFile.MaxHeaderLength} are allowed.", nameof(metadata));
    }

    private static void WriteAll(Stream stream, ReadOnlyMemory<byte> header, SafeTensor[] tensors)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header.Span);
        foreach (SafeTensor tensor in tensors)
        {
            stream.Write(tensor.Data.Span);
        }
    }
}
