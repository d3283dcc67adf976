using System.Numerics.Tensors;

namespace Devices.Audio;

/// <summary>What lies between the air and the samples: another microphone, a telephone line, an input that is driven too high. In place; allocates nothing.</summary>
internal static class Channel
{
    private const int Peaks = 3;
    private const double LowestPeak = 120; // Hz
    private const double HighestPeakPart = 0.42; // of the sample rate
    private const double TelephoneLow = 300; // Hz, of the band of a telephone
    private const double TelephoneHigh = 3400;
    private const float MuLaw = 255;

    /// <summary>A smooth random response: three broad peaks or dips at random frequencies, each of up to so many dB.</summary>
    public static void Respond(ref Draws draws, double decibels, int sampleRate, Span<float> samples)
    {
        for (int i = 0; i < Peaks; i++)
        {
            double hertz = LowestPeak * Math.Pow(HighestPeakPart * sampleRate / LowestPeak, draws.Unit());
            Biquad.Peak(hertz, draws.Uniform(0.4, 1.5), draws.Uniform(-decibels, decibels), sampleRate).Apply(samples);
        }
    }

    /// <summary>300 to 3,400 Hz, 24 dB per octave beyond; half of the time also rounded to the 8 bits of mu-law, by its formula (ITU-T G.711 approximates it).</summary>
    public static void Telephone(ref Draws draws, int sampleRate, Span<float> samples)
    {
        for (int i = 0; i < 2; i++)
        {
            Biquad.HighPass(TelephoneLow, sampleRate).Apply(samples);
            Biquad.LowPass(Math.Min(TelephoneHigh, 0.45 * sampleRate), sampleRate).Apply(samples);
        }

        if (draws.Chance(0.5))
        {
            RoundToMuLaw(samples);
        }
    }

    /// <summary>sign(x) ln(1 + 255 |x|) / ln 256 in steps of 1/128, and back; louder samples than +-1 are clipped.</summary>
    public static void RoundToMuLaw(Span<float> samples)
    {
        const int Steps = 127;
        float scale = Steps / MathF.Log(1 + MuLaw);
        foreach (ref float sample in samples)
        {
            float code = MathF.Round(scale * MathF.Log(1 + (MuLaw * Math.Min(MathF.Abs(sample), 1))));
            sample = MathF.CopySign((MathF.Exp(code / scale) - 1) / MuLaw, sample);
        }
    }

    /// <summary>Cuts off what is louder than a part of the loudest sample, from so many dB below it: lowest and highest.</summary>
    public static void Clip(ref Draws draws, double lowest, double highest, Span<float> samples)
    {
        float ceiling = TensorPrimitives.MaxMagnitude<float>(samples);
        ceiling = MathF.Abs(ceiling) * (float)Math.Pow(10, -draws.Uniform(lowest, highest) / 20);
        TensorPrimitives.Min(samples, ceiling, samples);
        TensorPrimitives.Max(samples, -ceiling, samples);
    }
}
