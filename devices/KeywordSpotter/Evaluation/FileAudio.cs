using KeywordSpotter.Input;

namespace KeywordSpotter.Evaluation;

/// <summary>Files that were replayed one after the other; what is asked for is read from them again.</summary>
/// <param name="files">The files.</param>
/// <param name="starts">Seconds at which each began.</param>
/// <param name="sampleRate">Of the model, in Hz.</param>
internal sealed class FileAudio(IReadOnlyList<string> files, IReadOnlyList<double> starts, int sampleRate) : ItemAudio
{
    public override (string Name, double Seconds) Locate(double seconds)
    {
        int file = Find(seconds);
        return (files[file], Math.Max(0, seconds - starts[file]));
    }

    public override float[] Read(double seconds, double before, double after)
    {
        (string file, double at) = Locate(seconds);
        long middle = (long)(at * sampleRate);
        long first = middle - (long)(before * sampleRate), end = middle + (long)(after * sampleRate);
        var samples = new List<float>();
        using var input = new AudioInput(WavSource.Open(file), sampleRate);
        for (long position = 0; position < end && input.TryRead(out ReadOnlySpan<float> block); position += block.Length)
        {
            int from = (int)Math.Clamp(first - position, 0, block.Length); // first may lie before the file
            samples.AddRange(block[from..(int)Math.Clamp(end - position, from, block.Length)]);
        }

        return [.. samples];
    }

    private int Find(double seconds)
    {
        int file = 0;
        while (file + 1 < starts.Count && starts[file + 1] <= seconds)
        {
            file++;
        }

        return file;
    }
}
