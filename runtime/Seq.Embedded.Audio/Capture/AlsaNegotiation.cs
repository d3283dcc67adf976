namespace Seq.Embedded.Audio;

/// <summary>Finds what to ask of a device: few channels, a rate that it has itself, and any format.</summary>
/// <remarks>
/// ALSA's own conversion of rates is linear interpolation unless further plug-ins are installed, and folds what lies above the new Nyquist
/// frequency down onto speech. So rates that the device has itself are taken, and <see cref="Resampler"/> does the rest.
/// </remarks>
internal static class AlsaNegotiation
{
    public const int MaxChannels = 32;

    /// <summary>The rates that are tried after the wanted one: first those that lose nothing of speech.</summary>
    public static ReadOnlySpan<int> Rates => [16000, 48000, 44100, 32000, 24000, 22050, 96000, 88200, 192000, 176400, 12000, 11025, 8000];

    /// <summary>Chooses channels, then rate, then format from what is offered.</summary>
    /// <param name="offer">The device.</param>
    /// <param name="sampleRate">Wanted rate in Hz.</param>
    /// <param name="fewestChannels">Channels that are needed, 1 or more; the fewest from there on that are offered are taken.</param>
    /// <returns>What to open the device with, or null when no combination is offered.</returns>
    public static AlsaSettings? Choose(IAlsaParameters offer, int sampleRate, int fewestChannels)
    {
        int channels = fewestChannels;
        while (!offer.TryChooseChannels(channels))
        {
            if (++channels > MaxChannels)
            {
                return null;
            }
        }

        return ChooseRate(offer, sampleRate) is { } rate && ChooseFormat(offer) is { } format ? new AlsaSettings(rate, channels, format) : null;
    }

    private static int? ChooseRate(IAlsaParameters offer, int wanted)
    {
        if (offer.TryChooseRate(wanted))
        {
            return wanted;
        }

        foreach (int rate in Rates)
        {
            if (rate != wanted && offer.TryChooseRate(rate))
            {
                return rate;
            }
        }

        return null;
    }

    private static AlsaFormat? ChooseFormat(IAlsaParameters offer)
    {
        foreach (AlsaFormat format in AlsaFormat.All)
        {
            if (offer.TryChooseFormat(format))
            {
                return format;
            }
        }

        return null;
    }
}
