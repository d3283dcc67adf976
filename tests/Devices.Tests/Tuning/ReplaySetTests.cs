using KeywordSpotter.Tuning;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Tuning;

public sealed class ReplaySetTests(TrainedModel model)
{
    [Fact]
    public void Load_gives_back_labels_and_features_to_a_part_of_the_top_of_their_band()
    {
        var features = new FeatureSettings();
        Example[] examples = Examples(features, 5, 3);

        string path = model.In("levels.replay.safetensors");
        ReplaySet.Create(["one", "two"], features, examples).Save(path, new Dictionary<string, string> { ["replay.recipe"] = "r" });
        ReplaySet read = ReplaySet.Load(path);

        Assert.Equal(["one", "two"], read.Keywords);
        Assert.Equal((5, 7, features), (read.Count, read.Steps, read.Features));
        for (int i = 0; i < examples.Length; i++)
        {
            Assert.Equal(examples[i].Label, read.GetLabel(i));
            AssertNear(examples[i], read, i);
        }
    }

    [Fact]
    public void With_adds_examples_and_drops_those_of_keywords_that_are_gone()
    {
        var features = new FeatureSettings();
        var set = ReplaySet.Create(["one", "two"], features, Examples(features, 5, 3)); // labels 0 1 2 0 1
        Example[] more = Examples(features, 2, 4);
        (more[0].Label, more[1].Label) = (2, 1);

        ReplaySet grown = set.With(["two", "three"], more);

        Assert.Equal(["two", "three"], grown.Keywords);
        Assert.Equal([0, 1, 0, 2, 1], Enumerable.Range(0, grown.Count).Select(grown.GetLabel));
        Assert.True(grown.Covers("three") && grown.Covers("two") && !grown.Covers("one"));
        float[] before = new float[7 * features.FeatureCount], after = new float[before.Length];
        set.CopyTo(2, before);
        grown.CopyTo(1, after);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Load_of_a_model_is_bad_input() =>
        Assert.Contains("kws replay", Assert.Throws<InputException>(() => ReplaySet.Load(model.Path)).Message);

    [Fact]
    public void FindFile_prefers_the_file_beside_the_model()
    {
        string own = model.In("beside.replay.safetensors");
        File.WriteAllText(own, "");

        Assert.Equal(own, ReplaySet.FindFile(model.In("beside.safetensors"), ["alexa"]));
        Assert.Equal("wake-words.replay.safetensors", Path.GetFileName(ReplaySet.FindFile(model.In("another.safetensors"), ["alexa", "jarvis"])));
        Assert.Null(ReplaySet.FindFile(model.In("another.safetensors"), ["alexa", SmallAudio.Rise]));
    }

    [Fact]
    public void Bundled_examples_are_those_of_the_bundled_model_below_three_megabytes()
    {
        string path = ReplaySet.FindFile(null, KeywordSpotter.Spotting.SpotterModel.Load(null).Keywords)!;

        ReplaySet set = ReplaySet.Load(path);

        Assert.InRange(new FileInfo(path).Length, 1, 3_200_000);
        Assert.Equal(KeywordSpotter.Spotting.SpotterModel.Load(null).Keywords, set.Keywords);
        Assert.Equal(KeywordSpotter.Spotting.SpotterModel.Load(null).Features, set.Features);
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, set.Count).Select(set.GetLabel).Distinct().Order());
    }

    private static Example[] Examples(FeatureSettings features, int count, ulong seed)
    {
        var draws = new Draws(seed);
        Example[] examples = [.. Enumerable.Range(0, count).Select(i => new Example(7, features.FeatureCount) { Label = i % 3 })];
        foreach (Example example in examples)
        {
            foreach (ref float value in example.Features.AsSpan())
            {
                value = (float)draws.Uniform(0, 2.5);
            }
        }

        return examples;
    }

    /// <summary>Half a level at a place x of the range is 1/15 of its square root: no more than x^0.5 / 15 of the top, and a level of the top itself.</summary>
    private static void AssertNear(Example example, ReplaySet set, int number)
    {
        var values = new float[example.Features.Length];
        set.CopyTo(number, values);
        for (int i = 0; i < values.Length; i++)
        {
            double x = example.Features[i] / 2.5;
            Assert.InRange(values[i] - example.Features[i], -2.5 * ((Math.Sqrt(x) / 15) + 0.01), 2.5 * ((Math.Sqrt(x) / 15) + 0.01));
        }
    }
}
