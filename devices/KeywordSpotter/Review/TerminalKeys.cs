using System.Diagnostics;
using KeywordSpotter.Input;

namespace KeywordSpotter.Review;

/// <summary>
/// Single keys from standard input. A terminal is told (by stty) to give each key at once and not to show it, and is as before when this is disposed;
/// from anything else keys are read as they come, line breaks and blanks left out.
/// </summary>
internal sealed class TerminalKeys : IDisposable
{
    private readonly PipeStream _input;
    private readonly string? _saved; // how the terminal was; null where there is none

    /// <summary>Starts reading.</summary>
    /// <param name="terminal">Gives standard input, and ends it on Ctrl+C.</param>
    public TerminalKeys(Terminal terminal)
    {
        Stream input = terminal.OpenInput();
        _saved = input is FileStream ? Stty("-g") : null; // tests give other streams
        if (_saved is not null)
        {
            Stty("-icanon -echo min 1 time 0");
        }

        _input = new PipeStream(input, terminal.Stop);
    }

    /// <summary>Waits for a key.</summary>
    /// <returns>In lower case; null at the end of the input and after Ctrl+C.</returns>
    public char? Read()
    {
        Span<byte> key = stackalloc byte[1];
        try
        {
            do
            {
                if (_input.Read(key) == 0)
                {
                    return null;
                }
            }
            while (char.IsWhiteSpace((char)key[0]));

            return char.ToLowerInvariant((char)key[0]);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sets the terminal back.</summary>
    public void Dispose()
    {
        if (_saved is not null)
        {
            Stty(_saved);
        }
    }

    /// <summary>Runs stty on standard input.</summary>
    /// <returns>What it says; null where standard input is no terminal.</returns>
    private static string? Stty(string arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            using Process? process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"exec stty {arguments} 2>/dev/null"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            });
            string? text = process?.StandardOutput.ReadToEnd().Trim();
            process?.WaitForExit();
            return process?.ExitCode == 0 ? text : null;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
