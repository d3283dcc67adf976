using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>A PCM of libasound.</summary>
internal sealed class AlsaPcm(nint handle) : IAlsaPcm
{
    private nint _handle = handle;

    public int Start() => AlsaLibrary.Start(_handle);

    public int Wait(int milliseconds) => AlsaLibrary.Wait(_handle, milliseconds);

    public int Read(byte[] interleaved, int frames) =>
        (int)AlsaLibrary.Read(_handle, ref MemoryMarshal.GetArrayDataReference(interleaved), (nuint)frames);

    public int Recover(int error) => AlsaLibrary.Recover(_handle, error, silent: 1);

    /// <summary>Closes the device; safe to call more than once.</summary>
    public void Dispose()
    {
        nint handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            AlsaLibrary.Close(handle);
        }
    }
}
