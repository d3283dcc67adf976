namespace Seq.Embedded.Audio;

/// <summary>Audio data that cannot be read. The message names the file, what was found and what is allowed.</summary>
public sealed class AudioFormatException : Exception
{
    /// <summary>Creates the exception for a file (or the name given to a stream).</summary>
    /// <param name="fileName">File, or the name given to a stream.</param>
    /// <param name="problem">What was found and what is allowed, as a clause that follows "NAME: ".</param>
    public AudioFormatException(string fileName, string problem)
        : base($"{fileName}: {problem}")
    {
        FileName = fileName;
    }

    /// <summary>The file, or the name given to a stream.</summary>
    public string FileName { get; }
}
