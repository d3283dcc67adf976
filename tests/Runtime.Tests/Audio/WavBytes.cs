using System.Text;

namespace Seq.Embedded.Tests.Audio;

/// <summary>Builds WAV files byte by byte, written from the format's description and independent of the writer under test.</summary>
internal sealed class WavBytes
{
    private readonly MemoryStream _chunks = new();

    public static byte[] Simple(int tag, int bits, int channels, int rate, byte[] data) =>
        new WavBytes().Format(tag, bits, channels, rate).Chunk("data", data).ToArray();

    /// <summary>A file beyond 4 GB, by its own account: the sizes are in a chunk of their own.</summary>
    public static WavBytes Large(ulong dataSize, bool table = true) => new WavBytes().Chunk("ds64",
    [
        .. BitConverter.GetBytes(dataSize + 80), .. BitConverter.GetBytes(dataSize), .. BitConverter.GetBytes(dataSize / 2), .. table ? new byte[4] : [],
    ]);

    public WavBytes Format(int tag, int bits, int channels, int rate) =>
        Chunk("fmt ", FormatBody(tag, bits, channels, rate));

    public WavBytes Extensible(int tag, int bits, int validBits, int channels, int rate)
    {
        byte[] guid = [(byte)tag, (byte)(tag >> 8), 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        return Chunk("fmt ",
        [
            .. FormatBody(0xFFFE, bits, channels, rate),
            22, 0, // size of the extension
            (byte)validBits, (byte)(validBits >> 8),
            (byte)((1 << channels) - 1), 0, 0, 0,
            .. guid,
        ]);
    }

    /// <summary>Appends a chunk, padded to an even size; the stated size may lie.</summary>
    public WavBytes Chunk(string id, byte[] body, uint? statedSize = null)
    {
        _chunks.Write(Encoding.ASCII.GetBytes(id));
        _chunks.Write(BitConverter.GetBytes(statedSize ?? (uint)body.Length));
        _chunks.Write(body);
        if ((body.Length & 1) != 0)
        {
            _chunks.WriteByte(0);
        }

        return this;
    }

    public byte[] ToArray(uint? riffSize = null, string riff = "RIFF", string form = "WAVE")
    {
        byte[] chunks = _chunks.ToArray();
        return
        [
            .. Encoding.ASCII.GetBytes(riff),
            .. BitConverter.GetBytes(riffSize ?? (uint)(chunks.Length + 4)),
            .. Encoding.ASCII.GetBytes(form),
            .. chunks,
        ];
    }

    private static byte[] FormatBody(int tag, int bits, int channels, int rate)
    {
        unchecked
        {
            int frame = channels * (bits / 8);
            return
            [
                (byte)tag, (byte)(tag >> 8), (byte)channels, (byte)(channels >> 8),
                .. BitConverter.GetBytes(rate), .. BitConverter.GetBytes(rate * frame),
                (byte)frame, (byte)(frame >> 8), (byte)bits, (byte)(bits >> 8),
            ];
        }
    }
}
