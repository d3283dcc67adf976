using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>The few functions of libasound (ALSA) that capturing needs, as declared in alsa/pcm.h.</summary>
internal static partial class AlsaLibrary
{
    /// <summary>SND_PCM_STREAM_CAPTURE.</summary>
    public const int CaptureStream = 1;

    /// <summary>SND_PCM_FORMAT_S16_LE: signed 16 bit, little endian.</summary>
    public const int Signed16LittleEndian = 2;

    /// <summary>SND_PCM_ACCESS_RW_INTERLEAVED.</summary>
    public const int Interleaved = 3;

    /// <summary>SND_PCM_NONBLOCK: opening a busy device fails at once, and reading gives what is there.</summary>
    public const int NonBlocking = 1;

    private const string Name = "libasound.so.2";

    /// <summary>Whether the library can be loaded on this machine.</summary>
    public static bool IsAvailable => NativeLibrary.TryLoad(Name, out _);

    [LibraryImport(Name, EntryPoint = "snd_pcm_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(out nint pcm, string device, int stream, int mode);

    [LibraryImport(Name, EntryPoint = "snd_pcm_set_params")]
    public static partial int SetParameters(
        nint pcm, int format, int access, uint channels, uint rate, int softResample, uint latencyMicroseconds);

    [LibraryImport(Name, EntryPoint = "snd_pcm_start")]
    public static partial int Start(nint pcm);

    [LibraryImport(Name, EntryPoint = "snd_pcm_wait")]
    public static partial int Wait(nint pcm, int milliseconds);

    [LibraryImport(Name, EntryPoint = "snd_pcm_readi")]
    public static partial nint Read(nint pcm, ref short interleaved, nuint frames);

    [LibraryImport(Name, EntryPoint = "snd_pcm_recover")]
    public static partial int Recover(nint pcm, int error, int silent);

    [LibraryImport(Name, EntryPoint = "snd_pcm_close")]
    public static partial int Close(nint pcm);

    /// <summary>Stops the library from writing messages of its own to standard error; its failures are reported as exceptions.</summary>
    public static unsafe void Silence() => SetErrorHandler(&Ignore);

    /// <summary>The text of a negative return value.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Name, EntryPoint = "snd_strerror")]
    private static partial nint ErrorText(int error);

    [LibraryImport(Name, EntryPoint = "snd_lib_error_set_handler")]
    private static unsafe partial int SetErrorHandler(delegate* unmanaged[Cdecl]<nint, int, nint, int, nint, void> handler);

    // The C declaration goes on with "...": what follows the format is passed by the caller, cleaned up by the caller, and not read here.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Ignore(nint file, int line, nint function, int error, nint format)
    {
    }
}
