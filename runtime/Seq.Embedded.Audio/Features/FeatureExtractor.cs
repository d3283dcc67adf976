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
    private readonly int _window;
    private readonly int _hop;
    private readonly int _bands;
    private readonly int _stack;
    private readonly int _stride;
    private readonly RealFft _fft;
    private readonly MelFilters _filters;
    private readonly EnergyCompressor _compressor;
    private readonly float[] _samples; // (window): the start of the next frame
    private readonly float[] _power;   // (FftSize / 2 + 1)
    private readonly float[] _frames;  // (stack, bands): the latest frames, the newest last
    private int _held;                 // samples in _samples; negative: samples to skip first, where the hop exceeds the window
    private int _framesMissing;        // until the next vector is complete

    /// <summary>Prepares an extractor: window, transform and filters are computed here.</summary>
    /// <param name="settings">What to extract.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    /// <exception cref="ArgumentException">There are so many bands that one lies between two bins of the transform.</exception>
    public FeatureExtractor(FeatureSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        Settings = settings;
        _window = settings.WindowSamples;
        _hop = settings.HopSamples;
        _bands = settings.Bands;
        _stack = settings.Stack;
        _stride = settings.Stride;
        _fft = new RealFft(settings.FftSize, Hann(_window));
        _filters = new MelFilters(_bands, settings.LowHz, settings.HighHz, settings.SampleRate, settings.FftSize);
        _compressor = new EnergyCompressor(settings);
        _samples = new float[_window];
        _power = new float[settings.FftSize / 2 + 1];
        _frames = new float[settings.FeatureCount];
        Reset();
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
        if (features.Length != _frames.Length)
        {
            throw new ArgumentException($"The features have {features.Length} elements; {_frames.Length} are needed.", nameof(features));
        }

        while (TakeFrame(ref samples))
        {
            AddFrame();
            if (--_framesMissing == 0)
            {
                _framesMissing = _stride;
                _frames.CopyTo(features);
                return true;
            }
        }

        return false;
    }

    /// <summary>Forgets all audio: the next sample is the first.</summary>
    public void Reset()
    {
        _held = 0;
        _framesMissing = _stack;
        _compressor.Reset();
    }

    /// <summary>Resets, then extracts all vectors of one recording.</summary>
    /// <param name="samples">The recording, in +-1.</param>
    /// <returns>(CountFor(length), FeatureCount), one vector after another.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The features would not fit an array.</exception>
    public float[] ExtractAll(ReadOnlySpan<float> samples)
    {
        long length = (long)CountFor(samples.Length) * _frames.Length;
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
        if (features.Length < (long)count * _frames.Length)
        {
            throw new ArgumentException(
                $"The features have {features.Length} elements; {count} vectors of {_frames.Length} are needed.", nameof(features));
        }

        Reset();
        for (int v = 0; v < count; v++)
        {
            TryNext(ref samples, features.Slice(v * _frames.Length, _frames.Length));
        }

        return count;
    }

    /// <summary>How many vectors a recording of so many samples gives.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int CountFor(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        int frames = samples < _window ? 0 : 1 + (samples - _window) / _hop;
        return frames < _stack ? 0 : 1 + (frames - _stack) / _stride;
    }

    /// <summary>Moves samples into the frame until it is full.</summary>
    private bool TakeFrame(ref ReadOnlySpan<float> samples)
    {
        int skipped = Math.Min(Math.Max(-_held, 0), samples.Length);
        _held += skipped;
        samples = samples[skipped..];
        if (_held < 0)
        {
            return false;
        }

        int taken = Math.Min(_window - _held, samples.Length);
        samples[..taken].CopyTo(_samples.AsSpan(_held));
        _held += taken;
        samples = samples[taken..];
        return _held == _window;
    }

    /// <summary>Computes the full frame's features and keeps the part of it that the next frame shares.</summary>
    private void AddFrame()
    {
        _fft.PowerSpectrum(_samples, _power);
        _filters.Apply(_power, _compressor.Energies);
        _frames.AsSpan(_bands).CopyTo(_frames);
        _compressor.Compress(_frames.AsSpan(_frames.Length - _bands));
        if (_hop < _window)
        {
            _samples.AsSpan(_hop).CopyTo(_samples);
        }

        _held = _window - _hop;
    }

    private static float[] Hann(int length)
    {
        float[] window = new float[length];
        for (int j = 0; j < length; j++)
        {
            window[j] = (float)(0.5 - 0.5 * Math.Cos(2 * Math.PI * j / (length - 1)));
        }

        return window;
    }
}
