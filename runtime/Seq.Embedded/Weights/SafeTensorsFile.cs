using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Seq.Embedded.Weights;

/// <summary>A safetensors file in memory: named tensors and metadata. Immutable.</summary>
/// <remarks>
/// Layout: 8 bytes header length N (unsigned, little-endian), N bytes JSON, then the data of all tensors. The whole file is checked
/// when it is read: nothing may be missing, overlap, or follow the last tensor.
/// </remarks>
public sealed class SafeTensorsFile
{
    /// <summary>Longest header accepted, in bytes: the limit of the reference implementation.</summary>
    internal const int MaxHeaderLength = 100_000_000;

    private const int FirstReadLength = 1 << 20;

    private readonly Dictionary<string, SafeTensor> _byName = new(StringComparer.Ordinal);

    private SafeTensorsFile(string name, SafeTensorsHeader header, ReadOnlyMemory<byte> data)
    {
        Name = name;
        Metadata = header.Metadata;
        List<SafeTensor> tensors = new(header.Entries.Count);
        foreach (SafeTensorsHeader.Entry entry in header.Entries)
        {
            ReadOnlyMemory<byte> bytes = data[(int)entry.Begin..(int)entry.End];
            SafeTensor tensor = new(name, entry.Name, entry.Type, entry.Shape, bytes);
            tensors.Add(tensor);
            _byName.Add(entry.Name, tensor);
        }

        Tensors = tensors;
    }

    /// <summary>The path or name that messages use.</summary>
    public string Name { get; }

    /// <summary>The texts under <c>__metadata__</c>; empty when the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>All tensors, in the order of their data.</summary>
    public IReadOnlyList<SafeTensor> Tensors { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content, in memory.</returns>
    /// <exception cref="WeightFileException">The file is not a valid safetensors file, or its data exceed 2 GB.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or the path is a folder.</exception>
    public static SafeTensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // A file that is being replaced is open for writing until it has its name: here either the old one is read, or the whole new one.
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return Read(stream, path);
    }

    /// <summary>Reads a stream from its position to its end; it need not be seekable and stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="name">The name that messages use.</param>
    /// <returns>The content, in memory.</returns>
    /// <exception cref="WeightFileException">The content is not a valid safetensors file, or its data exceed 2 GB.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static SafeTensorsFile Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);

        ReadOnlyMemory<byte> prefix = ReadUpTo(stream, sizeof(ulong));
        if (prefix.Length < sizeof(ulong))
        {
            throw new WeightFileException(name, null, $"{prefix.Length} bytes in all", "at least the 8 bytes of the header length");
        }

        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix.Span);
        if (headerLength is 0 or > MaxHeaderLength)
        {
            throw new WeightFileException(
                name, null, $"a header length of {headerLength} bytes", $"1 to {MaxHeaderLength} bytes (is it a safetensors file?)");
        }

        ReadOnlyMemory<byte> json = ReadUpTo(stream, (int)headerLength);
        if (json.Length < (int)headerLength)
        {
            throw new WeightFileException(
                name, null, $"{json.Length} bytes after the header length", $"a header of {headerLength} bytes (the file is cut short)");
        }

        SafeTensorsHeader header = SafeTensorsHeader.Parse(json.Span, name);
        if (header.DataLength > Array.MaxLength)
        {
            throw new WeightFileException(name, null, $"{header.DataLength} bytes of data", $"at most {Array.MaxLength} bytes");
        }

        ReadOnlyMemory<byte> data = ReadUpTo(stream, (int)header.DataLength);
        if (data.Length < header.DataLength)
        {
            SafeTensorsHeader.Entry cut = header.Entries.First(entry => entry.End > data.Length);
            throw new WeightFileException(
                name, cut.Name, $"the end of the file after {data.Length} bytes of data",
                $"{header.DataLength} bytes of data, this tensor from {cut.Begin} to {cut.End}");
        }

        if (stream.ReadByte() >= 0)
        {
            throw new WeightFileException(
                name, null, "bytes after the last tensor", $"the end of the file after {header.DataLength} bytes of data");
        }

        return new SafeTensorsFile(name, header, data);
    }

    /// <summary>Finds a tensor by its exact name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="tensor">The tensor, or null.</param>
    /// <returns>Whether the file has it.</returns>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out SafeTensor? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Reads <paramref name="length"/> bytes, or fewer when the stream ends.</summary>
    /// <remarks>The buffer grows with what arrives: a few bytes that claim to be gigabytes must not make us allocate gigabytes.</remarks>
    private static ReadOnlyMemory<byte> ReadUpTo(Stream stream, int length)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Math.Min(length, FirstReadLength));
        int count = 0;
        while (true)
        {
            count += stream.ReadAtLeast(buffer.AsSpan(count), buffer.Length - count, throwOnEndOfStream: false);
            if (count < buffer.Length || count == length)
            {
                return buffer.AsMemory(0, count);
            }

            Array.Resize(ref buffer, (int)Math.Min(length, 2L * buffer.Length));
        }
    }
}
