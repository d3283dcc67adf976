using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;
using Seq.Embedded.Decoding;
using Seq.Embedded.Training;

namespace Seq.Embedded.Arm;

/// <summary>What the keyword spotter does with 20 ms of audio: features, and, if asked for, network, smoothing and detector.</summary>
internal sealed class AudioWorkload : Workload
{
    public const int Labels = 5;

    private readonly FeatureExtractor _extractor;
    private readonly ModelWorkload.Call? _network;
    private readonly PosteriorSmoother _smoother = new(6, Labels);
    private readonly Detector _detector;
    private readonly CounterRandom _random = new(seed: 9, stream: 0);
    private readonly float[] _samples;
    private readonly float[] _features;
    private readonly float[] _posteriors = new float[Labels];
    private ulong _drawn;

    /// <param name="settings">The features.</param>
    /// <param name="network">A step of the network, or null for the features alone.</param>
    public AudioWorkload(FeatureSettings settings, ModelWorkload.Call? network)
        : base(network is null ? settings.FeatureCount : Labels, calls: 50)
    {
        _extractor = new FeatureExtractor(settings);
        _network = network;
        _detector = new Detector(new DetectorSettings { Thresholds = [0.7f, 0.7f, 0.7f, 0.7f] }, settings.SecondsPerVector);
        _samples = new float[settings.HopSamples * settings.Stride];
        _features = new float[settings.FeatureCount];
        do
        {
            Draw();
        }
        while (!Extract());
    }

    public override void Next(Span<float> results)
    {
        if (!Extract())
        {
            throw new InvalidOperationException("Each stride of audio gives one vector of features.");
        }

        if (_network is null)
        {
            _features.CopyTo(results);
            return;
        }

        _network(_features, _posteriors);
        _smoother.Push(_posteriors, results);
        _detector.Push(results, out _);
    }

    /// <summary>A stride of noise.</summary>
    public override void Draw()
    {
        _random.FillUniform(_drawn, _samples);
        _drawn += (ulong)_samples.Length;
        foreach (ref float value in _samples.AsSpan())
        {
            value = (0.2f * value) - 0.1f;
        }
    }

    private bool Extract()
    {
        ReadOnlySpan<float> samples = _samples;
        return _extractor.TryNext(ref samples, _features);
    }
}
