using System.Numerics.Tensors;

namespace Devices.Audio;

/// <summary>Where a clip is loud and where it is quiet, in samples, found from the energy of 20 ms frames.</summary>
/// <param name="SpeechStart">Start of the first frame within 20 dB of the loudest.</param>
/// <param name="SpeechEnd">End of the last such frame.</param>
/// <param name="SpeechRms">RMS between the two, full scale = 1.</param>
/// <param name="QuietStart">Start of the quietest 0.2 s.</param>
/// <param name="QuietLength">Length of that part; shorter only when the clip is.</param>
internal readonly record struct ClipShape(int SpeechStart, int SpeechEnd, float SpeechRms, int QuietStart, int QuietLength)
{
    private const double FrameSeconds = 0.02;
    private const int QuietFrames = 10;
    private const double LoudPart = 0.01; // of the energy of the loudest frame: 20 dB below it

    public static ClipShape Measure(ReadOnlySpan<short> samples, int sampleRate)
    {
        int frame = Math.Max(1, (int)(FrameSeconds * sampleRate));
        int frames = samples.Length / frame;
        if (frames < 2)
        {
            return new ClipShape(0, samples.Length, Rms(Energy(samples), samples.Length), 0, samples.Length);
        }

        var energies = new double[frames];
        for (int i = 0; i < frames; i++)
        {
            energies[i] = Energy(samples.Slice(i * frame, frame));
        }

        double loud = TensorPrimitives.Max<double>(energies) * LoudPart;
        int first = Array.FindIndex(energies, energy => energy >= loud);
        int last = Array.FindLastIndex(energies, energy => energy >= loud);
        double speech = 0;
        for (int i = first; i <= last; i++)
        {
            speech += energies[i];
        }

        int length = Math.Min(QuietFrames, frames);
        return new ClipShape(
            first * frame, (last + 1) * frame, Rms(speech, (last + 1 - first) * frame), Quietest(energies, length) * frame, length * frame);
    }

    /// <summary>Sum of squares, full scale = 1.</summary>
    public static double Energy(ReadOnlySpan<short> samples)
    {
        long sum = 0;
        foreach (short sample in samples)
        {
            sum += sample * sample;
        }

        return sum / (32768.0 * 32768.0);
    }

    private static float Rms(double energy, int count) => count > 0 ? (float)Math.Sqrt(energy / count) : 0;

    private static int Quietest(double[] energies, int length)
    {
        double sum = TensorPrimitives.Sum<double>(energies.AsSpan(0, length));
        double least = sum;
        int best = 0;
        for (int start = 1; start + length <= energies.Length; start++)
        {
            sum += energies[start + length - 1] - energies[start - 1];
            if (sum < least)
            {
                (least, best) = (sum, start);
            }
        }

        return best;
    }
}
