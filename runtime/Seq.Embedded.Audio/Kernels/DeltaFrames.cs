namespace Seq.Embedded.Audio.Kernels;

/// <summary>Frames with their slopes behind them, and with the slopes of the slopes: (c, d) or (c, d, dd). See <see cref="DeltaFilter"/>.</summary>
/// <remarks>A row is known <c>order * reach</c> frames after its frame; the last rows come at the end of the stream. Allocates nothing after construction.</remarks>
public sealed class DeltaFrames
{
    private readonly int _width;
    private readonly DeltaFilter _first;
    private readonly DeltaFilter? _second;
    private readonly float[] _row;
    private long _frames;  // taken
    private long _slopes;  // of which the first filter gave the slope
    private long _rows;    // given

    /// <summary>Prepares for frames of a number of values.</summary>
    /// <param name="width">Values of a frame.</param>
    /// <param name="order">1: slopes; 2: slopes and their slopes.</param>
    /// <param name="reach">Frames on each side that a slope is taken over.</param>
    public DeltaFrames(int width, int order, int reach)
    {
        _width = width;
        _first = new DeltaFilter(width, reach);
        _second = order > 1 ? new DeltaFilter(width, reach) : null;
        _row = new float[(1 + order) * width];
    }

    /// <summary>The row that was completed last, ((1 + order) width).</summary>
    public ReadOnlySpan<float> Row => _row;

    /// <summary>Takes the next frame.</summary>
    /// <param name="frame">(width).</param>
    /// <returns>True where a row is complete: that of the frame <c>order * reach</c> before this one.</returns>
    public bool TryAdd(ReadOnlySpan<float> frame)
    {
        _first.Add(frame);
        _frames++;
        return TryComplete();
    }

    /// <summary>At the end of the stream: completes the rows that waited for following frames, one a call.</summary>
    /// <returns>True where a row is complete; false when all are.</returns>
    public bool TryEnd()
    {
        while (_rows < _frames)
        {
            _first.Repeat();
            if (TryComplete())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all frames: the next one is the first.</summary>
    public void Reset()
    {
        _first.Reset();
        _second?.Reset();
        _frames = 0;
        _slopes = 0;
        _rows = 0;
    }

    private bool TryComplete()
    {
        if (!_first.HasDelta)
        {
            return false;
        }

        Span<float> slope = _row.AsSpan(_width, _width);
        if (_second is null)
        {
            _first.Middle.CopyTo(_row);
            _first.GetDelta(slope);
        }
        else
        {
            if (_slopes < _frames)
            {
                _first.GetDelta(slope);
                _second.Add(slope);
                _slopes++;
            }
            else
            {
                _second.Repeat();
            }

            if (!_second.HasDelta)
            {
                return false;
            }

            _first.Oldest.CopyTo(_row);
            _second.Middle.CopyTo(slope);
            _second.GetDelta(_row.AsSpan(2 * _width));
        }

        _rows++;
        return true;
    }
}
