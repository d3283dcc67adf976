using System.Numerics;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>What is done to a frame before its window: its mean is taken off, high frequencies are raised; and the frame's energy.</summary>
/// <remarks>Sums are made of four partial sums and nothing is fused: the same on all machines. Allocates nothing.</remarks>
public static class FrameConditioning
{
    /// <summary>The mean of the samples.</summary>
    /// <param name="frame">At least one sample.</param>
    public static float Mean(ReadOnlySpan<float> frame)
    {
        int length = frame.Length;
        Vector128<float> sums = Vector128<float>.Zero;
        for (; frame.Length >= Vector128<float>.Count; frame = frame[Vector128<float>.Count..])
        {
            sums += Vector128.Create(frame);
        }

        float sum = sums[0];
        foreach (float sample in frame)
        {
            sum += sample;
        }

        return ((sum + sums[1]) + (sums[2] + sums[3])) / length;
    }

    /// <summary>y[j] = (x[j] - mean) - coefficient (x[j - 1] - mean); x[-1] is x[0].</summary>
    /// <param name="frame">x: at least one sample.</param>
    /// <param name="mean">What is taken off each sample; 0 for nothing.</param>
    /// <param name="coefficient">Of the pre-emphasis; 0 for none.</param>
    /// <param name="destination">y: as long as the frame; must not overlap it.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Apply(ReadOnlySpan<float> frame, float mean, float coefficient, Span<float> destination)
    {
        destination = destination[..frame.Length];
        float first = frame[0] - mean;
        destination[0] = first - (coefficient * first);
        int j = 1;
        for (; j <= frame.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            Vector<float> x = new Vector<float>(frame[j..]) - new Vector<float>(mean);
            Vector<float> before = new Vector<float>(frame[(j - 1)..]) - new Vector<float>(mean);
            (x - (new Vector<float>(coefficient) * before)).CopyTo(destination[j..]);
        }

        for (; j < frame.Length; j++)
        {
            destination[j] = (frame[j] - mean) - (coefficient * (frame[j - 1] - mean));
        }
    }

    /// <summary>ln(max(scale^2 sum over j of (x[j] - mean)^2, floor)); a sum that is NaN or above 1e30 counts as 0.</summary>
    /// <param name="frame">x.</param>
    /// <param name="mean">What is taken off each sample; 0 for nothing.</param>
    /// <param name="scale">Of the samples.</param>
    /// <param name="floor">A positive number.</param>
    public static float LogEnergy(ReadOnlySpan<float> frame, float mean, float scale, float floor)
    {
        Vector128<float> sums = Vector128<float>.Zero;
        for (; frame.Length >= Vector128<float>.Count; frame = frame[Vector128<float>.Count..])
        {
            Vector128<float> x = Vector128.Create(frame) - Vector128.Create(mean);
            sums += x * x;
        }

        float sum = sums[0];
        foreach (float sample in frame)
        {
            sum += (sample - mean) * (sample - mean);
        }

        sum = ((sum + sums[1]) + (sums[2] + sums[3])) * (scale * scale);
        Vector<float> energy = Vector.Max(BandEnergies.Sane(new Vector<float>(sum)), new Vector<float>(floor));
        return VectorPower.Log(energy)[0];
    }
}
