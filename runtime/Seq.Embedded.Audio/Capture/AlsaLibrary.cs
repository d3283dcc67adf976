using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>The few functions of libasound (ALSA) that capturing needs, as declared in alsa/pcm.h and alsa/control.h.</summary>
internal static partial class AlsaLibrary
{
    /// <summary>SND_PCM_STREAM_CAPTURE.</summary>
    public const int CaptureStream = 1;

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
    public static partial nint Read(nint pcm, ref byte interleaved, nuint frames);

    [LibraryImport(Name, EntryPoint = "snd_pcm_recover")]
    public static partial int Recover(nint pcm, int error, int silent);

    [LibraryImport(Name, EntryPoint = "snd_pcm_close")]
    public static partial int Close(nint pcm);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_malloc")]
    public static partial int CreateSpace(out nint space);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_free")]
    public static partial void FreeSpace(nint space);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_any")]
    public static partial int FillSpace(nint pcm, nint space);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_set_rate_resample")]
    public static partial int SetConversion(nint pcm, nint space, uint convert);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_set_access")]
    public static partial int SetAccess(nint pcm, nint space, int access);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_test_channels")]
    public static partial int TestChannels(nint pcm, nint space, uint channels);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_set_channels")]
    public static partial int SetChannels(nint pcm, nint space, uint channels);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_test_rate")]
    public static partial int TestRate(nint pcm, nint space, uint rate, int direction);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_set_rate")]
    public static partial int SetRate(nint pcm, nint space, uint rate, int direction);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_test_format")]
    public static partial int TestFormat(nint pcm, nint space, int format);

    [LibraryImport(Name, EntryPoint = "snd_pcm_hw_params_set_format")]
    public static partial int SetFormat(nint pcm, nint space, int format);

    /// <summary>The descriptions of all devices of an interface ("pcm"), of all cards (-1): an array that ends with null.</summary>
    [LibraryImport(Name, EntryPoint = "snd_device_name_hint", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetHints(int card, string kind, out nint hints);

    [LibraryImport(Name, EntryPoint = "snd_device_name_free_hint")]
    public static partial int FreeHints(nint hints);

    /// <summary>A value ("NAME", "DESC", "IOID") of a description, or null; the text is a copy made by malloc.</summary>
    public static unsafe string? GetHint(nint hint, string id)
    {
        nint text = HintText(hint, id);
        string? copy = Marshal.PtrToStringUTF8(text);
        NativeMemory.Free((void*)text);
        return copy;
    }

    /// <summary>Stops the library from writing messages of its own to standard error; its failures are reported as exceptions.</summary>
    public static unsafe void Silence() => SetErrorHandler(&Ignore);

    /// <summary>The text of a negative return value.</summary>
    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Name, EntryPoint = "snd_device_name_get_hint", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint HintText(nint hint, string id);

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
