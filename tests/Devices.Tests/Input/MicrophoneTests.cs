using System.Runtime.InteropServices;
using System.Text.Json;
using KeywordSpotter.Input;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>The microphone, played by ALSA's "file" plug-in. Where libasound is not installed, the message that says so.</summary>
public sealed partial class MicrophoneTests(TrainedModel model)
{
    private static readonly bool s_hasLibrary = NativeLibrary.TryLoad("libasound.so.2", out _);

    [Fact]
    public void Listen_hears_a_word_from_the_microphone()
    {
        if (!s_hasLibrary)
        {
            CommandRun.Of("listen", "mic", "--model", model.Path).AssertFailed(1, "libasound.so.2", "apt-get install");
            return;
        }

        float[] audio = [.. SmallAudio.Background(950, 2), .. SmallAudio.Word(SmallAudio.Sink, 951, out double end, after: 1)];
        Configure(audio);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var output = new StoppingWriter(stop);
        var error = new StringWriter();

        int status = Program.Run(["listen", "mic:played", "--model", model.Path, "--json"], () => Stream.Null, output, error, stop.Token);

        Assert.Equal((0, ""), (status, error.ToString()));
        JsonElement line = JsonDocument.Parse(output.ToString().Split('\n')[0]).RootElement;
        Assert.Equal(SmallAudio.Sink, line.GetProperty("keyword").GetString());
        Assert.InRange(line.GetProperty("time").GetDouble(), 2 + end - 0.35, 2 + end + 0.35);
    }

    [Fact]
    public void Listen_unknown_microphone_is_bad_input()
    {
        string[] parts = s_hasLibrary ? ["no-such-device", "cannot open"] : ["libasound.so.2"];
        CommandRun.Of("listen", "mic:no-such-device", "--model", model.Path).AssertFailed(1, parts);
    }

    [Fact]
    public void TryRead_hears_one_of_an_array_of_microphones()
    {
        if (!s_hasLibrary)
        {
            return;
        }

        float[] word = SmallAudio.Word(SmallAudio.Sink, 951, out _);
        Configure([.. word.SelectMany(sample => new[] { 0.3f, -0.3f, sample })]); // the third of them hears the word
        using AudioInput input = AudioInput.Open(
            new Terminal(() => Stream.Null, TextWriter.Null, TextWriter.Null, CancellationToken.None), new InputSettings { Input = "mic:played", Channel = 2 }, 16000);

        float[] heard = ReadSamples(input, word.Length);

        Assert.All(word.Zip(heard), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Open_takes_the_rate_that_the_device_has_itself()
    {
        if (!s_hasLibrary)
        {
            return;
        }

        Configure(new float[9600], 32, raw => $$"""
            pcm.fixed { type file slave.pcm nothing file /dev/null infile "{{raw}}" format raw }
            pcm.played { type plug slave { pcm fixed format S32_LE rate 48000 channels 2 } }
            """);

        using AlsaCapture capture = AlsaCapture.Open("played", 16000, TestContext.Current.CancellationToken);
        using AlsaCapture second = AlsaCapture.Open("played", 16000, TestContext.Current.CancellationToken, channel: 1);

        Assert.Equal((48000, 1, "S16_LE"), (capture.SampleRate, capture.Channels, capture.Format));
        Assert.Equal((48000, 2, "S16_LE"), (second.SampleRate, second.Channels, second.Format));
    }

    [Fact]
    public void Open_device_of_floats_alone_is_read_as_floats()
    {
        if (!s_hasLibrary)
        {
            return;
        }

        float[] audio = [.. Enumerable.Range(0, 4000).Select(i => (i - 2000) / 4000f)];
        Configure(audio, 32, raw => $$"""
            pcm.integers { type file slave.pcm nothing file /dev/null infile "{{raw}}" format raw }
            pcm.played { type lfloat slave { pcm integers format S32_LE } }
            """);

        using AlsaCapture capture = AlsaCapture.Open("played", 16000, TestContext.Current.CancellationToken);

        Assert.Equal((16000, 1, "FLOAT_LE"), (capture.SampleRate, capture.Channels, capture.Format));
        Assert.All(audio.Zip(ReadSamples(capture, 4000)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void TryRead_waits_for_a_microphone_that_is_not_there_yet()
    {
        if (!s_hasLibrary)
        {
            return;
        }

        float[] audio = SmallAudio.Word(SmallAudio.Sink, 951, out _);
        string configuration = Configure(audio);
        string complete = configuration + ".complete";
        File.Move(configuration, complete);
        File.WriteAllText(configuration, "");
        using var error = new WaitingWriter(() => File.Move(complete, configuration, overwrite: true)); // plugged in when it is missed
        using AudioInput input = AudioInput.Open(
            new Terminal(() => Stream.Null, TextWriter.Null, error, CancellationToken.None), new InputSettings { Input = "mic:played", Wait = true }, 16000);

        float[] heard = ReadSamples(input, audio.Length);

        Assert.All(audio.Zip(heard), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        string[] lines = error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Matches("cannot open the microphone 'played': .*; waiting for it to return", lines[0]);
        Assert.Matches("'played' is back after", lines[1]);
        Assert.False(input.IsAway);
    }

    [Fact]
    public void Listen_lists_the_microphones()
    {
        if (!s_hasLibrary)
        {
            CommandRun.Of("listen", "--devices").AssertFailed(1, "no microphone");
            return;
        }

        Configure([], 16, _ => """
            pcm.played { type null hint { show on description "A microphone that is played" } }
            pcm.surround { type null hint { show on description "No microphone" device 7 } }
            defaults.namehint.extended off
            """);

        CommandRun run = CommandRun.Of("listen", "--devices");

        Assert.Equal(0, run.Status);
        Assert.Contains("mic:played  A microphone that is played\n", run.Output);
        CommandRun.Of("listen", "mic:other").AssertFailed(1, "cannot open the microphone 'other'", "there is", "played");
    }

    [Fact]
    public void Read_gives_the_samples_of_the_device()
    {
        if (!s_hasLibrary)
        {
            Assert.Throws<AudioDeviceException>(() => AlsaCapture.Open("played", 16000, TestContext.Current.CancellationToken));
            return;
        }

        float[] audio = [.. Enumerable.Range(0, 4000).Select(i => (i - 2000) / 4000f)];
        Configure(audio);
        using AlsaCapture capture = AlsaCapture.Open("played", 16000, TestContext.Current.CancellationToken);
        float[] samples = ReadSamples(capture, 4000);

        Assert.Equal((16000, 1, 0L), (capture.SampleRate, capture.Channels, capture.Overruns));
        Assert.All(audio.Zip(samples), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Read_of_a_silent_device_ends_when_asked_to()
    {
        using var stop = new CancellationTokenSource();
        var pcm = new PlayedPcm([0, 0, -4, 0], stop);
        using var capture = new AlsaCapture("played", pcm, Settings(1), stop.Token);

        Assert.Throws<OperationCanceledException>(() => capture.Read(new float[100]));
        Assert.Equal((1, 0L), (pcm.Starts, capture.Overruns));
    }

    [Theory]
    [InlineData(-32)] // EPIPE: overrun
    [InlineData(-86)] // ESTRPIPE: suspended
    public void Read_after_an_overrun_starts_the_device_again_and_counts_it(int error)
    {
        using var stop = new CancellationTokenSource();
        var pcm = new PlayedPcm([error, 0, error, 1], stop);
        using var capture = new AlsaCapture("played", pcm, Settings(2), stop.Token);

        var samples = new float[200];
        Assert.Equal(100, capture.Read(samples));
        Assert.Equal((3, 2L), (pcm.Starts, capture.Overruns));
        Assert.All(samples, value => Assert.Equal(0.5f, value));
    }

    [Fact]
    public void Read_of_a_device_that_is_gone_says_so()
    {
        if (!s_hasLibrary)
        {
            return; // the text of the second error comes from the library
        }

        using var stop = new CancellationTokenSource();
        using var gone = new AlsaCapture("played", new PlayedPcm([0, -19], stop), Settings(1), stop.Token);
        using var broken = new AlsaCapture("played", new PlayedPcm([-5], stop), Settings(1), stop.Token);

        Assert.Contains("'played' is gone", Assert.Throws<AudioDeviceException>(() => gone.Read(new float[10])).Message);
        Assert.Contains("'played' failed", Assert.Throws<AudioDeviceException>(() => broken.Read(new float[10])).Message);
        Assert.Equal((0L, 0L), (gone.Overruns, broken.Overruns));
    }

    [Fact]
    public void Open_accepts_a_device_that_already_runs()
    {
        using var stop = new CancellationTokenSource();
        var pcm = new PlayedPcm([1], stop) { StartStatus = -77 };
        using var capture = new AlsaCapture("played", pcm, Settings(1), stop.Token);

        Assert.Equal(10, capture.Read(new float[10]));
    }

    /// <summary>
    /// A PCM named "played" whose input is a file; the C library's environment, not the copy that .NET keeps.
    /// libasound reads its configuration anew when the variable or the file has changed.
    /// </summary>
    private string Configure(float[] audio) => Configure(
        audio, 16, raw => $$"""pcm.played { type file slave.pcm nothing file /dev/null infile "{{raw}}" format raw }""");

    private string Configure(float[] audio, int bits, Func<string, string> devices)
    {
        string raw = model.In($"played-{Guid.NewGuid():N}.raw");
        File.WriteAllBytes(raw, bits == 16 ? SmallAudio.Raw(audio) : [.. audio.SelectMany(sample => BitConverter.GetBytes((int)(sample * 2147483647.0)))]);
        string configuration = Path.ChangeExtension(raw, ".conf");
        File.WriteAllText(configuration, $"pcm.nothing {{ type null }}\n{devices(raw)}\n");
        Assert.Equal(0, SetEnvironment("ALSA_CONFIG_PATH", configuration, 1));
        return configuration;
    }

    private static float[] ReadSamples(AlsaCapture capture, int count)
    {
        var samples = new float[count];
        for (int got = 0; got < samples.Length;)
        {
            got += capture.Read(samples.AsSpan(got));
        }

        return samples;
    }

    private static float[] ReadSamples(AudioInput input, int count)
    {
        var samples = new List<float>();
        while (samples.Count < count && input.TryRead(out ReadOnlySpan<float> block))
        {
            samples.AddRange(block);
        }

        return [.. samples.Take(count)];
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private static AlsaSettings Settings(int channels) => new(16000, channels, AlsaFormat.All[0]);

    private sealed class StoppingWriter(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            stop.Cancel();
        }
    }

    private sealed class WaitingWriter(Action act) : StringWriter
    {
        private Action? _act = act;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Interlocked.Exchange(ref _act, null)?.Invoke();
        }
    }

    /// <summary>A device whose waits end as told; after the last one it asks the program to stop and stays silent.</summary>
    private sealed class PlayedPcm(int[] waits, CancellationTokenSource stop) : IAlsaPcm
    {
        private int _waited;
        private bool _prepared = true;

        public int Starts { get; private set; }

        public int StartStatus { get; init; }

        public int Start()
        {
            Assert.True(_prepared);
            Starts++;
            _prepared = false;
            return StartStatus;
        }

        public int Wait(int milliseconds)
        {
            Assert.False(_prepared); // a capture that was not started never has audio
            if (_waited == waits.Length)
            {
                stop.Cancel();
                return 0;
            }

            return waits[_waited++];
        }

        public int Read(byte[] interleaved, int frames)
        {
            MemoryMarshal.Cast<byte, short>(interleaved.AsSpan()).Fill(16384);
            return frames;
        }

        public int Recover(int error)
        {
            _prepared = true;
            return 0;
        }

        public void Dispose()
        {
        }
    }
}
