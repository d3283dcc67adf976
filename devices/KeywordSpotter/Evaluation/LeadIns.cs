using KeywordSpotter.Data;
using KeywordSpotter.Input;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Evaluation;

/// <summary>What is heard before a clip: a second and a half of background, 10 dB down, or of a quiet room where there is no background.</summary>
internal sealed class LeadIns
{
    private const double Seconds = 1.5;
    private const float Gain = 0.3f;
    private const int Most = 64;

    private readonly float[][] _snippets;
    private readonly int _length;

    private LeadIns(float[][] snippets, int length)
    {
        _snippets = snippets;
        _length = length;
    }

    /// <summary>Takes the beginnings of some of the background clips.</summary>
    public static LeadIns From(IReadOnlyList<Clip> background, int sampleRate)
    {
        int length = (int)(Seconds * sampleRate);
        var snippets = new float[Math.Min(Most, background.Count)][];
        for (int i = 0; i < snippets.Length; i++)
        {
            snippets[i] = background[i].ToFloats()[..Math.Min(length, background[i].Samples.Length)];
        }

        return new LeadIns(snippets, length);
    }

    /// <summary>Takes the beginnings of some of the background files, without decoding the rest of them.</summary>
    public static LeadIns From(IReadOnlyList<string> files, int sampleRate)
    {
        int length = (int)(Seconds * sampleRate);
        int every = Math.Max(1, files.Count / Most);
        var snippets = new List<float[]>();
        for (int i = 0; i < files.Count && snippets.Count < Most; i += every)
        {
            snippets.Add(Beginning(files[i], sampleRate, length));
        }

        return new LeadIns([.. snippets], length);
    }

    /// <summary>Nothing but a quiet room.</summary>
    public static LeadIns Quiet(int sampleRate) => new([], (int)(Seconds * sampleRate));

    public float[] Draw(ref Draws draws)
    {
        var result = new float[_length];
        if (_snippets.Length > 0)
        {
            // The end of the snippet meets the start of the clip; a short one is preceded by quiet.
            float[] snippet = _snippets[draws.Below(_snippets.Length)];
            int at = _length - snippet.Length;
            for (int i = 0; i < snippet.Length; i++)
            {
                result[at + i] = Gain * snippet[i];
            }
        }

        Replayer.AddQuiet(ref draws, result);
        return result;
    }

    private static float[] Beginning(string file, int sampleRate, int length)
    {
        using var input = new AudioInput(WavSource.Open(file), sampleRate);
        var samples = new List<float>(length);
        while (samples.Count < length && input.TryRead(out ReadOnlySpan<float> block))
        {
            samples.AddRange(block[..Math.Min(block.Length, length - samples.Count)]);
        }

        return [.. samples];
    }
}
