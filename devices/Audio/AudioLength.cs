using System.Globalization;
using Seq.Embedded.Audio;

namespace Devices.Audio;

/// <summary>How long the audio of a training run is, from the headers of its files: known before anything is decoded.</summary>
/// <param name="Seconds">Sum over all files.</param>
/// <param name="Bytes">What it needs in memory: mono, 16 bit, at the model's sample rate.</param>
internal readonly record struct AudioLength(double Seconds, long Bytes)
{
    /// <summary>Part of the memory that audio may take; network, examples and the decoding of single files need some, too.</summary>
    private const int MemoryDivisor = 2;

    /// <summary>Half of the memory that the program can have (of the machine, or of its container), in bytes.</summary>
    public static long Limit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryDivisor;

    /// <summary>Reads the headers; a file whose header does not state its length counts as nothing.</summary>
    /// <exception cref="AudioFormatException">A file is no WAV file.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public static AudioLength Of(IReadOnlyList<string> files, int sampleRate, int threads, CancellationToken stop)
    {
        double seconds = Parallelism.Map(files, threads, stop, file =>
        {
            using var reader = new WavReader(file);
            return (reader.FrameCount ?? 0) / (double)reader.SampleRate;
        }).Sum();
        return new AudioLength(seconds, (long)(seconds * sampleRate) * sizeof(short));
    }

    /// <exception cref="InputException">The audio needs more bytes than are allowed.</exception>
    public void CheckFits(long limit)
    {
        if (Bytes > limit)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"the audio is {Seconds / 3600:0.0} hours, {Bytes:#,0} bytes in memory; allowed: {limit:#,0} bytes, half of the memory that is there (give fewer files)"));
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds / 3600:0.0} hours of audio, {Bytes / 1e6:#,0} MB in memory");
}
