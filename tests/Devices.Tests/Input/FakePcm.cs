using System.Runtime.InteropServices;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>A device that plays a script. Each wait takes one line of it: audio (its value), or an error, or nothing for as long as the wait lasts.</summary>
internal sealed class FakePcm(FakeTime time, AlsaSettings settings, IEnumerator<FakePcm.Turn> script) : IAlsaPcm
{
    private bool _prepared = true;
    private Turn _turn;

    /// <summary>What happens at a wait: some frames of a value after some time, or an error.</summary>
    internal readonly record struct Turn(int Frames, short Value = 0, int Error = 0, double Seconds = 0)
    {
        public bool FirstChannelOnly { get; init; }

        public static Turn Nothing => new(0, Seconds: -1);

        public static Turn Fails(int error, double seconds = 0) => new(0, Error: error, Seconds: seconds);
    }

    public bool IsClosed { get; private set; }

    public int Recoveries { get; private set; }

    public int Start()
    {
        Assert.True(_prepared);
        _prepared = false;
        return 0;
    }

    public int Wait(int milliseconds)
    {
        Assert.False(_prepared || IsClosed);
        _turn = script.MoveNext() ? script.Current : throw new OperationCanceledException("The script has ended.");
        time.Move(_turn.Seconds < 0 ? TimeSpan.FromMilliseconds(milliseconds) : TimeSpan.FromSeconds(_turn.Seconds));
        return _turn.Error != 0 ? _turn.Error : _turn.Frames > 0 ? 1 : 0;
    }

    public int Read(byte[] interleaved, int frames)
    {
        int count = Math.Min(frames, _turn.Frames);
        Span<short> samples = MemoryMarshal.Cast<byte, short>(interleaved.AsSpan())[..(count * settings.Channels)];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = _turn.FirstChannelOnly && i % settings.Channels > 0 ? (short)0 : _turn.Value;
        }

        return count;
    }

    public int Recover(int error)
    {
        _prepared = true;
        Recoveries++;
        return 0;
    }

    public void Dispose() => IsClosed = true;
}
