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
