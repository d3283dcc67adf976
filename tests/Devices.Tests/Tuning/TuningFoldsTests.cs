using KeywordSpotter.Data;
using KeywordSpotter.Tuning;

namespace KeywordSpotter.Tests.Tuning;

public sealed class TuningFoldsTests
{
    [Fact]
    public void Data_holds_each_clip_out_once_and_none_in_the_end()
    {
        var folds = new TuningFolds(Of([.. Enumerable.Range(0, 10).Select(i => $"{i}.wav")]), replayed: 7, most: 3);

        Assert.Equal(3, folds.Count);
        TrainingData[] parts = [.. Enumerable.Range(0, 4).Select(part => folds.Data(part, SmallAudio.Rate))];
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}.wav"), parts.SelectMany(part => part.Validation[0]).Select(clip => clip.Name).Order());
        Assert.All(parts, part => Assert.Equal(10, part.Training[0].Length + part.Validation[0].Length));
        Assert.All(parts[..3], part => Assert.InRange(part.Validation[0].Length, 3, 4));
        Assert.Equal([7, 0], (int[])[folds.Learned(3).Length, folds.Held(3).Length]);
        Assert.Equal(Enumerable.Range(0, 7), Enumerable.Range(0, 3).SelectMany(folds.Held).Order());
    }

    [Fact]
    public void Data_keeps_the_clips_of_a_speaker_together()
    {
        string[] names = ["a_nohash_0.wav", "a_nohash_1.wav", "b_nohash_0.wav", "a_nohash_2.wav", "b_nohash_1.wav"];

        var folds = new TuningFolds(Of(names), replayed: 0, most: 3);

        Assert.Equal(2, folds.Count);
        Assert.All(Enumerable.Range(0, 2), part => Assert.Single(folds.Data(part, SmallAudio.Rate).Validation[0].Select(clip => clip.Name[0]).Distinct()));
    }

    private static TrainingData Of(string[] names) => TrainingData.Of(
        "word", Array.ConvertAll(names, name => new Clip(name, new short[8000], SmallAudio.Rate)), [], SmallAudio.Rate, 1, TestContext.Current.CancellationToken);
}
