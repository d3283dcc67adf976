namespace Seq.Embedded.Audio;

/// <summary>Audio that is pulled: a file, a pipe or a microphone. Used by one thread.</summary>
public interface IAudioSource : IDisposable
{
    /// <summary>Frames (one sample of each channel) per second, in Hz; 0 while that is not known. Changes only where <see cref="Read"/> returns 0.</summary>
    int SampleRate { get; }

    /// <summary>Channels in a frame; 0 while that is not known. Changes only where <see cref="Read"/> returns 0.</summary>
    int Channels { get; }

    /// <summary>Whether the audio has ended, so that <see cref="Read"/> will return 0 from now on.</summary>
    bool HasEnded { get; }

    /// <summary>Waits for audio and reads at most <c>interleaved.Length / Channels</c> frames, scaled to +-1.</summary>
    /// <returns>Frames read; or 0, when the audio has ended (<see cref="HasEnded"/>) or none has come for a while: then ask again.</returns>
    int Read(Span<float> interleaved);
}
