using KeywordSpotter.Data;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Training;

/// <summary>Prepares examples: composed, varied, turned into features. One per thread; an example depends on seed, epoch and index only.</summary>
internal sealed class ExampleMaker
{
    private readonly Composer _composer;
    private readonly Augmenter _augmenter;
    private readonly VoiceVariation _voices;
    private readonly bool _variesVoices;
    private readonly FeatureExtractor _extractor;
    private readonly float[] _audio;
    private readonly int _width;
    private readonly int _stepSamples;
    private readonly ulong _seed;

    public ExampleMaker(TrainingData data, TrainingOptions options, FeatureSettings features)
    {
        int samples = Samples(options, features);
        _composer = new Composer(data, options, features.SampleRate);
        _augmenter = new Augmenter(options.Augmentation, data.Noise, features, samples, data.TrainingBackground.Speech);
        _voices = new VoiceVariation(features, tempo: 1, options.Augmentation.Tract);
        _extractor = new FeatureExtractor(features);
        _variesVoices = options.Augmentation.Tract > 1;
        _audio = new float[samples];
        _width = features.FeatureCount;
        _stepSamples = features.HopSamples * features.Stride;
        _seed = (ulong)options.Seed;
    }

    /// <summary>Audio samples of an example.</summary>
    public static int Samples(TrainingOptions options, FeatureSettings features) => (int)Math.Round(options.Seconds * features.SampleRate);

    /// <summary>Steps of an example.</summary>
    public static int Steps(TrainingOptions options, FeatureSettings features) => new FeatureExtractor(features).CountFor(Samples(options, features));

    public void Make(int epoch, int index, IReadOnlyList<HardNegative> mined, Example example)
    {
        Draws draws = Draws.For(_seed, (ulong)epoch, (ulong)index);
        _composer.Compose(ref draws, mined);
        example.Label = _composer.Label;
        _augmenter.Apply(ref draws, _composer.Audio, _composer.CoreStart, _composer.CoreEnd, _audio);
        if (example.Targets.Length > 0)
        {
            int steps = example.Targets.Length / 2;
            _composer.Transcript.Write(_augmenter.Speed, _augmenter.Shift, _stepSamples, example.Targets.AsSpan(0, steps), example.Targets.AsSpan(steps));
        }

        FeatureExtractor extractor = _variesVoices ? _voices.Draw(ref draws) : _extractor;
        extractor.Reset();
        ReadOnlySpan<float> rest = _audio;
        for (int at = 0; at < example.Features.Length; at += _width)
        {
            if (!extractor.TryNext(ref rest, example.Features.AsSpan(at, _width)))
            {
                throw new InvalidOperationException($"The features end after {at / _width} steps of {example.Features.Length / _width}.");
            }
        }

        _augmenter.Mask(ref draws, example.Features);
    }
}
