using System.Buffers.Binary;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Input;

/// <summary>
/// Raw signed 16-bit little-endian samples from a stream such as standard input. A thread of its own does the reading,
/// because a blocked read cannot be interrupted and Ctrl+C must not wait for more audio. Memory is bounded: two blocks.
/// </summary>
internal sealed class RawSource : IAudioSource
{
    private const int BytesPerSample = 2;
    private const int BlockBytes = 8192;

    private readonly Stream _stream;
    private readonly CancellationToken _stop;
    private readonly SemaphoreSlim _full = new(0);
    private readonly SemaphoreSlim _empty = new(1);
    private byte[] _filling = new byte[BlockBytes];
    private byte[] _draining = new byte[BlockBytes];
    private int _filled; // bytes that the reader has put into _filling, 0 at the end, -1 after a failure
    private Exception? _failure;
    private int _from;
    private int _to;

    public RawSource(Stream stream, int sampleRate, int channels, CancellationToken stop)
    {
        _stream = stream;
        _stop = stop;
        SampleRate = sampleRate;
        Channels = channels;
        new Thread(Fill) { IsBackground = true, Name = "raw audio" }.Start();
    }

    public int SampleRate { get; }

    public int Channels { get; }

    /// <summary>Bytes at the end of the stream that are no whole frame.</summary>
    public int Leftover { get; private set; }

    /// <exception cref="OperationCanceledException">The program was asked to stop.</exception>
    public int Read(Span<float> interleaved)
    {
        int frameBytes = BytesPerSample * Channels;
        while (_to - _from < frameBytes)
        {
            if (!Refill())
            {
                Leftover = _to - _from;
                return 0;
            }
        }

        int frames = Math.Min(interleaved.Length / Channels, (_to - _from) / frameBytes);
        for (int i = 0; i < frames * Channels; i++, _from += BytesPerSample)
        {
            interleaved[i] = BinaryPrimitives.ReadInt16LittleEndian(_draining.AsSpan(_from)) * (1f / 32768);
        }

        return frames;
    }

    public void Dispose()
    {
        // The reader may still be blocked in its read; it is a background thread and ends with the process or the stream.
    }

    /// <summary>Waits for the reader's block and takes it over, keeping the bytes of an unfinished frame.</summary>
    private bool Refill()
    {
        _full.Wait(_stop);
        if (_filled <= 0)
        {
            _full.Release(); // the end stays the end
            return _failure is null ? false : throw new InputException($"standard input cannot be read: {_failure.Message}");
        }

        int kept = _to - _from;
        byte[] next = _filling;
        int count = _filled;
        if (kept > 0)
        {
            next.AsSpan(0, count).CopyTo(next.AsSpan(kept));
            _draining.AsSpan(_from, kept).CopyTo(next);
        }

        (_filling, _draining) = (_draining, next);
        (_from, _to) = (0, kept + count);
        _empty.Release();
        return true;
    }

    private void Fill()
    {
        int room = BlockBytes - (BytesPerSample * Channels); // so that an unfinished frame fits in front
        do
        {
            _empty.Wait();
            try
            {
                _filled = _stream.Read(_filling, 0, room);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                _failure = exception;
                _filled = -1;
            }

            _full.Release();
        }
        while (_filled > 0);
    }
}
