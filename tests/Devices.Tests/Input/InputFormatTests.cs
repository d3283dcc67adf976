using System.Buffers.Binary;
using KeywordSpotter.Input;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>The same recording in every form that audio comes in.</summary>
public sealed class InputFormatTests(TrainedModel model)
{
    private static readonly Dictionary<WavEncoding, float[]> s_codes = new()
    {
        [WavEncoding.MuLaw] = Codes(WavEncoding.MuLaw),
        [WavEncoding.ALaw] = Codes(WavEncoding.ALaw),
    };

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
    [InlineData("s16le", 0, 0)]
    [InlineData("s24le", 0, 0)]
    [InlineData("s32le", 0, 0)]
    [InlineData("f32le", 0, 0)]
    [InlineData("u8", 1.0 / 256, 0)]
    [InlineData("mulaw", 4.0 / 32768, 1.0 / 32)] // half of a step of the lowest segment, and of the others
    [InlineData("alaw", 8.0 / 32768, 1.0 / 32)]
    public void TryRead_raw_format_gives_the_samples(string format, double absolute, double relative)
    {
        float[] samples = [.. SmallAudio.Background(330, 1).Select(sample => MathF.Round(sample * 32768) / 32768)];
        byte[] raw = [.. samples.SelectMany(sample => Encode(sample, format))];
        string path = model.In($"raw.{format}");
        File.WriteAllBytes(path, raw);
        InputSettings settings = new() { Format = RawFormat.All.Single(known => known.Name == format) };

        float[] file = ReadAll(settings with { Input = path });
        float[] pipe = ReadAll(settings with { Input = "-" }, raw);

        Assert.Equal(file, pipe);
        Assert.Equal(samples.Length, file.Length);
        Assert.All(samples.Zip(file), pair => Assert.Equal(pair.First, pair.Second, absolute + (relative * Math.Abs(pair.First))));
    }

    [Fact]
    public void Listen_audio_with_fewer_samples_than_the_model_takes_says_what_that_means()
    {
        CommandRun run = CommandRun.OfInput(new byte[8000], "listen", "-", "--rate", "8000");

        Assert.Equal(0, run.Status);
        Assert.Equal("", run.Output);
        Assert.StartsWith("kws: the audio has 8000 samples per second and the model was made for 16000: nothing above 4000 Hz", run.Error);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void TryRead_one_channel_of_many_gives_that_one_alone()
    {
        float[] word = [.. SmallAudio.Word(SmallAudio.Rise, 401, out _).Select(sample => MathF.Round(sample * 32768) / 32768)];
        float[] interleaved = [.. word.SelectMany((sample, i) => new[] { 0.25f, -sample, 0, sample, i % 2 == 0 ? 0.5f : -0.5f })];
        string path = model.In("channels.wav");
        using (FileStream file = File.Create(path))
        {
            WavWriter.Write(file, interleaved, SmallAudio.Rate, 5);
        }

        var settings = new InputSettings { Input = path };
        Assert.Equal(word, ReadAll(settings with { Channel = 3 }));
        Assert.Equal(word, ReadAll(settings with { Channel = 1 }).Select(sample => -sample));
        Assert.All(ReadAll(settings with { Channel = 2 }), sample => Assert.Equal(0, sample));
        Assert.All(ReadAll(settings), (sample, i) => Assert.Equal(i % 2 == 0 ? 0.15f : -0.05f, sample, 1e-6f));
        CommandRun.Of("listen", path, "--channel", "6").AssertFailed(1, "--channel is 6", "5 channels", "1 to 5, or mix");
    }

    [Fact]
    public void Level_is_that_of_the_channels_that_are_heard_before_they_are_mixed()
    {
        string path = model.In("levels.wav");
        using (FileStream file = File.Create(path))
        {
            WavWriter.Write(file, [.. Enumerable.Range(0, 4800).SelectMany(_ => new[] { 1f, -1f, 0.1f })], 48000, 3);
        }

        (long samples, long clipped, double peak) Level(int? channel)
        {
            using AudioInput input = AudioInput.Open(Terminal(), new InputSettings { Input = path, Channel = channel }, 16000);
            while (input.TryRead(out _))
            {
                // Only the level counts.
            }

            return (input.Level.Samples, input.Level.Clipped, Math.Round(input.Level.Peak, 1));
        }

        Assert.Equal((3 * 4800L, 2 * 4800L, 0.0), Level(null));
        Assert.Equal((4800L, 0L, -20.0), Level(2));
    }

    [Fact]
    public void TryRead_wav_on_standard_input_is_known_by_its_header()
    {
        float[] samples = SmallAudio.Background(331, 1);
        using var file = new MemoryStream();
        WavWriter.Write(file, [.. samples.SelectMany(sample => new[] { 0, sample })], 44100, 2);
        byte[] streamed = file.ToArray();
        streamed.AsSpan(40, 4).Fill(0xFF); // as a recorder writes it that cannot know the length
        float[] expected = Resampler.Resample([.. samples.Select(sample => MathF.Round(sample * 32768) / 32768)], 44100, 16000);

        Assert.Equal(expected, ReadAll(new InputSettings { Input = "-", Channel = 1 }, streamed));
        CommandRun.OfInput(streamed, "listen", "-", "--channel", "3").AssertFailed(1, "--channel is 3", "2 channels");
    }

    [Fact]
    public void TryRead_wav_on_standard_input_with_a_format_is_taken_as_raw()
    {
        using var file = new MemoryStream();
        WavWriter.Write(file, new float[100], 16000, 1);

        Assert.Equal(122, ReadAll(new InputSettings { Input = "-", Format = RawFormat.All[0] }, [.. file.ToArray(), 1]).Length);
    }

    [Fact]
    public void Listen_broken_wav_on_standard_input_is_bad_input() =>
        CommandRun.OfInput([.. "RIFF----WAVEdata1234"u8], "listen", "-").AssertFailed(1, "standard input", "data chunk comes before");

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

    private static IEnumerable<string> Keywords(CommandRun run) => run.Lines.Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries)[1]);

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

    private static float[] Codes(WavEncoding encoding)
    {
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        using WavReader reader = WavReader.OpenRaw(new MemoryStream(codes), "codes", encoding, 8, 8000, 1);
        float[] values = new float[256];
        Assert.Equal(256, reader.Read(values));
        return values;
    }

    private static Terminal Terminal(byte[]? input = null) => new(() => new MemoryStream(input ?? []), TextWriter.Null, TextWriter.Null, CancellationToken.None);

    private static float[] ReadAll(InputSettings settings, byte[]? input = null)
    {
        using AudioInput audio = AudioInput.Open(Terminal(input), settings, SmallAudio.Rate);
        var samples = new List<float>();
        while (audio.TryRead(out ReadOnlySpan<float> block))
        {
            samples.AddRange(block);
        }

        return [.. samples];
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
