using System.Text;

namespace Shakespeare.Commands;

/// <summary>The text that a command reads.</summary>
internal static class TextFile
{
    /// <summary>Reads a UTF-8 text; <c>-</c> is standard input.</summary>
    /// <exception cref="InputException">The file is missing, a folder, empty or no UTF-8 text.</exception>
    public static string Read(string path, Terminal terminal)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; a text is a file");
        }

        if (path != "-" && !File.Exists(path))
        {
            throw new InputException($"{path}: no such text file");
        }

        try
        {
            using Stream stream = path == "-" ? terminal.OpenInput() : File.OpenRead(path);
            using var reader = new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            string text = reader.ReadToEnd();
            return text.Length > 0 ? text : throw new InputException($"{path}: is empty");
        }
        catch (DecoderFallbackException)
        {
            throw new InputException($"{path}: is no UTF-8 text");
        }
    }
}
