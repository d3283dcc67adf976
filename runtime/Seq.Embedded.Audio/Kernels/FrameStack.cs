namespace Seq.Embedded.Audio.Kernels;

/// <summary>Puts consecutive frames of features into one vector: vector v is the frames [v stride, v stride + stack), oldest first.</summary>
/// <remarks>Allocates nothing after construction.</remarks>
/// <param name="width">Values of a frame.</param>
/// <param name="stack">Frames of a vector.</param>
/// <param name="stride">Frames from one vector's start to the next one's.</param>
public sealed class FrameStack(int width, int stack, int stride)
{
    private readonly int _stack = stack;
    private readonly float[] _frames = new float[stack * width]; // the latest frames, the newest last
    private int _missing = stack;                                // until the next vector is complete

    /// <summary>Moves the frames up and gives room for the next one: (width), to be written before <see cref="TryTake"/>.</summary>
    public Span<float> Next()
    {
        _frames.AsSpan(width).CopyTo(_frames);
        return _frames.AsSpan(_frames.Length - width);
    }

    /// <summary>Takes the frame that was written.</summary>
    /// <param name="vector">Receives the vector (stack, width) where it is complete.</param>
    /// <returns>True: a vector was written.</returns>
    /// <exception cref="ArgumentException">There is not room enough.</exception>
    public bool TryTake(Span<float> vector)
    {
        if (--_missing > 0)
        {
            return false;
        }

        _missing = stride;
        _frames.CopyTo(vector);
        return true;
    }

    /// <summary>Forgets all frames: the next one is the first.</summary>
    public void Reset() => _missing = _stack;
}
