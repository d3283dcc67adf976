using System.Numerics;
using System.Numerics.Tensors;

namespace Devices.Audio;

/// <summary>Noise to put under training examples; the level does not matter, it is scaled to a signal-to-noise ratio.</summary>
internal static class Noise
{
    private const int PinkOctaves = 14;

    /// <summary>Equal power per hertz.</summary>
    public static void White(ref Draws draws, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = draws.Bell();
        }
    }

    /// <summary>Equal power per octave: the sum of values that are drawn anew at every 1st, 2nd, 4th ... sample (Voss and McCartney).</summary>
    public static void Pink(ref Draws draws, Span<float> destination)
    {
        Span<float> held = stackalloc float[PinkOctaves];
        float sum = 0;
        for (int octave = 0; octave < held.Length; octave++)
        {
            held[octave] = draws.Bell();
            sum += held[octave];
        }

        for (int i = 0; i < destination.Length; i++)
        {
            int octave = BitOperations.TrailingZeroCount(i + 1);
            if (octave < held.Length)
            {
                float value = draws.Bell();
                sum += value - held[octave];
                held[octave] = value;
            }

            destination[i] = sum + draws.Bell();
        }
    }

    /// <summary>A random part of a random recording, repeated when the recording is shorter.</summary>
    public static void Recorded(ref Draws draws, Clip[] recordings, Span<float> destination)
    {
        Clip clip = recordings[draws.Below(recordings.Length)];
        int length = clip.Samples.Length;
        int from = length > destination.Length ? draws.Below(length - destination.Length + 1) : draws.Below(length);
        for (int done = 0; done < destination.Length; from = 0)
        {
            int count = Math.Min(length - from, destination.Length - done);
            clip.CopyTo(from, destination.Slice(done, count));
            done += count;
        }
    }

    /// <summary>Two to six people talking at once: random parts of random recordings, all equally loud while they speak.</summary>
    public static void Babble(ref Draws draws, Clip[] speech, Span<float> destination)
    {
        destination.Clear();
        int voices = 2 + draws.Below(5);
        for (int voice = 0; voice < voices; voice++)
        {
            Clip clip = speech[draws.Below(speech.Length)];
            float gain = 1 / (32768 * (clip.Shape.SpeechRms + 1e-4f));
            int at = draws.Below(clip.Samples.Length);
            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] += gain * clip.Samples[at];
                at = at + 1 < clip.Samples.Length ? at + 1 : 0;
            }
        }
    }

    /// <summary>One of the noises of a home, made up: a motor's hum, hiss that swells, tones like music, clatter; half of the time with some pink noise.</summary>
    public static void Household(ref Draws draws, int sampleRate, Span<float> destination)
    {
        destination.Clear();
        if (draws.Chance(0.5))
        {
            Pink(ref draws, destination);
            TensorPrimitives.Multiply(destination, (float)draws.Uniform(0.05, 0.3), destination);
        }

        switch (draws.Below(4))
        {
            case 0:
                Hum(ref draws, sampleRate, destination);
                break;
            case 1:
                Hiss(ref draws, sampleRate, destination);
                break;
            case 2:
                Tones(ref draws, sampleRate, destination);
                break;
            default:
                Clatter(ref draws, sampleRate, destination);
                break;
        }
    }

    /// <summary>Harmonics of 40 to 160 Hz, the higher the weaker.</summary>
    private static void Hum(ref Draws draws, int sampleRate, Span<float> destination)
    {
        double hertz = draws.Uniform(40, 160);
        for (int harmonic = 1; harmonic <= 24; harmonic++)
        {
            AddTone(harmonic * hertz, draws.Uniform(0.2, 1.8) / Math.Pow(harmonic, draws.Uniform(0.5, 1.2)), sampleRate, 0, destination.Length, 0, destination);
        }
    }

    /// <summary>White noise through two random peaks, whose level rises and falls.</summary>
    private static void Hiss(ref Draws draws, int sampleRate, Span<float> destination)
    {
        var hiss = new float[destination.Length];
        White(ref draws, hiss);
        for (int i = 0; i < 2; i++)
        {
            Biquad.Peak(200 * Math.Pow(0.2 * sampleRate / 200, draws.Unit()), draws.Uniform(0.3, 2), draws.Uniform(6, 24), sampleRate).Apply(hiss);
        }

        double period = draws.Uniform(0.15, 3) * sampleRate, depth = draws.Uniform(0, 0.95), phase = draws.Uniform(0, 2 * Math.PI);
        for (int i = 0; i < hiss.Length; i++)
        {
            destination[i] += hiss[i] * (float)(1 + (depth * Math.Sin(phase + (2 * Math.PI * i / period))));
        }
    }

    /// <summary>Notes of the twelve-tone scale, up to four at a time, each with eight harmonics that die away, over a beat.</summary>
    private static void Tones(ref Draws draws, int sampleRate, Span<float> destination)
    {
        int beat = (int)(draws.Uniform(0.12, 0.6) * sampleRate);
        int voices = 1 + draws.Below(4);
        double brightness = draws.Uniform(0.6, 1.6);
        double decay = draws.Uniform(0.5, 6) / sampleRate;
        for (int voice = 0; voice < voices; voice++)
        {
            for (int at = 0; at < destination.Length; at += beat * (1 + draws.Below(4)))
            {
                double hertz = 65.4 * Math.Pow(2, draws.Below(48) / 12.0);
                int length = Math.Min(destination.Length - at, beat * (1 + draws.Below(4)));
                for (int harmonic = 1; harmonic <= 8; harmonic++)
                {
                    AddTone(harmonic * hertz, 1 / Math.Pow(harmonic, brightness), sampleRate, at, length, decay * harmonic, destination);
                }
            }
        }
    }

    /// <summary>Two to twelve knocks a second: short bursts through a resonance.</summary>
    private static void Clatter(ref Draws draws, int sampleRate, Span<float> destination)
    {
        var bursts = new float[destination.Length];
        double spacing = sampleRate / draws.Uniform(2, 12);
        for (double at = draws.Uniform(0, spacing); at < bursts.Length; at += spacing * draws.Uniform(0.3, 1.7))
        {
            double decay = draws.Uniform(100, 900) / sampleRate;
            float gain = (float)draws.Uniform(0.2, 1);
            for (int i = (int)at; i < bursts.Length && (i - at) * decay < 7; i++)
            {
                bursts[i] += gain * (float)Math.Exp(-(i - (int)at) * decay) * draws.Bell();
            }
        }

        Biquad.Peak(draws.Uniform(300, 0.3 * sampleRate), draws.Uniform(1, 8), draws.Uniform(6, 24), sampleRate).Apply(bursts);
        TensorPrimitives.Add(destination, bursts, destination);
    }

    /// <summary>A sine that dies away, with an onset of 5 ms; nothing above half of the sample rate. By rotation, which is faster than a sine a sample.</summary>
    private static void AddTone(double hertz, double gain, int sampleRate, int from, int length, double decay, Span<float> destination)
    {
        if (hertz >= 0.5 * sampleRate)
        {
            return;
        }

        double angle = 2 * Math.PI * hertz / sampleRate, damping = Math.Exp(-decay);
        double cos = damping * Math.Cos(angle), sin = damping * Math.Sin(angle);
        double x = gain, y = 0;
        int onset = sampleRate / 200;
        for (int i = 0; i < length; i++)
        {
            (x, y) = ((x * cos) - (y * sin), (x * sin) + (y * cos));
            destination[from + i] += (float)(i < onset ? y * i / onset : y);
        }
    }

    /// <summary>
    /// Adds the room tone of a clip: overlapping grains of its quietest part, taken at random places, so that it goes on for
    /// as long as wanted without an audible period. A clip without a quiet part of 50 ms adds nothing.
    /// </summary>
    public static void AddRoomTone(ref Draws draws, Clip clip, float gain, int sampleRate, Span<float> destination)
    {
        int grain = sampleRate / 20;
        int hop = grain / 2;
        int room = clip.Shape.QuietLength - grain;
        if (room < 0)
        {
            return;
        }

        for (int at = -hop; at < destination.Length; at += hop)
        {
            ReadOnlySpan<short> source = clip.Samples.AsSpan(clip.Shape.QuietStart + draws.Below(room + 1), grain);
            int end = Math.Min(grain, destination.Length - at);
            for (int i = Math.Max(0, -at); i < end; i++)
            {
                // Squares of sines half a grain apart add up to one: the power stays even.
                float window = MathF.Sin(MathF.PI * (i + 0.5f) / grain);
                destination[at + i] += source[i] * (gain / 32768) * window;
            }
        }
    }
}
