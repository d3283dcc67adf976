namespace Seq.Embedded.Audio;

/// <summary>What an open PCM of libasound offers: a configuration space (snd_pcm_hw_params_t) that narrows with each choice.</summary>
internal sealed class AlsaParameters : IAlsaParameters, IDisposable
{
    private readonly nint _pcm;
    private readonly nint _space;

    /// <summary>Everything that the PCM offers for interleaved reading.</summary>
    /// <param name="pcm">The PCM.</param>
    /// <param name="convertRates">Whether rates count that libasound would make from another by itself.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for the space.</exception>
    public AlsaParameters(nint pcm, bool convertRates)
    {
        _pcm = pcm;
        if (AlsaLibrary.CreateSpace(out _space) < 0)
        {
            throw new OutOfMemoryException("There is no memory for the parameters of a microphone.");
        }

        // What fails here is told by the choices, none of which will be offered.
        _ = AlsaLibrary.FillSpace(pcm, _space);
        _ = AlsaLibrary.SetConversion(pcm, _space, convertRates ? 1u : 0);
        _ = AlsaLibrary.SetAccess(pcm, _space, AlsaLibrary.Interleaved);
    }

    public bool TryChooseChannels(int channels) =>
        AlsaLibrary.TestChannels(_pcm, _space, (uint)channels) == 0 && AlsaLibrary.SetChannels(_pcm, _space, (uint)channels) == 0;

    public bool TryChooseRate(int rate) =>
        AlsaLibrary.TestRate(_pcm, _space, (uint)rate, direction: 0) == 0 && AlsaLibrary.SetRate(_pcm, _space, (uint)rate, direction: 0) == 0;

    public bool TryChooseFormat(AlsaFormat format) =>
        AlsaLibrary.TestFormat(_pcm, _space, format.Code) == 0 && AlsaLibrary.SetFormat(_pcm, _space, format.Code) == 0;

    public void Dispose() => AlsaLibrary.FreeSpace(_space);
}
