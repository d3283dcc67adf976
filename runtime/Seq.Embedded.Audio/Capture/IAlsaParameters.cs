namespace Seq.Embedded.Audio;

/// <summary>What a device still offers after what has been chosen from it, so that any device can be played to <see cref="AlsaNegotiation"/>.</summary>
internal interface IAlsaParameters
{
    /// <summary>Chooses a number of channels; false, and nothing is chosen, when the device does not offer it.</summary>
    bool TryChooseChannels(int channels);

    /// <summary>Chooses a sample rate; false, and nothing is chosen, when the device does not offer it.</summary>
    bool TryChooseRate(int rate);

    /// <summary>Chooses a sample format; false, and nothing is chosen, when the device does not offer it.</summary>
    bool TryChooseFormat(AlsaFormat format);
}
