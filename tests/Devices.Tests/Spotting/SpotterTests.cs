using System.Globalization;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Tests.Spotting;

public sealed class SpotterTests(TrainedModel model)
{
    [Fact]
    public void TryNext_finds_the_same_however_the_audio_is_split()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        float[] audio = [.. SmallAudio.Background(900, 2), .. SmallAudio.Word(SmallAudio.Rise, 901, out _, after: 1)];

        List<Detection> whole = Find(new Spotter(loaded, loaded.Detector), audio, audio.Length);
        List<Detection> pieces = Find(new Spotter(loaded, loaded.Detector), audio, 37);

        Assert.Equal(0, Assert.Single(whole).Keyword);
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void TryNext_allocates_nothing()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        var spotter = new Spotter(loaded, loaded.Detector);
        float[] audio = SmallAudio.Background(902, 3);
        Drain(spotter, audio);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Drain(spotter, audio);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TryNext_with_a_gate_finds_the_same_words_at_the_same_time_and_rests_between_them()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        float[] audio = WordsInSilence(910);

        var always = new Spotter(loaded, loaded.Detector);
        var gated = new Spotter(loaded, loaded.Detector, gate: true);
        List<Detection> expected = Find(always, audio, audio.Length);
        List<Detection> found = Find(gated, audio, audio.Length);

        Assert.Equal(4, expected.Count);
        Assert.Equal(expected.Select(detection => detection.Keyword), found.Select(detection => detection.Keyword));
        Assert.All(expected.Zip(found), pair => Assert.InRange(pair.Second.Step - pair.First.Step, -2, 2));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 0.05));
        Assert.InRange(gated.HeardSteps + gated.SkippedSteps - always.HeardSteps, -1, 1);
        Assert.InRange(gated.SkippedSteps, always.HeardSteps / 3, always.HeardSteps);
        Assert.Equal(0, always.SkippedSteps);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public void TryNext_with_a_gate_scores_each_word_as_without_after_any_silence(double seconds)
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        float[] audio = WordsInSilence(960, seconds);

        Assert.InRange(GateError(loaded, new VoiceGateSettings(), audio), 0, 0.05);
    }

    [Fact]
    public void TryNext_with_a_gate_scores_words_that_begin_softly_as_without_and_needs_the_pre_roll_for_it()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        var audio = new List<float>();
        for (int i = 0; i < 6; i++)
        {
            float[] word = SmallAudio.Word(i % 2 == 0 ? SmallAudio.Rise : SmallAudio.Sink, 970 + i, out double end, before: 8, after: 1);
            int begin = 8 * SmallAudio.Rate;
            int soft = ((int)(end * SmallAudio.Rate) - begin) / 2;
            for (int j = 0; j < soft; j++)
            {
                word[begin + j] *= 0.02f + (0.98f * j / soft * j / soft);
            }

            audio.AddRange(word);
        }

        Assert.InRange(GateError(loaded, new VoiceGateSettings(), [.. audio]), 0, 0.05);
        Assert.True(GateError(loaded, new VoiceGateSettings { PreRollSeconds = 0 }, [.. audio]) > 0.1);
    }

    [Fact]
    public void TryNext_near_miss_score_of_zero_does_not_hold_the_gate_open()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        DetectorSettings settings = loaded.Detector with { NearMiss = DetectorSettings.Same(0, loaded.Keywords.Count) };
        var spotter = new Spotter(loaded, settings, gate: true, nearMisses: true);

        Find(spotter, WordsInSilence(980, 10), 1600);

        Assert.NotEqual(0, spotter.SkippedSteps);
    }

    [Fact]
    public void TryNext_with_a_gate_finds_the_same_however_the_audio_is_split()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        float[] audio = WordsInSilence(920);

        List<Detection> whole = Find(new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true), audio, audio.Length);
        List<Detection> pieces = Find(new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true), audio, 37);

        Assert.True(whole.Count >= 4);
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void TryNext_with_gate_and_near_misses_allocates_nothing()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        var spotter = new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true);
        float[] audio = WordsInSilence(930);
        Drain(spotter, audio);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Drain(spotter, audio);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, spotter.SkippedSteps);
    }

    [Fact]
    public void Reset_starts_a_stream_like_a_new_one()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        var used = new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true);
        Find(used, SmallAudio.Background(940, 3), 1000);
        used.Reset();
        float[] audio = WordsInSilence(941);

        Assert.Equal(Find(new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true), audio, 1000), Find(used, audio, 1000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryNext_minutes_of_the_same_minute_give_the_same_scores_and_allocate_nothing(bool gate)
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        int minutes = int.Parse(Environment.GetEnvironmentVariable("KWS_REPLAY_MINUTES") ?? "10", CultureInfo.InvariantCulture); // tests/Benchmarks/day.sh asks for a day
        float[] minute = new float[60 * SmallAudio.Rate];
        float[] audio = [.. SmallAudio.Background(950, 10), .. WordsInSilence(951)];
        audio.CopyTo(minute, 0);
        WordsInSilence(955).AsSpan(0, minute.Length - audio.Length).CopyTo(minute.AsSpan(audio.Length));
        var spotter = new Spotter(loaded, loaded.Detector, gate, nearMisses: true);
        long stepsPerMinute = minute.Length / 320;
        var settled = new List<Detection>();
        var last = new List<Detection>();
        long allocated = 0;
        for (int i = 0; i < minutes; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ReadOnlySpan<float> rest = minute;
            while (spotter.TryNext(ref rest, out Detection detection))
            {
                if (i == 1 || i == minutes - 1)
                {
                    (i == 1 ? settled : last).Add(detection with { Step = detection.Step - (i * stepsPerMinute) });
                }
            }

            allocated += i < 2 || i == minutes - 1 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.NotEmpty(settled);
        Assert.Equal(settled.Select(detection => detection with { Score = 0 }), last.Select(detection => detection with { Score = 0 }));
        Assert.All(settled.Zip(last), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-6f)); // levels and states settle to their last bits or next to them
    }

    /// <summary>The largest difference that a gate makes to the score of a word; 1 where one is lost, added or another.</summary>
    private static float GateError(SpotterModel model, VoiceGateSettings gate, float[] audio)
    {
        DetectorSettings low = model.Detector.WithThreshold(0.3f);
        List<Detection> expected = Find(new Spotter(model, low), audio, audio.Length);
        List<Detection> found = Find(new Spotter(model, low, gate), audio, audio.Length);
        Assert.NotEmpty(expected);
        return expected.Select(word => word.Keyword).SequenceEqual(found.Select(word => word.Keyword))
            ? expected.Zip(found, (a, b) => Math.Abs(a.Step - b.Step) > 2 ? 1 : Math.Abs(a.Score - b.Score)).Max()
            : 1;
    }

    /// <summary>Four words, with seconds of silence before each: half a minute of five.</summary>
    private static float[] WordsInSilence(int variant, double seconds = 5)
    {
        var samples = new List<float>();
        for (int i = 0; i < 4; i++)
        {
            samples.AddRange(SmallAudio.Word(i % 2 == 0 ? SmallAudio.Rise : SmallAudio.Sink, variant + i, out _, before: seconds, after: 1));
        }

        return [.. samples];
    }

    private static void Drain(Spotter spotter, ReadOnlySpan<float> audio)
    {
        while (spotter.TryNext(ref audio, out _))
        {
        }
    }

    private static List<Detection> Find(Spotter spotter, float[] audio, int pieceLength)
    {
        var found = new List<Detection>();
        for (int at = 0; at < audio.Length; at += pieceLength)
        {
            ReadOnlySpan<float> piece = audio.AsSpan(at, Math.Min(pieceLength, audio.Length - at));
            while (spotter.TryNext(ref piece, out Detection detection))
            {
                found.Add(detection);
            }
        }

        return found;
    }
}
