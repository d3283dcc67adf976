using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>A WAV file as a source of audio.</summary>
internal sealed class WavSource(WavReader reader) : IAudioSource
{
    public int SampleRate => reader.SampleRate;

    public int Channels => reader.Channels;

    /// <exception cref="InputException">There is no such file.</exception>
    /// <exception cref="AudioFormatException">The file is no WAV file that can be read.</exception>
    public static WavSource Open(string path) =>
        File.Exists(path) ? new WavSource(new WavReader(path)) : throw new InputException($"{path}: no such WAV file");

    public int Read(Span<float> interleaved) => reader.Read(interleaved);

    public void Dispose() => reader.Dispose();
}
