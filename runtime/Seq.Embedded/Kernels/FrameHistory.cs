using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>
/// The last inputs of a convolution over time, its frames, side by side in memory: a window of K frames is K * I floats in a row where the
/// dilation D is 1. Frames are appended behind each other; where the room ends, the ones still needed move to the front.
/// </summary>
/// <remarks>Frames before the first one are zero. After creation nothing is allocated.</remarks>
public sealed class FrameHistory
{
    private readonly AlignedBuffer _frames;
    private readonly int _width;
    private readonly int _kernel;
    private readonly int _dilation;
    private readonly int _kept;
    private readonly int _capacity;
    private int _end;

    /// <summary>Takes the memory: (kernel - 1) * dilation frames that outlive a step, and room for new ones.</summary>
    /// <param name="width">Values of a frame (I).</param>
    /// <param name="kernel">Frames of a window (K).</param>
    /// <param name="dilation">Time steps from one frame of a window to the next (D).</param>
    /// <param name="room">The most frames that are appended at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public FrameHistory(int width, int kernel, int dilation, int room)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dilation, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(room, 1);
        _width = width;
        _kernel = kernel;
        _dilation = dilation;
        _kept = checked((kernel - 1) * dilation);
        _capacity = checked(_kept + room);
        _frames = new AlignedBuffer(checked(_capacity * width));
        _end = _kept;
    }

    /// <summary>The window of the last frame, where the dilation is 1. Allocates nothing.</summary>
    public ReadOnlySpan<float> Window => _frames.Span.Slice((_end - _kernel) * _width, _kernel * _width);

    private Span<float> Kept => _frames.Span.Slice((_end - _kept) * _width, _kept * _width);

    /// <summary>Appends a frame. Does no bounds check; allocates nothing.</summary>
    /// <param name="frame">The first of its I values.</param>
    public void Append(ref float frame) => Append(MemoryMarshal.CreateReadOnlySpan(ref frame, _width), 1, _width, 0);

    /// <summary>Appends frames and gives the windows of them: the frames from the first of the window of frame <paramref name="skip"/> on. Allocates nothing.</summary>
    /// <param name="rows">The frames (count, I), rows <paramref name="stride"/> apart.</param>
    /// <param name="count">Number of frames, up to the room.</param>
    /// <param name="stride">Floats from one frame to the next.</param>
    /// <param name="skip">Frames whose windows are left out; where they are all, the result is of no use.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows are too short for the sizes, or are more than there is room for.</exception>
    public ReadOnlySpan<float> Append(ReadOnlySpan<float> rows, int count, int stride, int skip)
    {
        if (_end + count > _capacity)
        {
            Kept.CopyTo(_frames.Span);
            _end = _kept;
        }

        Span<float> frames = _frames.Span.Slice((_end - _kept) * _width, (_kept + count) * _width);
        for (int row = 0; row < count; row++)
        {
            rows.Slice(row * stride, _width).CopyTo(frames.Slice((_kept + row) * _width, _width));
        }

        _end += count;
        return frames[(Math.Min(skip, count) * _width)..];
    }

    /// <summary>Copies the frames of the last window side by side. Allocates nothing.</summary>
    /// <param name="window">Receives K * I values.</param>
    /// <exception cref="ArgumentException">The window is shorter.</exception>
    public void Gather(Span<float> window) => Gather(_frames.Span[((_end - 1 - _kept) * _width)..], 1, 1, window, 0);

    /// <summary>Copies the frames of windows side by side, a row a window. Allocates nothing.</summary>
    /// <param name="windows">What <see cref="Append(ReadOnlySpan{float}, int, int, int)"/> gave.</param>
    /// <param name="count">Number of windows.</param>
    /// <param name="step">Frames from one window to the next.</param>
    /// <param name="rows">Receives (count, K * I), rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <exception cref="ArgumentException">A span is too short for the sizes.</exception>
    public void Gather(ReadOnlySpan<float> windows, int count, int step, Span<float> rows, int stride)
    {
        for (int row = 0; row < count; row++)
        {
            for (int k = 0; k < _kernel; k++)
            {
                windows.Slice(((row * step) + (k * _dilation)) * _width, _width).CopyTo(rows[((row * stride) + (k * _width))..]);
            }
        }
    }

    /// <summary>Makes all frames zero, as before the first one. Allocates nothing.</summary>
    public void Reset()
    {
        _end = _kept;
        Kept.Clear();
    }

    /// <summary>Copies the frames that the next window needs, the oldest first. Allocates nothing.</summary>
    /// <param name="snapshot">Receives (K - 1) * D * I values.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public void Save(Span<float> snapshot) => Kept.CopyTo(snapshot);

    /// <summary>The inverse of <see cref="Save"/>. Allocates nothing.</summary>
    /// <param name="snapshot">(K - 1) * D * I values.</param>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public void Restore(ReadOnlySpan<float> snapshot)
    {
        _end = _kept;
        snapshot.CopyTo(Kept);
    }
}
