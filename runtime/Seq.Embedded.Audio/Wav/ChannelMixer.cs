namespace Seq.Embedded.Audio;

/// <summary>Makes one channel of several.</summary>
public static class ChannelMixer
{
    /// <summary>mono[t] = mean over the channels of interleaved[t * channels + c], summed from the first channel on. Allocates nothing.</summary>
    /// <param name="interleaved">Whole frames: mono.Length * channels samples or more.</param>
    /// <param name="channels">Channels of a frame; 1 or more. One channel is copied.</param>
    /// <param name="mono">Receives one sample per frame; must not overlap the source.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    /// <exception cref="ArgumentException">There are fewer samples than frames times channels.</exception>
    public static void Average(ReadOnlySpan<float> interleaved, int channels, Span<float> mono)
    {
        Check(interleaved, channels, mono);
        float scale = 1f / channels;
        for (int frame = 0; frame < mono.Length; frame++)
        {
            float sum = 0;
            foreach (float sample in interleaved.Slice(frame * channels, channels))
            {
                sum += sample;
            }

            mono[frame] = sum * scale;
        }
    }

    /// <summary>mono[t] = interleaved[t * channels + channel]: one microphone of an array, say. Allocates nothing.</summary>
    /// <param name="interleaved">Whole frames: mono.Length * channels samples or more.</param>
    /// <param name="channels">Channels of a frame; 1 or more.</param>
    /// <param name="channel">Which of them, from 0 on.</param>
    /// <param name="mono">Receives one sample per frame; must not overlap the source.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1, or there is no such channel.</exception>
    /// <exception cref="ArgumentException">There are fewer samples than frames times channels.</exception>
    public static void Select(ReadOnlySpan<float> interleaved, int channels, int channel, Span<float> mono)
    {
        Check(interleaved, channels, mono);
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, channels);
        for (int frame = 0; frame < mono.Length; frame++)
        {
            mono[frame] = interleaved[(frame * channels) + channel];
        }
    }

    private static void Check(ReadOnlySpan<float> interleaved, int channels, Span<float> mono)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (interleaved.Length < (long)mono.Length * channels)
        {
            throw new ArgumentException($"There are {interleaved.Length} samples; allowed: at least {(long)mono.Length * channels} ({mono.Length} frames of {channels}).", nameof(interleaved));
        }
    }
}
