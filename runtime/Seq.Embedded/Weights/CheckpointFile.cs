using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Weights;

/// <summary>A checkpoint of training as a safetensors file: arenas of weights, moments and so on, settings, numbers, and texts of the user.</summary>
/// <remarks>
/// The tensors of each arena have the names of the weights behind a prefix of their own, that of the weights being empty: a file does not depend on the width of the
/// vectors, in whose order arenas lie in memory. The metadata carry <c>seq.checkpoint</c> = <c>1</c>, the version of this format, and a checksum of everything else,
/// as training goes on with a flipped bit as if nothing had happened.
/// </remarks>
internal sealed class CheckpointFile
{
    internal const string VersionKey = "seq.checkpoint";
    private const string Version = "1";
    private const string ChecksumKey = "seq.crc32c";
    private const string TextPrefix = "text.";

    private readonly SafeTensorsFile _file;

    private CheckpointFile(SafeTensorsFile file) => _file = file;

    /// <summary>An arena and what the names of its tensors begin with.</summary>
    internal sealed record Part(string Prefix, PanelTensor[] Panels, AlignedBuffer Arena);

    /// <summary>The texts of the user.</summary>
    internal IReadOnlyDictionary<string, string> Texts => _file.Metadata
        .Where(entry => entry.Key.StartsWith(TextPrefix, StringComparison.Ordinal))
        .ToDictionary(entry => entry.Key[TextPrefix.Length..], entry => entry.Value);

    /// <summary>Writes a checkpoint, atomically and durably.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parts">The arenas.</param>
    /// <param name="entries">Settings and numbers by their keys.</param>
    /// <param name="texts">Texts of the user, or null.</param>
    internal static void Write(string path, IEnumerable<Part> parts, IEnumerable<(string Key, string Value)> entries, IReadOnlyDictionary<string, string>? texts)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Dictionary<string, string> metadata = new() { [VersionKey] = Version };
        foreach ((string key, string value) in entries)
        {
            metadata.Add(key, value);
        }

        foreach ((string key, string value) in texts ?? new Dictionary<string, string>())
        {
            CheckText(key, nameof(texts));
            CheckText(value ?? throw new ArgumentException($"The text '{key}' is null.", nameof(texts)), nameof(texts));
            metadata.Add(TextPrefix + key, value);
        }

        List<SafeTensor> tensors = [.. parts.SelectMany(part => ModelWeights.Unpack(path, part.Panels, part.Arena.Span, part.Prefix))];
        metadata.Add(ChecksumKey, GetChecksum(tensors, metadata));
        SafeTensorsWriter.Write(path, tensors, metadata);
    }

    /// <summary>Reads a file and checks that it is a checkpoint, and whole.</summary>
    internal static CheckpointFile Read(string path)
    {
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        if (!file.Metadata.ContainsKey(VersionKey))
        {
            throw new WeightFileException(path, null, $"no {VersionKey} in the metadata", "a checkpoint of training (a model loads other files)");
        }

        ModelWeights.CheckEntry(file, VersionKey, Version);
        string checksum = GetChecksum(file.Tensors, file.Metadata);
        return file.Metadata.GetValueOrDefault(ChecksumKey) == checksum
            ? new CheckpointFile(file)
            : throw new WeightFileException(path, null, $"the checksum {checksum}", $"{WeightFileException.Quote(file.Metadata.GetValueOrDefault(ChecksumKey, ""))} as it was written (the file is damaged)");
    }

    /// <summary>The file has this setting.</summary>
    internal void Check(string key, string expected) => ModelWeights.CheckEntry(_file, key, expected);

    /// <summary>A number, 0 or more.</summary>
    internal T GetNumber<T>(string key)
        where T : INumber<T> =>
        T.TryParse(_file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out T? number)
            ? number
            : throw new WeightFileException(_file.Name, null, $"{key} {WeightFileException.Quote(_file.Metadata.GetValueOrDefault(key, ""))} in the metadata", "a number, 0 or more");

    /// <summary>Fills all arenas; none when an exception is thrown.</summary>
    internal void CopyTo(IReadOnlyList<Part> parts)
    {
        ModelWeights.CheckNames(_file, [.. parts.SelectMany(part => ModelWeights.GetNames(part.Panels, prefix: part.Prefix))]);
        (float[] Weight, float[] Bias)[][] values = [.. parts.Select(part => ModelWeights.Read(_file, part.Panels, part.Prefix))];
        for (int i = 0; i < parts.Count; i++)
        {
            ModelWeights.Pack(parts[i].Panels, values[i], parts[i].Arena.Span);
        }
    }

    /// <summary>Half a surrogate pair would come back as another character.</summary>
    private static void CheckText(string text, string parameter)
    {
        if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text)
        {
            throw new ArgumentException($"The text {WeightFileException.Quote(text)} has half a surrogate pair; allowed: whole characters.", parameter);
        }
    }

    /// <summary>CRC-32C of metadata and tensors, in the order of their names.</summary>
    private static string GetChecksum(IEnumerable<SafeTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        uint crc = uint.MaxValue;
        foreach ((string key, string value) in metadata.Where(entry => entry.Key != ChecksumKey).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            crc = Add(Add(crc, Encoding.UTF8.GetBytes(key + "\n")), Encoding.UTF8.GetBytes(value + "\n"));
        }

        foreach (SafeTensor tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            crc = Add(Add(crc, Encoding.UTF8.GetBytes(tensor.Name + "\n")), tensor.Data.Span);
        }

        return (~crc).ToString("x8", CultureInfo.InvariantCulture);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> data)
    {
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
