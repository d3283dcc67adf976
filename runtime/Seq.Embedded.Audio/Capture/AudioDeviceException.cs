namespace Seq.Embedded.Audio;

/// <summary>A microphone cannot be opened or has failed. The message names the device and the reason.</summary>
public sealed class AudioDeviceException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public AudioDeviceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its message and cause.</summary>
    public AudioDeviceException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
