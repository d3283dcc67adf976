using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>A file with or without a WAV header as a source of audio.</summary>
internal sealed class WavSource(WavReader reader) : IAudioSource
{
    public int SampleRate => reader.SampleRate;

    public int Channels => reader.Channels;

    public bool HasEnded { get; private set; }

    /// <summary>Opens a WAV file.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    /// <exception cref="AudioFormatException">The file is no WAV file that can be read.</exception>
    public static WavSource Open(string path) => new(new WavReader(Existing(path, "WAV ")));

    /// <summary>Opens a file of samples without a header.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static WavSource OpenRaw(string path, RawFormat format, int rate, int channels)
    {
        var stream = new FileStream(Existing(path, ""), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return new WavSource(WavReader.OpenRaw(stream, path, format.Encoding, format.Bits, rate, channels));
    }

    public int Read(Span<float> interleaved)
    {
        int frames = reader.Read(interleaved);
        HasEnded = frames == 0;
        return frames;
    }

    public void Dispose() => reader.Dispose();

    private static string Existing(string path, string kind) => File.Exists(path) ? path : throw new InputException($"{path}: no such {kind}file");
}
