using System.Numerics;
using System.Runtime.InteropServices;

namespace KeywordSpotter.Input;

/// <summary>How loud audio is: peak and RMS of the last whole window and of everything, clipped samples, and silence. Allocates nothing per block.</summary>
/// <remarks>
/// <para>Decibels are relative to full scale (dBFS), and never below <see cref="Floor"/>: the peak 20 log10(max |x|), the RMS 10 log10(mean of x^2).
/// So a square wave of full scale has an RMS of 0 dB and a sine of full scale one of -3.01 dB.</para>
/// <para>A sample is clipped where |x| is 32767/32768 or more, the largest that 16 bits can say of both signs; |x| is taken for <see cref="Ceiling"/>
/// where it is more, lest one wild sample be all that is seen of a day. Samples that are no finite numbers are counted apart and have no level.
/// Feed it what the device gave: resampling rounds the corners off and hides clipping.</para>
/// <para>A window is silent when all of its samples are exactly 0, which no microphone that works ever gives: it is muted or broken.</para>
/// </remarks>
internal sealed class LevelMeter
{
    /// <summary>What silence is shown as, in dB.</summary>
    public const double Floor = -120;

    /// <summary>The largest magnitude: 24 dB above full scale.</summary>
    public const float Ceiling = 16;

    private const float ClippedFrom = 32767f / 32768;

    private int _windowSamples;
    private float _peak;       // of the window that is being filled
    private double _energy;    // sum of squares of it
    private int _filled;
    private float _totalPeak;
    private double _totalEnergy;
    private long _trailingZeros;
    private float _lapPeak;
    private (double Energy, long Numbers, long Clipped) _lap; // when it began

    /// <summary>Creates a meter.</summary>
    /// <param name="windowSamples">Length of a window: 1 or more; a tenth of a second suits a display.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    public LevelMeter(int windowSamples)
    {
        WindowSamples = windowSamples;
    }

    /// <summary>Length of a window; setting it begins one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    public int WindowSamples
    {
        get => _windowSamples;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            _windowSamples = value;
            (_peak, _energy, _filled) = (0, 0, 0);
        }
    }

    /// <summary>Peak of the last whole window in dBFS.</summary>
    public double Peak { get; private set; } = Floor;

    /// <summary>RMS of the last whole window in dBFS.</summary>
    public double Rms { get; private set; } = Floor;

    /// <summary>Peak of all samples in dBFS.</summary>
    public double TotalPeak => Decibels((double)_totalPeak * _totalPeak);

    /// <summary>RMS of all samples in dBFS.</summary>
    public double TotalRms => Decibels(_totalEnergy / Math.Max(1, Numbers));

    /// <summary>Peak since <see cref="StartLap"/> in dBFS.</summary>
    public double LapPeak => Decibels((double)_lapPeak * _lapPeak);

    /// <summary>RMS since <see cref="StartLap"/> in dBFS.</summary>
    public double LapRms => Decibels((_totalEnergy - _lap.Energy) / Math.Max(1, Numbers - _lap.Numbers));

    /// <summary>Clipped samples since <see cref="StartLap"/>.</summary>
    public long LapClipped => Clipped - _lap.Clipped;

    /// <summary>Samples that were pushed.</summary>
    public long Samples { get; private set; }

    /// <summary>How many of them were clipped.</summary>
    public long Clipped { get; private set; }

    /// <summary>How many of them were NaN or infinite.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Whole windows so far: a display need not draw anew while this stays the same.</summary>
    public long Windows { get; private set; }

    /// <summary>Whether at least the last window's worth of samples was all zeros.</summary>
    public bool IsSilent => _trailingZeros >= _windowSamples;

    /// <summary>Zeros without interruption up to the last sample.</summary>
    public long TrailingZeros => _trailingZeros;

    /// <summary>Takes the next samples, any number. Allocates nothing.</summary>
    /// <param name="block">Samples of one or of several channels; full scale is +-1.</param>
    public void Push(ReadOnlySpan<float> block)
    {
        while (!block.IsEmpty)
        {
            int count = Math.Min(block.Length, _windowSamples - _filled);
            Measure(block[..count]);
            block = block[count..];
            _filled += count;
            if (_filled == _windowSamples)
            {
                EndWindow();
            }
        }
    }

    /// <summary>Begins anew what <see cref="LapPeak"/>, <see cref="LapRms"/> and <see cref="LapClipped"/> tell.</summary>
    public void StartLap()
    {
        _lapPeak = 0;
        _lap = (_totalEnergy, Numbers, Clipped);
    }

    /// <summary>Starts again as if nothing had been pushed.</summary>
    public void Reset()
    {
        (Peak, Rms) = (Floor, Floor);
        (_peak, _energy, _filled) = (0, 0, 0);
        (_totalPeak, _totalEnergy, _trailingZeros) = (0, 0, 0);
        (Samples, Clipped, NotFinite, Windows) = (0, 0, 0, 0);
        StartLap();
    }

    private long Numbers => Samples - NotFinite;

    private static double Decibels(double power) => Math.Max(Floor, 10 * Math.Log10(power));

    private void Measure(ReadOnlySpan<float> samples)
    {
        double energy = MeasurePlain(samples, out float peak);
        if (!(energy < float.MaxValue) || peak >= ClippedFrom)
        {
            energy = MeasureClipped(samples, out peak);
        }

        _trailingZeros = samples.LastIndexOfAnyExcept(0f) is >= 0 and int last ? samples.Length - 1 - last : _trailingZeros + samples.Length;
        _peak = Math.Max(_peak, peak);
        _energy += energy;
        Samples += samples.Length;
        _totalEnergy += energy;
        _totalPeak = Math.Max(_totalPeak, peak);
        _lapPeak = Math.Max(_lapPeak, peak);
    }

    /// <summary>Peak and sum of squares in one pass; the sum is NaN or infinite where a sample is.</summary>
    private static float MeasurePlain(ReadOnlySpan<float> samples, out float peak)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(samples);
        Vector<float> peaks = Vector<float>.Zero;
        Vector<float> sums = Vector<float>.Zero;
        foreach (Vector<float> vector in vectors)
        {
            peaks = Vector.MaxNative(peaks, Vector.Abs(vector));
            sums += vector * vector;
        }

        peak = 0;
        for (int i = 0; i < Vector<float>.Count; i++)
        {
            peak = Math.Max(peak, peaks[i]);
        }

        float sum = Vector.Sum(sums);
        foreach (float sample in samples[(vectors.Length * Vector<float>.Count)..])
        {
            peak = Math.Max(peak, Math.Abs(sample));
            sum += sample * sample;
        }

        return sum;
    }

    /// <summary>The same where samples are clipped or no numbers: these are counted.</summary>
    private double MeasureClipped(ReadOnlySpan<float> samples, out float peak)
    {
        peak = 0;
        double energy = 0;
        foreach (float sample in samples)
        {
            if (!float.IsFinite(sample))
            {
                NotFinite++;
                continue;
            }

            float magnitude = Math.Min(Ceiling, Math.Abs(sample));
            peak = Math.Max(peak, magnitude);
            energy += (double)magnitude * magnitude;
            Clipped += magnitude >= ClippedFrom ? 1 : 0;
        }

        return energy;
    }

    private void EndWindow()
    {
        Peak = Decibels((double)_peak * _peak);
        Rms = Decibels(_energy / _windowSamples);
        Windows++;
        (_peak, _energy, _filled) = (0, 0, 0);
    }
}
