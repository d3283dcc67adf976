using KeywordSpotter.Input;
using Seq.Embedded.Audio;
using static KeywordSpotter.Tests.Input.FakePcm;

namespace KeywordSpotter.Tests.Input;

/// <summary>A microphone that goes and comes back, hangs, mutes itself and overruns, played by a fake device on a fake clock.</summary>
public sealed class MicrophoneLossTests
{
    private const int Rate = 16000;
    private const int NoDevice = -19;
    private const int Overrun = -32;
    private const int Suspended = -86;
    private const int Frames = 160;

    private static readonly AlsaSettings s_mono = new(Rate, 1, AlsaFormat.All[0]);

    private readonly FakeTime _time = new();
    private readonly List<string> _messages = [];
    private readonly List<double> _attempts = []; // seconds
    private readonly List<FakePcm> _devices = [];

    [Fact]
    public void TryRead_goes_on_after_the_microphone_was_unplugged_and_plugged_in()
    {
        using AudioInput input = Open(
            Device(Audio(100), Audio(150), Turn.Fails(NoDevice)), null, null, null, Device(Audio(200), Audio(250)));

        List<Block> blocks = ReadAll(input);

        Assert.Equal([0, 0.27, 0.77, 1.77, 3.77], _attempts, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([new(0, 100, false), new(0.01, 150, false), new(3.77, 200, true), new(3.78, 250, false)], blocks);
        Assert.Equal(2, _messages.Count);
        Assert.Equal("the microphone 'fake' is gone: it was unplugged or switched off; waiting for it to return", _messages[0]);
        Assert.Equal("the microphone 'fake' is back after 3.8 s", _messages[1]);
        Assert.Equal((1, 0L, false), (input.Losses, input.Overruns, input.IsAway));
        Assert.Equal(3.75, input.LostSeconds, 1e-6);
        Assert.Equal([true, false], _devices.Select(device => device.IsClosed));
    }

    [Fact]
    public void TryRead_while_the_microphone_is_away_returns_every_second_and_looks_for_it_every_ten()
    {
        using AudioInput input = Open([Device(Turn.Fails(NoDevice)), .. Enumerable.Repeat<IEnumerable<Turn>?>(null, 12)]);

        for (double before = 0; input.TryRead(out ReadOnlySpan<float> block); before = _time.Seconds)
        {
            Assert.True(block.IsEmpty && input.IsAway);
            Assert.InRange(_time.Seconds - before, 0, 1);
            Assert.Equal(_time.Seconds, input.LostSeconds, 1e-6);
        }

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 10, 10, 10, 10, 10, 10], Pauses().Take(12), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Single(_messages);
    }

    [Fact]
    public void Open_microphone_that_is_not_there_fails_unless_it_is_to_be_waited_for()
    {
        Assert.Equal("absent", Assert.Throws<AudioDeviceException>(() => Open(wait: false, null, Device(Audio(1)))).Message);
        _attempts.Clear();

        using AudioInput input = Open(wait: true, null, null, Device(Audio(100)));

        Assert.Equal([new(0.75, 100, true)], ReadAll(input));
        Assert.Equal(["absent; waiting for it to return", "the microphone 'fake' is back after 0.8 s"], _messages);
    }

    [Fact]
    public void TryRead_driver_that_delivers_nothing_counts_as_lost()
    {
        using AudioInput input = Open(
            Device([Audio(100), .. Enumerable.Repeat(Turn.Nothing, 25)]), Device([.. Enumerable.Repeat(Turn.Nothing, 25)]), Device(Audio(200)));

        List<Block> blocks = ReadAll(input);

        Assert.Equal([0, 5.26, 10.76], _attempts, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([new(0, 100, false), new(10.76, 200, true)], blocks);
        Assert.Equal(2, _messages.Count);
        Assert.Contains("'fake' has delivered nothing for 5 s", _messages[0]);
        Assert.Contains("is back", _messages[1]);
    }

    [Theory]
    [InlineData(Overrun)]
    [InlineData(Suspended)]
    public void TryRead_overrun_is_counted_with_the_frames_that_were_lost(int error)
    {
        using AudioInput input = Open(Device(Audio(100), Turn.Fails(error, 0.3), Audio(200), Turn.Fails(error, 0.2), Audio(50)));

        List<Block> blocks = ReadAll(input);
        var remarks = new StringWriter();
        input.WriteRemarks(remarks);

        Assert.Equal([new(0, 100, false), new(0.31, 200, false), new(0.52, 50, false)], blocks);
        Assert.Equal((2L, 8000L, 0), (input.Overruns, input.DroppedFrames, input.Losses));
        Assert.Equal(0.5, input.LostSeconds, 1e-6);
        Assert.Equal(2, _devices[0].Recoveries);
        Assert.Empty(_messages);
        Assert.Contains("lost 2 times", remarks.ToString());
        Assert.Contains("8000 frames", remarks.ToString());
    }

    [Fact]
    public void TryRead_overrun_of_a_reader_that_is_behind_counts_what_was_in_the_buffer_too()
    {
        // 0.2 s have been recorded when the first 1,024 frames are read, so 2,176 wait; then nobody reads for 0.5 s.
        using AudioInput input = Open(Device(new Turn(3200, 100, Seconds: 0.2), Turn.Fails(Overrun, 0.5)));

        ReadAll(input);

        Assert.Equal((1L, (long)(0.7 * Rate) - 1024), (input.Overruns, input.DroppedFrames));
    }

    [Fact]
    public void TryRead_microphone_with_a_loose_contact_is_looked_for_ever_more_seldom()
    {
        IEnumerable<Turn>? Loose() => Device(Audio(100), Turn.Fails(NoDevice, 0.5));
        using AudioInput input = Open([.. Enumerable.Range(0, 8).Select(_ => Loose())]);

        ReadAll(input);

        Assert.Equal([0.25, 0.5, 1, 2, 4, 8, 10], Pauses().Take(7).Select(pause => pause - 0.51), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(15, _messages.Count);
    }

    [Fact]
    public void TryRead_microphone_that_worked_for_long_is_looked_for_at_once()
    {
        using AudioInput input = Open(
            Device(Turn.Fails(NoDevice)), null, null, Device([.. Enumerable.Repeat(Audio(100), 3200), Turn.Fails(NoDevice)]), Device(Audio(100)));

        ReadAll(input);

        Assert.Equal(0.25 + 32, Pauses()[^1], 1e-6);
    }

    [Fact]
    public void TryRead_returned_microphone_may_have_another_rate_and_more_channels()
    {
        var other = new AlsaSettings(48000, 2, AlsaFormat.All[0]);
        using AudioInput input = Open(
            wait: true, [null, Device(Audio(100), Turn.Fails(NoDevice)), Device([.. Enumerable.Repeat(Audio(200), 100)])], [s_mono, s_mono, other]);

        var samples = new List<float>();
        while (input.TryRead(out ReadOnlySpan<float> block))
        {
            samples.AddRange(block);
        }

        Assert.InRange(samples.Count, Frames + (100 * Frames / 3) - 100, Frames + (100 * Frames / 3));
        Assert.Equal(100f / 32768, samples[0]);
        Assert.Equal(200f / 32768, samples[^1], 1e-6);
        Assert.Equal(Frames + (200 * Frames), input.Level.Samples);
    }

    [Fact]
    public void TryRead_nothing_but_zeros_is_told_once_and_opens_the_device_anew()
    {
        IEnumerable<Turn> Zeros(int seconds) => Enumerable.Repeat(Audio(0), 100 * seconds);
        using AudioInput input = Open(Zeros(65), Zeros(130), [.. Zeros(100), Audio(100), .. Zeros(61)], Device(Audio(200)));

        List<Block> blocks = ReadAll(input);

        Assert.Equal([0, 60, 180, 340.01], _attempts.Select(second => Math.Round(second, 2)), (a, b) => Math.Abs(a - b) < 0.1);
        Assert.Equal("the microphone 'fake' has given nothing but zeros for 60 s: is it muted?", Assert.Single(_messages));
        Assert.DoesNotContain(blocks, block => block.HasRestarted);
        Assert.Equal((0, 200), (input.Losses, blocks[^1].Value));
        Assert.True(input.Level.TrailingZeros == 0);
    }

    [Fact]
    public void TryRead_channel_that_the_microphone_does_not_have_is_told_once()
    {
        var stereo = new AlsaSettings(Rate, 2, AlsaFormat.All[0]);
        IEnumerable<Turn> half = Enumerable.Repeat(new Turn(Frames, 100, Seconds: 0.01) { FirstChannelOnly = true }, 2000);
        using AudioInput input = Open(wait: false, [half], [stereo], channel: 1);

        ReadAll(input);

        Assert.Equal("channel 2 of the microphone 'fake' has given nothing but zeros for 10 s: does it have that channel?", Assert.Single(_messages));
    }

    [Fact]
    public void TryRead_clock_that_is_set_changes_nothing()
    {
        IEnumerable<Turn> Script()
        {
            for (int i = 0; i < 100; i++)
            {
                _time.TimeOfDay += TimeSpan.FromDays(i % 2 == 0 ? 4000 : -8000);
                yield return i % 10 == 9 ? Turn.Nothing : Audio(100);
            }
        }

        using AudioInput input = Open(Script());

        List<Block> blocks = ReadAll(input);

        Assert.Equal(90, blocks.Count);
        Assert.Equal(0.89, blocks[^1].Position, 1e-6);
        Assert.Equal((0, 0L, 0.0), (input.Losses, input.Overruns, input.LostSeconds));
        Assert.Empty(_messages);
    }

    [Fact]
    public void TryRead_allocates_nothing_while_the_microphone_is_there()
    {
        IEnumerable<Turn> Script()
        {
            while (true)
            {
                yield return Audio(100);
            }
        }

        var settings = new AlsaSettings(44100, 4, AlsaFormat.All.Single(format => format.Name == "S24_LE"));
        using AudioInput input = Open(wait: false, [Script()], [settings]);
        void Read(int blocks)
        {
            for (int i = 0; i < blocks; i++)
            {
                Assert.True(input.TryRead(out _));
            }
        }

        Read(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Turn Audio(short value) => new(Frames, value, Seconds: (double)Frames / Rate);

    private static IEnumerable<Turn>? Device(params IEnumerable<Turn> script) => script;

    private AudioInput Open(params IEnumerable<Turn>?[] attempts) => Open(wait: false, attempts);

    private AudioInput Open(bool wait, params IEnumerable<Turn>?[] attempts) => Open(wait, attempts, Array.ConvertAll(attempts, _ => s_mono));

    /// <summary>Each attempt to open the microphone finds the next device, or none where it is null; after the last the program is stopped.</summary>
    private AudioInput Open(bool wait, IEnumerable<Turn>?[] attempts, AlsaSettings[] settings, int? channel = null)
    {
        int attempt = 0;
        AlsaCapture OpenNext()
        {
            _attempts.Add(_time.Seconds);
            if (attempt == attempts.Length)
            {
                throw new OperationCanceledException();
            }

            IEnumerable<Turn> script = attempts[attempt] ?? throw new AudioDeviceException(attempt++ == 0 ? "absent" : "still absent");
            var pcm = new FakePcm(_time, settings[attempt], script.GetEnumerator());
            _devices.Add(pcm);
            return new AlsaCapture("fake", pcm, settings[attempt++], CancellationToken.None, _time);
        }

        return new AudioInput(new MicrophoneSource("fake", OpenNext, wait, _messages.Add, CancellationToken.None, _time, _time.Move), Rate, channel, report: _messages.Add);
    }

    private double[] Pauses() => [.. _attempts.Skip(1).Zip(_attempts, (next, last) => next - last)];

    private static List<Block> ReadAll(AudioInput input)
    {
        var blocks = new List<Block>();
        while (input.TryRead(out ReadOnlySpan<float> block))
        {
            if (!block.IsEmpty)
            {
                blocks.Add(new Block(Math.Round(input.Position, 6), (int)MathF.Round(block[0] * 32768), input.HasRestarted));
            }
        }

        return blocks;
    }

    private sealed record Block(double Position, int Value, bool HasRestarted);
}
