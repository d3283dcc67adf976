namespace Seq.Embedded.Audio.Kernels;

/// <summary>
/// Cuts a stream of samples into frames that stand around their time: frame t is the samples [t hop - window / 2, t hop - window / 2 + window), there are 1 + samples / hop of them,
/// and beyond the stream's ends the samples are mirrored, x[-i] = x[i], or 0.
/// </summary>
/// <remarks>
/// As <c>torch.stft</c> and librosa with <c>center=True</c>. A stream without samples has none, nor has one that is not longer than half a window where samples are mirrored. The frames are the same
/// however the samples are split. Allocates nothing after construction.
/// </remarks>
public sealed class CentredFrames
{
    private readonly FrameBuffer _frames;
    private readonly bool _mirrors;
    private readonly int _before;       // samples before the first
    private readonly float[] _border;   // samples before the stream and its first ones, or those behind it
    private readonly float[] _latest;   // ring: the newest samples
    private int _bordered;              // samples of the border that there are
    private int _used;                  // of which the frames have taken
    private int _next;                  // of the ring
    private bool _hasSamples;
    private bool _started;
    private bool _ended;

    /// <summary>Prepares for frames of a length.</summary>
    /// <param name="window">Samples of a frame.</param>
    /// <param name="hop">Samples from one frame's middle to the next one's.</param>
    /// <param name="mirrors">True: samples beyond the ends are mirrored; false: they are 0.</param>
    public CentredFrames(int window, int hop, bool mirrors)
    {
        _frames = new FrameBuffer(window, hop);
        _mirrors = mirrors;
        _before = window / 2;
        int behind = window - _before; // as many or one more
        _border = new float[(2 * behind) + 1];
        _latest = new float[behind + 1];
        Reset();
    }

    /// <summary>The frame that was completed, up to <see cref="Advance"/>.</summary>
    public ReadOnlySpan<float> Frame => _frames.Frame;

    /// <summary>Moves samples into the frame until it is full.</summary>
    /// <param name="samples">The next samples; advanced behind those consumed.</param>
    /// <returns>True: the frame is full. False: all samples are consumed.</returns>
    public bool TryTake(ref ReadOnlySpan<float> samples)
    {
        _hasSamples |= !samples.IsEmpty;
        if (!_started && !TryStart(ref samples))
        {
            return false;
        }

        if (TryTakeBorder())
        {
            return true;
        }

        ReadOnlySpan<float> before = samples;
        bool isFull = _frames.TryTake(ref samples);
        Remember(before[..(before.Length - samples.Length)]);
        return isFull;
    }

    /// <summary>At the end of the stream: completes the frames that reach beyond it, one a call, each followed by <see cref="Advance"/>.</summary>
    /// <returns>True: the frame is full. False: there are no more.</returns>
    public bool TryEnd()
    {
        if (!_started || !_hasSamples)
        {
            return false;
        }

        if (!_ended)
        {
            if (TryTakeBorder())
            {
                return true; // of the first border
            }

            _ended = true;
            int behind = _latest.Length - 1;
            for (int i = 0; i < behind; i++)
            {
                _border[i] = _mirrors ? _latest[(_next + behind - 1 - i) % _latest.Length] : 0; // the newest is at _next + behind
            }

            _bordered = behind;
            _used = 0;
        }

        return TryTakeBorder();
    }

    /// <summary>Goes on to the next frame, keeping what it shares with this one.</summary>
    public void Advance() => _frames.Advance();

    /// <summary>Forgets all samples: the next one is the first.</summary>
    public void Reset()
    {
        _frames.Reset();
        _latest.AsSpan().Clear();
        _next = 0;
        _used = 0;
        _ended = false;
        _hasSamples = false;
        _started = !_mirrors;
        _bordered = _before;
        _border.AsSpan().Clear();
    }

    /// <summary>Waits for the samples that are mirrored: x[0] to x[before], and one more where the end needs it.</summary>
    private bool TryStart(ref ReadOnlySpan<float> samples)
    {
        int needed = _before + _latest.Length;
        int taken = Math.Min(needed - _bordered, samples.Length);
        samples[..taken].CopyTo(_border.AsSpan(_bordered));
        Remember(samples[..taken]);
        _bordered += taken;
        samples = samples[taken..];
        if (_bordered < needed)
        {
            return false;
        }

        for (int i = 1; i <= _before; i++)
        {
            _border[_before - i] = _border[_before + i];
        }

        _started = true;
        return true;
    }

    private bool TryTakeBorder()
    {
        ReadOnlySpan<float> border = _border.AsSpan(_used, _bordered - _used);
        bool isFull = _frames.TryTake(ref border);
        _used = _bordered - border.Length;
        return isFull;
    }

    private void Remember(ReadOnlySpan<float> samples)
    {
        if (samples.Length > _latest.Length)
        {
            samples = samples[^_latest.Length..];
        }

        int first = Math.Min(samples.Length, _latest.Length - _next);
        samples[..first].CopyTo(_latest.AsSpan(_next));
        samples[first..].CopyTo(_latest);
        _next = (_next + samples.Length) % _latest.Length;
    }
}
