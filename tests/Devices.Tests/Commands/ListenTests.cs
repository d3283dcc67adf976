using System.Text.Json;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Commands;

public sealed class ListenTests(TrainedModel model)
{
    [Fact]
    public void Listen_finds_each_word_once_at_its_end()
    {
        (string path, (string Keyword, double End)[] words) = Recording("listen.wav");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--json");

        Assert.Equal(0, run.Status);
        Assert.Equal("", run.Error);
        AssertFound(words, run);
    }

    [Fact]
    public void Listen_json_lines_have_the_documented_form()
    {
        (string path, _) = Recording("form.wav");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--json");

        Assert.All(run.Lines, line => Assert.Matches("""^\{"time": \d+\.\d\d, "keyword": "(rise|sink)", "score": [01]\.\d\d\}$""", line));
    }

    [Fact]
    public void Listen_text_names_time_keyword_and_score()
    {
        (string path, (string Keyword, double End)[] words) = Recording("text.wav");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path);

        Assert.Equal(words.Length, run.Lines.Length);
        Assert.All(run.Lines.Zip(words), pair => Assert.Matches($@"^ +\d+\.\d\d s  {pair.Second.Keyword}  [01]\.\d\d$", pair.First));
    }

    [Theory]
    [InlineData(16000, 1)]
    [InlineData(48000, 2)]
    [InlineData(8000, 1)]
    public void Listen_reads_raw_audio_from_standard_input(int rate, int channels)
    {
        (string path, (string Keyword, double End)[] words) = Recording("raw.wav");
        float[] mono = Seq.Embedded.Audio.WavFile.ReadMono(path, rate);
        float[] interleaved = [.. mono.SelectMany(sample => Enumerable.Repeat(sample, channels))];

        CommandRun run = CommandRun.OfInput(
            SmallAudio.Raw(interleaved), "listen", "-", "--rate", $"{rate}", "--channels", $"{channels}", "--model", model.Path, "--json");

        Assert.Equal(0, run.Status);
        AssertFound(words, run);
    }

    [Fact]
    public void Listen_raw_and_wav_give_the_same_lines()
    {
        (string path, _) = Recording("same.wav");
        byte[] raw = File.ReadAllBytes(path)[44..];

        CommandRun wav = CommandRun.Of("listen", path, "--model", model.Path, "--json");
        CommandRun pipe = CommandRun.OfInput(raw, "listen", "-", "--model", model.Path, "--json");

        Assert.NotEmpty(wav.Lines);
        Assert.Equal(wav.Output, pipe.Output);
    }

    [Fact]
    public void Listen_raw_reports_bytes_that_are_no_whole_frame()
    {
        CommandRun run = CommandRun.OfInput(new byte[32003], "listen", "-", "--channels", "2", "--model", model.Path);

        Assert.Equal(0, run.Status);
        Assert.Equal("", run.Output);
        Assert.Contains("last 3 bytes", run.Error);
    }

    [Fact]
    public void Listen_finds_a_word_at_the_very_end_of_the_audio()
    {
        string path = model.In("end.wav");
        float[] word = SmallAudio.Word(SmallAudio.Rise, 501, out double end, before: 1.5, after: 0);
        SmallAudio.Write(path, word);

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--json");

        AssertFound([(SmallAudio.Rise, end)], run);
        Assert.All(run.Lines, line => Assert.True(Time(line) <= end + 0.01, line));
    }

    [Fact]
    public void Listen_quiet_recording_finds_the_same_words()
    {
        (string path, (string Keyword, double End)[] words) = Recording("loud.wav");
        float[] quiet = [.. Seq.Embedded.Audio.WavFile.ReadMono(path, SmallAudio.Rate).Select(sample => sample / 10)];
        SmallAudio.Write(model.In("quiet.wav"), quiet);

        CommandRun run = CommandRun.Of("listen", model.In("quiet.wav"), "--model", model.Path, "--json");

        AssertFound(words, run);
    }

    [Fact]
    public void Listen_allocates_the_same_for_a_long_recording_as_for_a_short_one()
    {
        SmallAudio.Write(model.In("short.wav"), SmallAudio.Background(310, 4));
        SmallAudio.Write(model.In("long.wav"), SmallAudio.Background(311, 40));
        string[] Arguments(string name) => ["listen", model.In(name), "--model", model.Path, "--threshold", "1"];
        long Allocated(string name)
        {
            string[] arguments = Arguments(name);
            long before = GC.GetAllocatedBytesForCurrentThread();
            int status = Program.Run(arguments, () => Stream.Null, TextWriter.Null, TextWriter.Null, TestContext.Current.CancellationToken);
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(0, status);
            return bytes;
        }

        Allocated("long.wav"); // what is set up once per process
        long shortBytes = Allocated("short.wav");
        long longBytes = Allocated("long.wav");

        // The 1,800 steps more must add nothing: an object in each would be 43,200 bytes or more. A collection that other
        // tests cause gives up the rest of this thread's allocation block, which counts as allocated: 8 kB each time.
        Assert.InRange(longBytes - shortBytes, -40_000, 40_000);
    }

    [Fact]
    public void Listen_highest_threshold_finds_nothing()
    {
        (string path, _) = Recording("threshold.wav");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--threshold", "1");

        Assert.Equal((0, ""), (run.Status, run.Output));
    }

    [Fact]
    public void Listen_stops_when_asked_to()
    {
        (string path, _) = Recording("stop.wav");

        CommandRun run = CommandRun.OfStopped("listen", path, "--model", model.Path);

        Assert.Equal((0, "", ""), (run.Status, run.Output, run.Error));
    }

    [Fact]
    public void Listen_stops_while_standard_input_is_silent()
    {
        using var stop = new CancellationTokenSource();
        using var input = new NeverEndingStream(stop);
        var output = new StringWriter();

        int status = Program.Run(["listen", "-", "--model", model.Path], () => input, output, output, stop.Token);

        Assert.Equal((0, ""), (status, output.ToString()));
    }

    [Fact]
    public void Listen_stats_tells_speed_and_memory()
    {
        (string path, (string Keyword, double End)[] words) = Recording("stats.wav");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--stats");

        Assert.Equal((0, words.Length), (run.Status, run.Lines.Length));
        string[] lines = run.Error.TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^kws: \d+\.\d\d s of audio in \d+\.\d{4} s: [\d,]+ x real time; \d+ bytes allocated after the first block$", lines[0]);
        Assert.Matches(@"^kws: level -\d+\.\d dB, peak -?\d+\.\d dB, 0 samples clipped; 0 frames dropped in 0 overruns, microphone gone 0 times$", lines[1]);
        Assert.Matches($@"^kws: {words.Length} keywords and \d+ near misses, \d+\.\d\d and \d+\.\d\d per hour; \d+\.\d % of the audio passed the gate$", lines[2]);
        Assert.Matches(@"^kws: \d+\.\d\d s of processor time, \d+\.\d{3} % of the audio's; \d+\.\d MB of memory at most$", lines[3]);
    }

    [Fact]
    public void Listen_stopped_still_reports_the_word_just_heard_and_the_statistics()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        float[] word = SmallAudio.Word(SmallAudio.Rise, 501, out _, before: 1.5, after: 0.5);
        int length = Enumerable.Range(0, word.Length / 320).Select(i => 320 * i)
            .First(samples => EventIsOpen(loaded, word.AsSpan(0, samples)) && EventIsOpen(loaded, word.AsSpan(0, samples + 320)));
        using var stop = new CancellationTokenSource();
        using var input = new NeverEndingStream(stop, SmallAudio.Raw(word.AsSpan(0, length + 320)));
        var output = new StringWriter();
        var error = new StringWriter();

        int status = Program.Run(["listen", "-", "--model", model.Path, "--stats"], () => input, output, error, stop.Token);

        Assert.Equal(0, status);
        Assert.Contains(SmallAudio.Rise, output.ToString());
        Assert.Contains("s of audio in", error.ToString());
    }

    [Fact]
    public void Listen_stats_of_a_pipe_come_from_time_to_time_and_as_json()
    {
        byte[] raw = SmallAudio.Raw(SmallAudio.Background(320, 10));

        CommandRun run = CommandRun.OfInput(raw, "listen", "-", "--model", model.Path, "--json", "--stats", "--stats-every", "3");

        JsonElement[] stats = [.. run.Error.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(4, stats.Length); // after 3, 6 and 9 s, and at the end
        Assert.Equal(10, stats[^1].GetProperty("audio_seconds").GetDouble());
        Assert.All(stats, line => Assert.InRange(line.GetProperty("rms_dbfs").GetDouble(), -60, 0));
        Assert.All(
            ["real_time_factor", "processor_seconds", "peak_memory_bytes", "detections_per_hour", "near_misses_per_hour", "clipped_samples", "dropped_frames", "gate_open_part"],
            name => Assert.True(stats[0].GetProperty(name).GetDouble() >= 0, name));
    }

    [Fact]
    public void Listen_stats_count_a_word_at_the_very_end()
    {
        string path = model.In("stats-end.wav");
        float[] word = SmallAudio.Word(SmallAudio.Rise, 502, out _, before: 1.5, after: 0);
        SmallAudio.Write(path, word);

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--json", "--stats");

        Assert.Single(run.Lines);
        JsonElement stats = JsonDocument.Parse(run.Error).RootElement;
        Assert.Equal((1, Math.Round(word.Length / 16000.0, 2)), (stats.GetProperty("detections").GetInt32(), stats.GetProperty("audio_seconds").GetDouble()));
    }

    [Fact]
    public void Listen_stats_from_time_to_time_tell_the_level_since_the_last_line()
    {
        byte[] raw = [.. SmallAudio.Raw(SmallAudio.Background(330, 3)), .. new byte[4 * 32000]];

        CommandRun run = CommandRun.OfInput(raw, "listen", "-", "--model", model.Path, "--json", "--stats", "--stats-every", "3");

        double[] levels = [.. run.Error.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("rms_dbfs").GetDouble())];
        Assert.Equal(3, levels.Length);
        Assert.Equal(-120, levels[1]);
        Assert.Equal(levels[0] - 3.7, levels[2], 0.3); // of all of it: 3 s of 7 are no silence, of which a block was in the first line
    }

    [Theory]
    [InlineData("0.5", "0.9", "0.5")]
    [InlineData("0.5", "0", "0.01")]
    public void Listen_near_miss_that_means_none_or_all_is_bad_usage(string threshold, string nearMiss, string allowed) =>
        CommandRun.Of("listen", "--model", model.Path, "--threshold", threshold, "--near-miss", nearMiss).AssertFailed(2, "--near-miss", nearMiss, allowed);

    [Fact]
    public void Listen_near_misses_are_marked()
    {
        (string path, (string Keyword, double End)[] words) = Recording("near.wav");

        CommandRun text = CommandRun.Of("listen", path, "--model", model.Path, "--threshold", "1", "--near-miss", "0.05", "--near-misses");
        CommandRun json = CommandRun.Of("listen", path, "--model", model.Path, "--threshold", "1", "--near-miss", "0.05", "--near-misses", "--json");
        CommandRun without = CommandRun.Of("listen", path, "--model", model.Path, "--threshold", "1", "--near-miss", "0.05");

        Assert.True(text.Lines.Length >= words.Length);
        Assert.All(text.Lines, line => Assert.EndsWith("  near miss", line));
        Assert.All(json.Lines, line => Assert.True(JsonDocument.Parse(line).RootElement.GetProperty("near_miss").GetBoolean()));
        Assert.Equal("", without.Output);
    }

    [Fact]
    public void Listen_with_and_without_gate_finds_the_same_words()
    {
        (string path, (string Keyword, double End)[] words) = Recording("gate.wav");

        AssertFound(words, CommandRun.Of("listen", path, "--model", model.Path, "--json", "--no-gate"));
        AssertFound(words, CommandRun.Of("listen", path, "--model", model.Path, "--json"));
    }

    [Fact]
    public void Listen_keep_writes_a_clip_of_each_word_and_says_what_that_means()
    {
        (string path, (string Keyword, double End)[] words) = Recording("keep.wav");
        string folder = model.In("kept");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--keep", folder, "--threshold", "0.5", "--near-miss", "0.5");

        Assert.Equal((0, words.Length), (run.Status, run.Lines.Length));
        Assert.Contains("PRIVACY", Assert.Single(run.Error.TrimEnd('\n').Split('\n')));
        string[] clips = Directory.GetFiles(Path.Combine(folder, "new"));
        Assert.Equal(words.Length, clips.Length);
        Assert.All(clips, clip => Assert.Contains("_heard_", clip));
        Assert.All(clips, clip => Assert.Equal(32000, Seq.Embedded.Audio.WavFile.ReadMono(clip, SmallAudio.Rate).Length));

        // What was kept is heard again.
        Array.Sort(clips, StringComparer.Ordinal);
        Assert.Equal(words[^1].Keyword, JsonDocument.Parse(Assert.Single(CommandRun.Of("listen", clips[^1], "--model", model.Path, "--json").Lines)).RootElement.GetProperty("keyword").GetString());
    }

    [Fact]
    public void Listen_on_detect_runs_the_command_for_each_word()
    {
        (string path, (string Keyword, double End)[] words) = Recording("detect.wav");
        string file = model.In("detected.txt");

        CommandRun run = CommandRun.Of("listen", path, "--model", model.Path, "--on-detect", $"echo $KWS_KEYWORD >> '{file}'");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(words.Select(word => word.Keyword).Order(), File.ReadAllLines(file).Order());
    }

    [Theory]
    [InlineData("--keep-at-most", "5", "--keep")]
    [InlineData("--keep-bytes", "1MB", "--keep")]
    [InlineData("--stats-every", "5", "--stats")]
    [InlineData("--on-detect-timeout", "5", "--on-detect")]
    public void Listen_detail_without_what_it_belongs_to_is_bad_usage(string option, string value, string missing) =>
        CommandRun.Of("listen", "x.wav", option, value).AssertFailed(2, option, missing, "missing");

    [Theory]
    [InlineData("5")]
    [InlineData("5kB")]
    [InlineData("much")]
    public void Listen_keep_bytes_needs_a_size(string size) =>
        CommandRun.Of("listen", "x.wav", "--keep", "x", "--keep-bytes", size).AssertFailed(2, "--keep-bytes", size, "100kB");

    [Fact]
    public void Listen_live_without_a_terminal_is_bad_usage()
    {
        CommandRun.Of("listen", "x.wav", "--live").AssertFailed(2, "--live", "terminal");
        CommandRun.Of("listen", "x.wav", "--live", "--json").AssertFailed(2, "--live", "--json");
    }

    [Fact]
    public void Listen_missing_file_is_bad_input() =>
        CommandRun.Of("listen", "no-such.wav", "--model", model.Path).AssertFailed(1, "no-such.wav", "no such WAV file");

    [Fact]
    public void Listen_file_that_is_no_wav_is_bad_input()
    {
        string path = model.In("not.wav");
        File.WriteAllText(path, "This is not audio at all, but it is long enough to hold a header.");

        CommandRun.Of("listen", path, "--model", model.Path).AssertFailed(1, "not.wav");
    }

    [Fact]
    public void Listen_missing_model_is_bad_input() =>
        CommandRun.Of("listen", "x.wav", "--model", "no-such.safetensors").AssertFailed(1, "no-such.safetensors", "no such model file");

    [Fact]
    public void Listen_damaged_model_is_bad_input()
    {
        string path = model.In("damaged.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(model.Path)[..^100]);

        CommandRun.Of("listen", "x.wav", "--model", path).AssertFailed(1, "damaged.safetensors");
    }

    [Theory]
    [InlineData("--threshold", "1.5", "0 to 1")]
    [InlineData("--threshold", "high", "0 to 1")]
    [InlineData("--rate", "10", "1000")]
    [InlineData("--channels", "0", "1 to 32")]
    public void Listen_option_out_of_range_is_bad_usage(string option, string value, string allowed) =>
        CommandRun.Of("listen", "-", option, value).AssertFailed(2, option, value, allowed);

    [Fact]
    public void Listen_rate_without_raw_input_is_bad_usage() =>
        CommandRun.Of("listen", "x.wav", "--rate", "8000").AssertFailed(2, "--rate");

    [Fact]
    public void Listen_unknown_option_is_bad_usage() =>
        CommandRun.Of("listen", "--loud").AssertFailed(2, "--loud");

    [Fact]
    public void Listen_microphone_without_a_name_is_bad_usage() =>
        CommandRun.Of("listen", "mic:", "--model", model.Path).AssertFailed(2, "mic:DEVICE");

    private static bool EventIsOpen(SpotterModel model, ReadOnlySpan<float> audio)
    {
        var spotter = new Spotter(model, model.Detector);
        return !spotter.TryNext(ref audio, out _) && spotter.Finish(out _);
    }

    private static double Time(string line) => JsonDocument.Parse(line).RootElement.GetProperty("time").GetDouble();

    private static void AssertFound((string Keyword, double End)[] words, CommandRun run)
    {
        Assert.Equal(words.Select(word => word.Keyword), run.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("keyword").GetString()));
        Assert.All(words.Zip(run.Lines), pair => Assert.InRange(Time(pair.Second), pair.First.End - 0.4, pair.First.End + 0.4));
        Assert.All(run.Lines, line => Assert.InRange(JsonDocument.Parse(line).RootElement.GetProperty("score").GetDouble(), 0.1, 1));
    }

    /// <summary>Background and four words that training has not seen.</summary>
    private (string Path, (string Keyword, double End)[] Words) Recording(string name)
    {
        var samples = new List<float>(SmallAudio.Background(300, 3));
        var words = new List<(string, double)>();
        foreach ((string word, int variant) in new[] { (SmallAudio.Rise, 401), (SmallAudio.Sink, 402), (SmallAudio.Sink, 403), (SmallAudio.Rise, 404) })
        {
            float[] clip = SmallAudio.Word(word, variant, out double end, before: 0.4, after: 0.8);
            words.Add((word, ((double)samples.Count / SmallAudio.Rate) + end));
            samples.AddRange(clip);
        }

        samples.AddRange(SmallAudio.Background(301, 2));
        string path = model.In(name);
        SmallAudio.Write(path, [.. samples]);
        return (path, [.. words]);
    }

    /// <summary>A pipe whose writer says nothing more after some audio: asks the program to stop, then blocks.</summary>
    private sealed class NeverEndingStream(CancellationTokenSource stop, byte[]? audio = null) : MemoryStream(audio ?? [])
    {
        private readonly ManualResetEventSlim _closed = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = base.Read(buffer, offset, Math.Min(count, 640)); // little: what was read ahead when the stop comes is not heard
            if (read > 0)
            {
                return read;
            }

            stop.Cancel();
            _closed.Wait();
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _closed.Set();
            base.Dispose(disposing);
        }
    }
}
