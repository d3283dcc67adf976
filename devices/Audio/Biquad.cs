namespace Devices.Audio;

/// <summary>
/// A filter of second order, <c>y(n) = b0 x(n) + b1 x(n-1) + b2 x(n-2) - a1 y(n-1) - a2 y(n-2)</c>, made from an analogue one by the bilinear transform
/// (Bristow-Johnson's formulas). Applied to whole signals, from rest.
/// </summary>
internal readonly struct Biquad
{
    private readonly float _b0, _b1, _b2, _a1, _a2;

    private Biquad(double b0, double b1, double b2, double a0, double a1, double a2)
    {
        _b0 = (float)(b0 / a0);
        _b1 = (float)(b1 / a0);
        _b2 = (float)(b2 / a0);
        _a1 = (float)(a1 / a0);
        _a2 = (float)(a2 / a0);
    }

    /// <summary>Passes what lies below a frequency in Hz, 3 dB down there, 12 dB less per octave above.</summary>
    public static Biquad LowPass(double hertz, int sampleRate)
    {
        (double cos, double alpha) = Angle(hertz, sampleRate, Math.Sqrt(0.5));
        return new Biquad((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Passes what lies above a frequency in Hz, 3 dB down there, 12 dB less per octave below.</summary>
    public static Biquad HighPass(double hertz, int sampleRate)
    {
        (double cos, double alpha) = Angle(hertz, sampleRate, Math.Sqrt(0.5));
        return new Biquad((1 + cos) / 2, -1 - cos, (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>Raises or lowers what lies around a frequency in Hz by so many dB; the higher the quality, the narrower.</summary>
    public static Biquad Peak(double hertz, double quality, double decibels, int sampleRate)
    {
        (double cos, double alpha) = Angle(hertz, sampleRate, quality);
        double gain = Math.Pow(10, decibels / 40);
        return new Biquad(1 + (alpha * gain), -2 * cos, 1 - (alpha * gain), 1 + (alpha / gain), -2 * cos, 1 - (alpha / gain));
    }

    /// <summary>Filters in place. Allocates nothing.</summary>
    public void Apply(Span<float> samples)
    {
        float first = 0, second = 0; // what is left of the samples before: the transposed form
        for (int i = 0; i < samples.Length; i++)
        {
            float x = samples[i];
            float y = (_b0 * x) + first;
            first = (_b1 * x) - (_a1 * y) + second;
            second = (_b2 * x) - (_a2 * y);
            samples[i] = y;
        }
    }

    private static (double Cos, double Alpha) Angle(double hertz, int sampleRate, double quality)
    {
        double angle = 2 * Math.PI * hertz / sampleRate;
        return (Math.Cos(angle), Math.Sin(angle) / (2 * quality));
    }
}
