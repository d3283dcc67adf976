using KeywordSpotter.Tuning;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Tuning;

public sealed class FeatureVariationTests
{
    private const int Steps = 20;

    private static readonly FeatureSettings s_settings = new();

    [Fact]
    public void Apply_leaves_what_is_the_same_everywhere()
    {
        float[] features = Enumerable.Repeat(0.75f, Steps * s_settings.FeatureCount).ToArray();
        var draws = new Draws(1);

        new FeatureVariation(s_settings, Steps).Apply(ref draws, features);

        Assert.All(features, value => Assert.Equal(0.75f, value));
    }

    [Fact]
    public void Apply_moves_a_spot_by_a_few_bands_and_frames_and_keeps_the_middle()
    {
        var variation = new FeatureVariation(s_settings, Steps);
        int bands = s_settings.Bands, middle = Steps * s_settings.Stack / 2;
        for (ulong seed = 0; seed < 20; seed++)
        {
            float[] features = new float[Steps * s_settings.FeatureCount];
            for (int frame = middle - 3; frame < middle + 3; frame++)
            {
                features[(frame * bands) + 20] = 1;
            }

            var draws = new Draws(seed);
            variation.Apply(ref draws, features);

            int[] lit = [.. Enumerable.Range(0, features.Length).Where(at => features[at] > 0.1f)];
            Assert.NotEmpty(lit);
            Assert.All(lit, at => Assert.InRange(at % bands, 17, 23));
            Assert.All(lit, at => Assert.InRange(at / bands, middle - 5, middle + 4));
            Assert.InRange(features.Sum(), 4, 8); // six frames, up to an eighth more or fewer
        }
    }

    [Fact]
    public void Apply_of_features_that_share_frames_changes_nothing()
    {
        FeatureSettings settings = s_settings with { Stride = 1 };
        float[] features = [.. Enumerable.Range(0, Steps * settings.FeatureCount).Select(i => (float)i)];
        var draws = new Draws(1);

        new FeatureVariation(settings, Steps).Apply(ref draws, features);

        Assert.Equal(Enumerable.Range(0, features.Length).Select(i => (float)i), features);
    }
}
