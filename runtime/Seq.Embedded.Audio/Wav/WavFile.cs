namespace Seq.Embedded.Audio;

/// <summary>Whole WAV files in one call.</summary>
public static class WavFile
{
    private const int BlockSamples = 4096;

    /// <summary>Reads a whole WAV file, averages its channels and brings it to a sample rate.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz; see <see cref="Resampler"/> for what is allowed.</param>
    /// <returns>Samples in +-1 (floats in the file are not clipped); sample n is at n / sampleRate seconds.</returns>
    /// <exception cref="AudioFormatException">This is no WAV file, it is truncated, its format is not supported, or it is longer than an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not allowed.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public static float[] ReadMono(string path, int sampleRate)
    {
        using var reader = new WavReader(path);
        return ReadMono(reader, path, sampleRate);
    }

    /// <summary>Reads a whole WAV from a stream, averages its channels and brings it to a sample rate.</summary>
    /// <param name="stream">Need not be seekable; left open.</param>
    /// <param name="name">What error messages call the stream.</param>
    /// <param name="sampleRate">Sample rate of the result in Hz; see <see cref="Resampler"/> for what is allowed.</param>
    /// <returns>Samples in +-1 (floats in the file are not clipped); sample n is at n / sampleRate seconds.</returns>
    /// <exception cref="AudioFormatException">This is no WAV file, it is truncated, its format is not supported, or it is longer than an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The sample rate is not allowed.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static float[] ReadMono(Stream stream, string name, int sampleRate)
    {
        using var reader = new WavReader(stream, name, leaveOpen: true);
        return ReadMono(reader, name, sampleRate);
    }

    private static float[] ReadMono(WavReader reader, string name, int sampleRate)
    {
        var resampler = new Resampler(reader.SampleRate, sampleRate);

        // A length that only the header states is not believed: it may ask for gigabytes.
        long expected = resampler.OutputCount(reader.IsFrameCountChecked ? reader.FrameCount!.Value : BlockSamples);
        if (expected > Array.MaxLength - resampler.GetMaxOutput(BlockSamples))
        {
            throw TooLong(name, expected);
        }

        float[] block = new float[BlockSamples];
        float[] output = new float[resampler.GetMaxOutput(BlockSamples)];
        float[] result = new float[expected];
        int count = 0;
        int read;
        do
        {
            read = reader.ReadMono(block);
            int made = read > 0 ? resampler.Process(block.AsSpan(0, read), output) : resampler.Flush(output);
            if (made > result.Length - count)
            {
                // Only where the length was not known.
                long grown = Math.Min(Array.MaxLength, Math.Max(count + (long)made, 2L * result.Length));
                if (grown < count + (long)made)
                {
                    throw TooLong(name, count + (long)made);
                }

                Array.Resize(ref result, (int)grown);
            }

            output.AsSpan(0, made).CopyTo(result.AsSpan(count));
            count += made;
        }
        while (read > 0);

        if (count < result.Length)
        {
            Array.Resize(ref result, count);
        }

        return result;
    }

    private static AudioFormatException TooLong(string name, long samples) =>
        new(name, $"the audio has {samples} samples or more; at most {Array.MaxLength} can be read at once, use WavReader");
}
