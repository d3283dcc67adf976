namespace Seq.Embedded.Audio.Kernels;

/// <summary>The slope of each value over a few frames: d[t] = sum over n = 1 ... N of n (c[t + n] - c[t - n]) / (2 sum over n of n^2).</summary>
/// <remarks>
/// Frames before the first are the first, frames behind the last are the last (HTK Book, section 5.9; torchaudio's <c>compute_deltas</c>). So d[t] is known N frames after c[t].
/// Only single elements, unfused: the same on all machines. Allocates nothing after construction.
/// </remarks>
/// <param name="width">Values of a frame.</param>
/// <param name="reach">N.</param>
public sealed class DeltaFilter(int width, int reach)
{
    private readonly int _length = (2 * reach) + 1;
    private readonly float[] _ring = new float[((2 * reach) + 1) * width]; // frame t in row t mod length
    private readonly float _scale = 1f / (reach * (reach + 1) * ((2 * reach) + 1) / 3);
    private long _taken;

    /// <summary>True where the slope of a frame is known: N frames are behind it.</summary>
    public bool HasDelta => _taken > reach;

    /// <summary>The oldest frame that is kept, c[t - 2N] where the newest is c[t].</summary>
    public ReadOnlySpan<float> Oldest => Row(_taken); // row (t + 1) mod length, with t + 1 frames taken

    /// <summary>The frame in the middle, c[t - N], whose slope <see cref="GetDelta"/> gives.</summary>
    public ReadOnlySpan<float> Middle => Row(_taken + reach);

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">(width).</param>
    public void Add(ReadOnlySpan<float> frame)
    {
        if (_taken == 0)
        {
            for (int row = 1; row < _length; row++)
            {
                frame.CopyTo(Row(row));
            }
        }

        frame.CopyTo(Row(_taken));
        _taken++;
    }

    /// <summary>Takes the last frame once more, at the end of the stream.</summary>
    public void Repeat() => Add(Row(_taken + _length - 1));

    /// <summary>The slope of <see cref="Middle"/>.</summary>
    /// <param name="delta">(width).</param>
    public void GetDelta(Span<float> delta)
    {
        delta = delta[..width];
        delta.Clear();
        for (int n = 1; n <= reach; n++)
        {
            ReadOnlySpan<float> before = Row(_taken + reach - n), after = Row(_taken + reach + n);
            for (int i = 0; i < delta.Length; i++)
            {
                delta[i] += n * (after[i] - before[i]);
            }
        }

        for (int i = 0; i < delta.Length; i++)
        {
            delta[i] *= _scale;
        }
    }

    /// <summary>Forgets all frames: the next one is the first.</summary>
    public void Reset() => _taken = 0;

    private Span<float> Row(long frame) => _ring.AsSpan((int)(frame % _length) * width, width);
}
