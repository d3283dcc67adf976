namespace Seq.Embedded.Audio;

/// <summary>An open PCM, so that what a device does wrong can be played to <see cref="AlsaCapture"/>. Negative results are errors (-errno).</summary>
internal interface IAlsaPcm : IDisposable
{
    /// <summary>Starts capturing; -EBADFD when it is already running.</summary>
    int Start();

    /// <summary>Waits for audio.</summary>
    /// <returns>1 when there is some, 0 when the time is over.</returns>
    int Wait(int milliseconds);

    /// <summary>Reads what is there, at most <paramref name="frames"/>, as the device stores it.</summary>
    int Read(byte[] interleaved, int frames);

    /// <summary>Makes the device usable again after an error, where that is possible.</summary>
    int Recover(int error);
}
