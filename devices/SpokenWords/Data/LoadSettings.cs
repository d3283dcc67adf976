namespace SpokenWords.Data;

/// <summary>How recordings are read.</summary>
/// <param name="SampleRate">Of the model, in Hz; files of another rate are resampled.</param>
/// <param name="SpeakerEnd">The speaker is the part of a file's name before this text; without it the whole name.</param>
/// <param name="Threads">Files decoded at once.</param>
internal sealed record LoadSettings(int SampleRate, string SpeakerEnd, int Threads)
{
    /// <summary>The text that ends the speaker's name in the sets that are in use: <c>jackson_3.wav</c>, <c>0ab1cd2e_nohash_0.wav</c>.</summary>
    public const string UsualSpeakerEnd = "_";

    /// <summary>Who speaks, as the name of the file says.</summary>
    public string SpeakerOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int end = name.IndexOf(SpeakerEnd, StringComparison.Ordinal);
        return end > 0 ? name[..end] : name;
    }
}
