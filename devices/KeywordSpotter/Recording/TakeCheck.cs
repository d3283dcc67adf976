namespace KeywordSpotter.Recording;

/// <summary>What makes a recording of a keyword one to learn from.</summary>
internal static class TakeCheck
{
    /// <summary>Seconds of speech that a keyword takes, at least and at most.</summary>
    public const double LeastSeconds = 0.25;
    public const double MostSeconds = 2;

    private const double LeastRms = -50; // dB below full scale
    private const double LeastAboveRoom = 10; // dB
    private const float ClippedFrom = 0.999f;
    private const int MostClipped = 2; // samples; a single one is no plateau

    /// <summary>Why it cannot be learned from and what to do about it, or null where it can.</summary>
    /// <param name="take">What was said.</param>
    /// <param name="sampleRate">Of its samples, in Hz.</param>
    public static string? Fault(Utterance take, int sampleRate) =>
        take.BeginsLoud ? "its beginning is cut off: wait a moment before you speak"
        : take.EndsLoud && take.End - take.Start >= MostSeconds * sampleRate ? "it is too long, or the room never becomes quiet: say the keyword alone, then wait"
        : take.EndsLoud ? "its end is cut off: wait a moment after you have spoken"
        : Fault(take.Samples.AsSpan(take.Start, take.End - take.Start), take.Rms, sampleRate)
            ?? (take.Rms - take.Floor < LeastAboveRoom ? "it is hardly louder than the room: come closer or speak up" : null);

    /// <summary>The same of a clip that was made elsewhere, perhaps cut to the word.</summary>
    public static string? Fault(Clip clip, int sampleRate)
    {
        ClipShape shape = clip.Shape;
        double rms = 20 * Math.Log10(Math.Max(shape.SpeechRms, 1e-6));
        return Fault(clip.ToFloats().AsSpan(shape.SpeechStart, shape.SpeechEnd - shape.SpeechStart), rms, sampleRate);
    }

    private static string? Fault(ReadOnlySpan<float> speech, double rms, int sampleRate)
    {
        double seconds = speech.Length / (double)sampleRate;
        int clipped = 0;
        foreach (float sample in speech)
        {
            clipped += Math.Abs(sample) >= ClippedFrom ? 1 : 0;
        }

        return clipped > MostClipped ? "it is clipped: speak more softly or from further away, or turn the microphone down"
            : seconds < LeastSeconds ? "it is too short for a keyword: was it a noise?"
            : seconds > MostSeconds ? "it is too long: say the keyword alone"
            : rms < LeastRms ? "it is too quiet: come closer or speak up, or turn the microphone up"
            : null;
    }
}
