namespace KeywordSpotter.Data;

/// <summary>
/// Which clips are for validation, decided by a hash of the file's name, so that adding files moves no other file.
/// Where names carry <c>_nohash_</c> (Google Speech Commands) the part before it, the speaker, is hashed:
/// all clips of one speaker are on one side. Equal names in different folders are on one side, too.
/// </summary>
internal static class HeldOut
{
    private const string SpeakerMark = "_nohash_";

    /// <summary>
    /// Splits clips; with at least two of them and a fraction above 0, neither side is empty: the speaker whose hash is
    /// nearest to the fraction moves over, with all clips. Only clips that all have one speaker are themselves divided.
    /// </summary>
    public static SplitClips Split(IReadOnlyList<Clip> clips, double fraction)
    {
        Clip[] ordered = [.. clips.OrderBy(clip => Fraction(clip.Name))];
        double[] fractions = Array.ConvertAll(ordered, clip => Fraction(clip.Name));
        int held = Array.FindLastIndex(fractions, value => value < fraction) + 1;
        bool divided = false;
        if (fraction > 0 && ordered.Length >= 2 && (held == 0 || held == ordered.Length))
        {
            divided = fractions[0] == fractions[^1];
            held = divided ? Math.Clamp((int)(fraction * ordered.Length), 1, ordered.Length - 1)
                : held == 0 ? Array.FindLastIndex(fractions, value => value == fractions[0]) + 1
                : Array.IndexOf(fractions, fractions[^1]);
        }

        return new SplitClips(ordered[held..], ordered[..held], divided);
    }

    /// <summary>A number in [0, 1) that depends on the name of the file (or its speaker) only.</summary>
    public static double Fraction(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int mark = name.IndexOf(SpeakerMark, StringComparison.Ordinal);
        return (Hash(mark > 0 ? name[..mark] : name) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A 64-bit hash that is the same on every machine and in every release: FNV-1a with a final mix.</summary>
    public static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in text)
        {
            hash = (hash ^ character) * 1099511628211;
        }

        return Draws.Mix(hash);
    }
}
