namespace Seq.Embedded.Audio.Kernels;

/// <summary>Cuts a stream of samples into frames: frame t is the samples [t hop, t hop + window).</summary>
/// <remarks>The frames are the same however the samples are split. Allocates nothing after construction.</remarks>
/// <param name="window">Samples of a frame.</param>
/// <param name="hop">Samples from one frame's start to the next one's; may exceed the window.</param>
public sealed class FrameBuffer(int window, int hop)
{
    private readonly float[] _samples = new float[window]; // the start of the next frame
    private int _held;                                     // samples in it; negative: samples to skip first, where the hop exceeds the window

    /// <summary>The frame that <see cref="TryTake"/> completed, up to <see cref="Advance"/>.</summary>
    public ReadOnlySpan<float> Frame => _samples;

    /// <summary>Moves samples into the frame until it is full.</summary>
    /// <param name="samples">The next samples; advanced behind those consumed.</param>
    /// <returns>True: the frame is full. False: all samples are consumed.</returns>
    public bool TryTake(ref ReadOnlySpan<float> samples)
    {
        int skipped = Math.Min(Math.Max(-_held, 0), samples.Length);
        _held += skipped;
        samples = samples[skipped..];
        if (_held < 0)
        {
            return false;
        }

        int taken = Math.Min(window - _held, samples.Length);
        samples[..taken].CopyTo(_samples.AsSpan(_held));
        _held += taken;
        samples = samples[taken..];
        return _held == window;
    }

    /// <summary>Goes on to the next frame, keeping what it shares with this one.</summary>
    public void Advance()
    {
        if (hop < window)
        {
            _samples.AsSpan(hop).CopyTo(_samples);
        }

        _held = window - hop;
    }

    /// <summary>Forgets all samples: the next one is the first.</summary>
    public void Reset() => _held = 0;
}
