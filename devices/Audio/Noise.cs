using System.Numerics;

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
