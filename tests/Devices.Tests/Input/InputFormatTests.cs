using System.Buffers.Binary;
using KeywordSpotter.Input;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>The same recording in every form that audio comes in.</summary>
public sealed class InputFormatTests(TrainedModel model)
{
    private static string Recording => Path.Combine(AppContext.BaseDirectory, "wake-words.wav");

    [Theory]
    [InlineData(22050, 2)]
    [InlineData(44100, 8)]
    [InlineData(48000, 1)]
    public void Listen_bundled_recording_at_other_rates_and_channels_gives_the_same_words(int rate, int channels)
    {
        float[] mono = WavFile.ReadMono(Recording, rate);
        string path = model.In($"bundled-{rate}-{channels}.wav");
        using (FileStream file = File.Create(path))
        {
            WavWriter.Write(file, Repeat(mono, channels), rate, channels);
        }

        Assert.Equal(Keywords(CommandRun.Of("listen")), Keywords(CommandRun.Of("listen", path)));
    }

    [Theory]
    [InlineData("s16le", true)]
    [InlineData("s24le", true)]
    [InlineData("s32le", true)]
    [InlineData("f32le", true)]
    [InlineData("u8", false)]
    [InlineData("mulaw", false)]
    [InlineData("alaw", false)]
    public void Listen_raw_formats_give_the_same_words(string format, bool isExact)
    {
        float[] samples = WavFile.ReadMono(Words($"raw-{format}.wav"), SmallAudio.Rate);
        byte[] raw = [.. samples.SelectMany(sample => Encode(sample, format))];
        string path = model.In($"raw.{format}");
        File.WriteAllBytes(path, raw);

        CommandRun wav = Listen(model.In($"raw-{format}.wav"));
        CommandRun pipe = CommandRun.OfInput(raw, "listen", "-", "--format", format, "--model", model.Path, "--json");
        CommandRun file = Listen(path, "--format", format, "--rate", "16000");

        Assert.Equal((0, ""), (pipe.Status, pipe.Error));
        Assert.Equal(pipe.Output, file.Output);
        Assert.Equal(Keywords(wav), Keywords(pipe));
        Assert.Equal(4, wav.Lines.Length);
        if (isExact)
        {
            Assert.Equal(wav.Output, pipe.Output);
        }
    }

    [Fact]
    public void Listen_audio_with_fewer_samples_than_the_model_takes_says_what_that_means()
    {
        CommandRun run = CommandRun.OfInput(new byte[8000], "listen", "-", "--rate", "8000", "--model", model.Path);

        Assert.Equal(0, run.Status);
        Assert.Equal("", run.Output);
        Assert.StartsWith("kws: the audio has 8000 samples per second and the model was made for 16000: nothing above 4000 Hz", run.Error);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Listen_one_channel_of_many_hears_that_one_alone()
    {
        string mono = Words("channel.wav");
        float[] words = WavFile.ReadMono(mono, SmallAudio.Rate);
        float[] others = SmallAudio.Background(320, (words.Length + 100.0) / SmallAudio.Rate);
        float[] interleaved = [.. words.SelectMany((sample, i) => new[] { others[i], -sample, 0, sample, 0.9f * others[i + 50] })];
        string path = model.In("channels.wav");
        using (FileStream file = File.Create(path))
        {
            WavWriter.Write(file, interleaved, SmallAudio.Rate, 5);
        }

        Assert.Equal(Listen(mono).Output, Listen(path, "--channel", "4").Output);
        Assert.Equal("", Listen(path, "--channel", "3").Output);
        Assert.NotEqual(Listen(mono).Output, Listen(path, "--channel", "mix").Output);
        Assert.Equal(Listen(path).Output, Listen(path, "--channel", "mix").Output);
        CommandRun.Of("listen", path, "--model", model.Path, "--channel", "6").AssertFailed(1, "--channel is 6", "5 channels", "1 to 5, or mix");
    }

    [Fact]
    public void Listen_wav_on_standard_input_is_known_by_its_header()
    {
        float[] samples = WavFile.ReadMono(Words("pipe.wav"), 44100);
        using var file = new MemoryStream();
        WavWriter.Write(file, Repeat(samples, 2), 44100, 2);
        byte[] streamed = file.ToArray();
        streamed.AsSpan(40, 4).Fill(0xFF); // as a recorder writes it that cannot know the length

        CommandRun run = CommandRun.OfInput(streamed, "listen", "-", "--model", model.Path, "--channel", "2");
        CommandRun absent = CommandRun.OfInput(streamed, "listen", "-", "--model", model.Path, "--channel", "3");

        Assert.Equal(Keywords(Listen(model.In("pipe.wav"))), Keywords(run));
        Assert.Equal((0, ""), (run.Status, run.Error));
        absent.AssertFailed(1, "--channel is 3", "2 channels");
    }

    [Fact]
    public void Listen_wav_on_standard_input_with_a_format_is_taken_as_raw()
    {
        byte[] file = File.ReadAllBytes(Words("header.wav"));

        CommandRun run = CommandRun.OfInput([.. file, 1], "listen", "-", "--model", model.Path, "--format", "s16le");

        Assert.Equal(0, run.Status);
        Assert.Contains("last 1 bytes", run.Error);
    }

    [Fact]
    public void Listen_broken_wav_on_standard_input_is_bad_input() =>
        CommandRun.OfInput([.. "RIFF----WAVEdata1234"u8], "listen", "-", "--model", model.Path).AssertFailed(1, "standard input", "data chunk comes before");

    [Theory]
    [InlineData("-", "--format", "s12be", "s16le, s24le, s32le, f32le, u8, mulaw, alaw")]
    [InlineData("-", "--channel", "0", "1 to 32, or mix")]
    [InlineData("-", "--channel", "left", "1 to 32, or mix")]
    [InlineData("mic", "--format", "s16le", "--format")]
    [InlineData("mic", "--rate", "8000", "--rate")]
    [InlineData("x.wav", "--channels", "2", "--channels")]
    public void Listen_input_option_that_is_not_allowed_is_bad_usage(string input, string option, string value, string allowed) =>
        CommandRun.Of("listen", input, option, value).AssertFailed(2, option, allowed);

    [Fact]
    public void Listen_waiting_for_a_file_is_bad_usage() => CommandRun.Of("listen", "x.wav", "--wait").AssertFailed(2, "--wait", "mic");

    [Theory]
    [InlineData(44100, 1)]
    [InlineData(44100, 8)]
    [InlineData(8000, 2)]
    public void TryRead_allocates_nothing_while_it_mixes_and_resamples(int rate, int channels)
    {
        using var input = new AudioInput(new EndlessSource(rate, channels), 16000);
        void Read(int blocks)
        {
            for (int i = 0; i < blocks; i++)
            {
                Assert.True(input.TryRead(out _));
            }
        }

        Read(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(200);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TryRead_silent_pipe_gives_an_empty_block_after_a_while()
    {
        using var stop = new CancellationTokenSource();
        using var pipe = new SilentPipe(new byte[640]);
        using var input = new AudioInput(new PipeSource(pipe, new InputSettings { Input = "-" }, stop.Token), 16000, channel: null, stop.Token);

        int samples = 0;
        bool wasIdle = false;
        while (!wasIdle)
        {
            Assert.True(input.TryRead(out ReadOnlySpan<float> block));
            wasIdle = block.IsEmpty && samples == 320;
            samples += block.Length;
        }

        stop.Cancel();
        Assert.False(input.TryRead(out _));
    }

    private static IEnumerable<string> Keywords(CommandRun run) => run.Lines.Select(line => line.Contains('{') ? line.Split('"')[5] : line.Split("  ")[^2]);

    private static float[] Repeat(float[] mono, int channels) => [.. mono.SelectMany(sample => Enumerable.Repeat(sample, channels))];

    private static byte[] Encode(float sample, string format)
    {
        byte[] bytes = new byte[4];
        int value = (int)(sample * 32768);
        switch (format)
        {
            case "s16le":
                BinaryPrimitives.WriteInt16LittleEndian(bytes, (short)value);
                return bytes[..2];
            case "s24le":
                BinaryPrimitives.WriteInt32LittleEndian(bytes, value << 8);
                return bytes[..3];
            case "s32le":
                BinaryPrimitives.WriteInt32LittleEndian(bytes, value << 16);
                return bytes;
            case "f32le":
                BinaryPrimitives.WriteSingleLittleEndian(bytes, sample);
                return bytes;
            case "u8":
                return [(byte)Math.Clamp(Math.Round((sample * 128) + 128), 0, 255)];
            default:
                return [Nearest(value, format == "mulaw" ? WavEncoding.MuLaw : WavEncoding.ALaw)];
        }
    }

    /// <summary>The code whose value is nearest.</summary>
    private static byte Nearest(int value, WavEncoding encoding)
    {
        float[] values = s_codes[encoding];
        byte best = 0;
        for (int code = 1; code < values.Length; code++)
        {
            if (Math.Abs((values[code] * 32768) - value) < Math.Abs((values[best] * 32768) - value))
            {
                best = (byte)code;
            }
        }

        return best;
    }

    private static readonly Dictionary<WavEncoding, float[]> s_codes = new()
    {
        [WavEncoding.MuLaw] = Codes(WavEncoding.MuLaw),
        [WavEncoding.ALaw] = Codes(WavEncoding.ALaw),
    };

    private static float[] Codes(WavEncoding encoding)
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        using WavReader reader = WavReader.OpenRaw(new MemoryStream(codes), "codes", encoding, 8, 8000, 1);
        float[] values = new float[256];
        Assert.Equal(256, reader.Read(values));
        return values;
    }

    private CommandRun Listen(string path, params string[] options) => CommandRun.Of(["listen", path, "--model", model.Path, "--json", .. options]);

    private string Words(string name)
    {
        string path = model.In(name);
        SmallAudio.Write(path,
        [
            .. SmallAudio.Background(300, 3),
            .. SmallAudio.Word(SmallAudio.Rise, 401, out _, before: 0.4, after: 0.8),
            .. SmallAudio.Word(SmallAudio.Sink, 402, out _, before: 0.4, after: 0.8),
            .. SmallAudio.Word(SmallAudio.Sink, 403, out _, before: 0.4, after: 0.8),
            .. SmallAudio.Word(SmallAudio.Rise, 404, out _, before: 0.4, after: 0.8),
            .. SmallAudio.Background(301, 2),
        ]);
        return path;
    }

    private sealed class EndlessSource(int rate, int channels) : IAudioSource
    {
        public int SampleRate => rate;

        public int Channels => channels;

        public bool HasEnded => false;

        public int Read(Span<float> interleaved)
        {
            interleaved.Fill(0.1f);
            return interleaved.Length / channels;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A pipe whose writer says nothing more after some audio, until it is closed.</summary>
    private sealed class SilentPipe(byte[] audio) : MemoryStream(audio)
    {
        private readonly ManualResetEventSlim _closed = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, count);
            if (read == 0)
            {
                _closed.Wait();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }
}
