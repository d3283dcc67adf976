namespace KeywordSpotter.Input;

/// <summary>
/// A stream such as standard input, read by a thread of its own, because a blocked read cannot be interrupted, and Ctrl+C and a
/// watchdog must not wait for more audio. Memory is bounded: two blocks. Reading allocates nothing.
/// </summary>
internal sealed class PipeStream : Stream
{
    private const int BlockBytes = 8192;
    private const int MostPeeked = 64;

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

    public PipeStream(Stream stream, CancellationToken stop)
    {
        _stream = stream;
        _stop = stop;
        new Thread(Fill) { IsBackground = true, Name = "raw audio" }.Start();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override bool CanTimeout => true;

    public override int ReadTimeout { get; set; } = Timeout.Infinite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The next bytes without consuming them: <paramref name="count"/> (at most 64), or fewer at the end of the stream.</summary>
    /// <exception cref="OperationCanceledException">The program was asked to stop.</exception>
    /// <exception cref="InputException">The stream cannot be read.</exception>
    public ReadOnlySpan<byte> Peek(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPeeked);
        while (_to - _from < count && Refill())
        {
            // Refill waits.
        }

        return _draining.AsSpan(_from, Math.Min(count, _to - _from));
    }

    /// <exception cref="OperationCanceledException">The program was asked to stop.</exception>
    /// <exception cref="TimeoutException">Nothing has come for <see cref="ReadTimeout"/> milliseconds.</exception>
    /// <exception cref="InputException">The stream cannot be read.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_from == _to && !Refill())
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, _to - _from);
        _draining.AsSpan(_from, count).CopyTo(buffer);
        _from += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Waits for the reader's block and takes it over, keeping the bytes that were not read.</summary>
    /// <returns>False at the end of the stream.</returns>
    private bool Refill()
    {
        if (!_full.Wait(ReadTimeout, _stop))
        {
            throw new TimeoutException($"Nothing has come for {ReadTimeout} ms.");
        }

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
        do
        {
            _empty.Wait();
            try
            {
                _filled = _stream.Read(_filling, 0, BlockBytes - MostPeeked); // so that kept bytes fit in front
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
