using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Spotting;

/// <summary>The front end that the class of the network declares is the one that models are trained with.</summary>
public class FrontEndTests
{
    [Fact]
    public void Class_declares_the_features_that_training_takes_and_the_bundled_model_has()
    {
        Assert.Equal(new FeatureSettings(), KeywordModel.FrontEnd.Settings);
        Assert.Equal(KeywordModel.FrontEnd.Settings, Int8KeywordModel.FrontEnd.Settings);
        Assert.Equal(KeywordModel.FrontEnd.Settings, SpotterModel.Load(null).Features);
    }

    [Fact]
    public void Generated_front_end_gives_the_bits_of_the_extractor_of_training()
    {
        float[] samples = SmallAudio.Background(3, 2);
        var expected = new FeatureExtractor(SpotterModel.Load(null).Features);
        float[] actual = new float[KeywordModel.FrontEnd.GetStepCount(samples.Length) * KeywordModel.InputSize];
        new KeywordModel.FrontEnd().Compute(samples, actual);
        Assert.Equal(expected.ExtractAll(samples), actual);
    }
}
