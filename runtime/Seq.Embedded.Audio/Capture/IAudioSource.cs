namespace Seq.Embedded.Audio;

/// <summary>Audio that is pulled: a file, a pipe or a microphone. Used by one thread.</summary>
public interface IAudioSource : IDisposable
{
    /// <summary>Frames (one sample of each channel) per second, in Hz.</summary>
    int SampleRate { get; }

    /// <summary>Channels in a frame.</summary>
    int Channels { get; }

    /// <summary>Waits for audio and reads at most <c>interleaved.Length / Channels</c> frames, scaled to +-1.</summary>
    /// <returns>Frames read, or 0 at the end of the audio.</returns>
    int Read(Span<float> interleaved);
}
