using Seq.Embedded.Audio.Kernels;
using Seq.Embedded.Audio.Tables;

namespace Seq.Embedded.Audio;

/// <summary>Turns a stream of samples into feature vectors.</summary>
/// <remarks>
/// <para>Frame t is the samples [t hop, t hop + window), times the symmetric Hann window 0.5 - 0.5 cos(2 pi j / (window - 1)), followed by
/// zeros up to FftSize. Its energy in mel band b is E[b] = sum over k of filter[b][k] |X[k]|^2, where X is its Fourier transform and the filters are
/// triangles of height 1, equally spaced in mel(f) = 2595 log10(1 + f / 700) from LowHz to HighHz. Features of the frame, per band:</para>
/// <list type="bullet">
/// <item><see cref="FeatureKind.Pcen"/>: M = M + max(smoothing, 1 / (t + 1)) (E - M), starting at 0;
/// y = scale ((E / (floor + M)^gain + bias)^power - bias^power).</item>
/// <item><see cref="FeatureKind.LogMel"/>: y = scale ln(E + log floor).</item>
/// </list>
/// <para>Vector v is the features of the frames [v stride, v stride + stack), oldest first, bands within a frame. It is complete with the last sample of
/// its last frame: sample v * stride * hop + (stack - 1) * hop + window - 1.</para>
/// <para>The vectors are the same, bit for bit, however the audio is split and on all machines: nothing is fused, no sum depends on the width of vectors,
/// and the tables of the default settings, computed in double precision, lie far enough from where a float rounds the other way (25,000 units in the last
/// place of a double) that the C library does not show. Features are always finite: an energy that is NaN or
/// above 1e30 counts as 0. One extractor per stream; not thread-safe. After construction nothing is allocated.</para>
/// </remarks>
public sealed class FeatureExtractor
{
    private readonly float[] _window;
    private readonly FrameBuffer _frames;
    private readonly RealFft _fft;
    private readonly MelTable _filters;
    private readonly ChannelNormalizer _normalizer;
    private readonly FrameStack _stack;
    private readonly float[] _power;    // (FftSize / 2 + 1)
    private readonly float[] _energies; // (bands), padded to whole vectors, then what is made of them

    /// <summary>Prepares an extractor: window, transform and filters are computed here.</summary>
    /// <param name="settings">What to extract.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">There are so many bands that one lies between two bins of the transform.</exception>
    public FeatureExtractor(FeatureSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Settings = settings;
        _window = WindowTable.Create(WindowFunction.Hann, settings.WindowSamples);
        _frames = new FrameBuffer(settings.WindowSamples, settings.HopSamples);
        _fft = new RealFft(settings.FftSize);
        _filters = MelTable.Create(settings.Bands, settings.LowHz, settings.HighHz, settings.SampleRate, settings.FftSize);
        _normalizer = new ChannelNormalizer(
            settings.Bands, (float)settings.PcenSmoothing, (float)settings.PcenGain, (float)settings.PcenBias, (float)settings.PcenPower, (float)settings.PcenFloor, (float)settings.OutputScale);
        _stack = new FrameStack(settings.Bands, settings.Stack, settings.Stride);
        _power = new float[settings.FftSize / 2 + 1];
        _energies = new float[BandEnergies.Padded(settings.Bands)];
    }

    /// <summary>What is extracted.</summary>
    public FeatureSettings Settings { get; }

    /// <summary>Consumes samples until one feature vector is complete or none are left.</summary>
    /// <param name="samples">The next samples, in +-1; advanced behind those consumed. Call again with the rest after true.</param>
    /// <param name="features">Receives the vector, (stack, bands); written only where true is returned. Must not overlap the samples.</param>
    /// <returns>True: a vector was written. False: all samples are consumed and the vector is not complete yet.</returns>
    /// <exception cref="ArgumentException"><paramref name="features"/> does not have exactly FeatureCount elements.</exception>
    public bool TryNext(ref ReadOnlySpan<float> samples, Span<float> features)
    {
        if (features.Length != Settings.FeatureCount)
        {
            throw new ArgumentException($"The features have {features.Length} elements; {Settings.FeatureCount} are needed.", nameof(features));
        }

        while (_frames.TryTake(ref samples))
        {
            AddFrame();
            if (_stack.TryTake(features))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all audio: the next sample is the first.</summary>
    public void Reset()
    {
        _frames.Reset();
        _stack.Reset();
        _normalizer.Reset();
    }

    /// <summary>Resets, then extracts all vectors of one recording.</summary>
    /// <param name="samples">The recording, in +-1.</param>
    /// <returns>(CountFor(length), FeatureCount), one vector after another.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The features would not fit an array.</exception>
    public float[] ExtractAll(ReadOnlySpan<float> samples)
    {
        long length = (long)CountFor(samples.Length) * Settings.FeatureCount;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength, nameof(samples));
        float[] features = new float[length];
        ExtractAll(samples, features);
        return features;
    }

    /// <summary>Resets, then extracts all vectors of one recording. Allocates nothing.</summary>
    /// <param name="samples">The recording, in +-1.</param>
    /// <param name="features">At least (CountFor(length), FeatureCount); must not overlap the samples.</param>
    /// <returns>The number of vectors: CountFor(length).</returns>
    /// <exception cref="ArgumentException"><paramref name="features"/> is too short.</exception>
    public int ExtractAll(ReadOnlySpan<float> samples, Span<float> features)
    {
        int count = CountFor(samples.Length);
        int width = Settings.FeatureCount;
        if (features.Length < (long)count * width)
        {
            throw new ArgumentException(
                $"The features have {features.Length} elements; {count} vectors of {width} are needed.", nameof(features));
        }

        Reset();
        for (int v = 0; v < count; v++)
        {
            TryNext(ref samples, features.Slice(v * width, width));
        }

        return count;
    }

    /// <summary>How many vectors a recording of so many samples gives.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int CountFor(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        int frames = samples < Settings.WindowSamples ? 0 : 1 + (samples - Settings.WindowSamples) / Settings.HopSamples;
        return frames < Settings.Stack ? 0 : 1 + (frames - Settings.Stack) / Settings.Stride;
    }

    /// <summary>Computes the full frame's features and goes on to the next frame.</summary>
    private void AddFrame()
    {
        _fft.PowerSpectrum(_frames.Frame, _window, _power);
        _frames.Advance();
        FilterBank.Apply(_filters.Bins, _filters.Weights, _power, _energies);
        if (Settings.Kind == FeatureKind.Pcen)
        {
            _normalizer.Apply(_energies, _energies);
        }
        else
        {
            BandEnergies.LogAboveFloor(_energies, (float)Settings.LogFloor, (float)Settings.OutputScale, _energies);
        }

        _energies.AsSpan(0, Settings.Bands).CopyTo(_stack.Next());
    }
}
