using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio;

/// <summary>The microphones that ALSA knows.</summary>
public static class AlsaDevices
{
    // Every card is listed under a dozen names; these two suit everybody: the preset, and a card by its own name with formats converted.
    private const string Preset = "default";
    private const string Converted = "plughw:";

    /// <summary>Lists what can be given to <see cref="AlsaCapture.Open"/>: <c>default</c>, the <c>plughw:</c> device of each card, and what the user's
    /// configuration adds. None where libasound is not installed.</summary>
    public static IReadOnlyList<AudioDevice> List()
    {
        if (!AlsaLibrary.IsAvailable)
        {
            return [];
        }

        AlsaLibrary.Silence();
        if (AlsaLibrary.GetHints(-1, "pcm", out nint hints) < 0)
        {
            return [];
        }

        try
        {
            return Read(hints);
        }
        finally
        {
            _ = AlsaLibrary.FreeHints(hints);
        }
    }

    private static List<AudioDevice> Read(nint hints)
    {
        var devices = new List<AudioDevice>();
        for (int i = 0; Marshal.ReadIntPtr(hints, i * nint.Size) is var hint and not 0; i++)
        {
            bool captures = AlsaLibrary.GetHint(hint, "IOID") is null or "Input"; // null: both ways
            string? name = AlsaLibrary.GetHint(hint, "NAME");
            if (captures && name is not null && IsUseful(name))
            {
                string description = AlsaLibrary.GetHint(hint, "DESC") ?? "";
                devices.Add(new AudioDevice(name, description.ReplaceLineEndings(", ")));
            }
        }

        return devices;
    }

    private static bool IsUseful(string name) =>
        name == Preset || name.StartsWith(Converted, StringComparison.Ordinal) || !(name.Contains(':') || name == "null");
}
