using Seq.Embedded.Audio;
using Seq.Embedded.Decoding;

namespace KeywordSpotter.Spotting;

/// <summary>One audio stream through features, network and smoothing. One per stream, one thread; allocates nothing per step.</summary>
internal sealed class ScoreStream
{
    private readonly FeatureExtractor _extractor;
    private readonly NetworkStream _network;
    private readonly PosteriorSmoother _smoother;
    private readonly float[] _features;
    private readonly float[] _posteriors;

    public ScoreStream(SpotterModel model)
    {
        _extractor = new FeatureExtractor(model.Features);
        _network = model.Network.CreateStream();
        _smoother = model.Detector.CreateSmoother();
        _features = new float[model.Features.FeatureCount];
        _posteriors = new float[model.Network.OutputSize];
    }

    public int Outputs => _posteriors.Length;

    /// <summary>Starts a new stream.</summary>
    public void Reset()
    {
        _extractor.Reset();
        _network.Reset();
        _smoother.Reset();
    }

    /// <summary>Consumes samples until a step is complete (true) or all are consumed (false).</summary>
    /// <param name="samples">Mono, +-1, at the model's sample rate; advanced past what was consumed.</param>
    /// <param name="smoothed">Smoothed posteriors of the step, one per output.</param>
    public bool TryNext(ref ReadOnlySpan<float> samples, Span<float> smoothed)
    {
        if (!_extractor.TryNext(ref samples, _features))
        {
            return false;
        }

        Push(_features, smoothed);
        return true;
    }

    /// <summary>A step whose features are known already.</summary>
    /// <param name="features">As many as the model takes.</param>
    /// <param name="smoothed">Smoothed posteriors of the step, one per output.</param>
    public void Push(ReadOnlySpan<float> features, Span<float> smoothed)
    {
        _network.Step(features, _posteriors);
        _smoother.Push(_posteriors, smoothed);
    }
}
