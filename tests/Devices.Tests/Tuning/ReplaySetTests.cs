using KeywordSpotter.Tuning;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Tuning;

public sealed class ReplaySetTests(TrainedModel model)
{
    [Fact]
    public void Load_gives_back_labels_and_features_to_half_a_level()
    {
        var features = new FeatureSettings();
        var draws = new Draws(3);
        Example[] examples = [.. Enumerable.Range(0, 5).Select(i => new Example(7, features.FeatureCount) { Label = i % 3 })];
        foreach (Example example in examples)
        {
            foreach (ref float value in example.Features.AsSpan())
            {
                value = (float)draws.Uniform(-0.5, 2);
            }
        }

        string path = model.In("levels.replay.safetensors");
        ReplaySet.Create(["one", "two"], features, examples).Save(path, new Dictionary<string, string> { ["replay.recipe"] = "r" });
        ReplaySet read = ReplaySet.Load(path);

        Assert.Equal(["one", "two"], read.Keywords);
        Assert.Equal((5, 7, features), (read.Count, read.Steps, read.Features));
        var values = new float[7 * features.FeatureCount];
        for (int i = 0; i < examples.Length; i++)
        {
            read.CopyTo(i, values);
            Assert.Equal(examples[i].Label, read.GetLabel(i));
            Assert.All(values.Zip(examples[i].Features), pair => Assert.Equal(pair.Second, pair.First, 2.5 / 255 / 2 * 1.01));
        }
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
    public void Bundled_examples_are_those_of_the_bundled_model_below_a_megabyte()
    {
        string path = ReplaySet.FindFile(null, KeywordSpotter.Spotting.SpotterModel.Load(null).Keywords)!;

        ReplaySet set = ReplaySet.Load(path);

        Assert.InRange(new FileInfo(path).Length, 1, 1_000_000);
        Assert.Equal(KeywordSpotter.Spotting.SpotterModel.Load(null).Keywords, set.Keywords);
        Assert.Equal(KeywordSpotter.Spotting.SpotterModel.Load(null).Features, set.Features);
        Assert.Equal([0, 1, 2, 3, 4], Enumerable.Range(0, set.Count).Select(set.GetLabel).Distinct().Order());
    }
}
