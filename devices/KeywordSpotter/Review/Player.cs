using System.ComponentModel;
using System.Diagnostics;

namespace KeywordSpotter.Review;

/// <summary>Plays a file with a program: by <c>/bin/sh -c</c>, the file as a further argument of the command.</summary>
/// <param name="command">Such as <c>aplay -q</c>.</param>
internal sealed class Player(string command)
{
    /// <summary>What plays WAV files on this system.</summary>
    public static string Usual => OperatingSystem.IsMacOS() ? "afplay" : "aplay -q";

    /// <summary>Plays a file to its end.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public string? Play(string path)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (string argument in (ReadOnlySpan<string>)["-c", $"exec </dev/null >&2\n{command} \"$1\"", "sh", Path.GetFullPath(path)])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process? process = Process.Start(start);
            process?.WaitForExit();
            return process?.ExitCode is 0 ? null : $"'{command}' ended with status {process?.ExitCode} (--play CMD names another player)";
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException)
        {
            return $"'{command}' cannot run: {exception.Message}";
        }
    }
}
