using System.Globalization;

namespace KeywordSpotter.Training;

/// <summary>How often each kind of training example is drawn. Weights need not add up to 1; a kind without audio is left out.</summary>
internal sealed record Mixture
{
    /// <summary>Clips of keywords: the positives.</summary>
    public double Keyword { get; init; } = 0.44;

    /// <summary>Random crops of running background speech.</summary>
    public double Speech { get; init; } = 0.14;

    /// <summary>Single background words with pauses around them.</summary>
    public double Word { get; init; } = 0.18;

    /// <summary>Background words run together without pauses.</summary>
    public double Run { get; init; } = 0.05;

    /// <summary>The first or second half of a keyword.</summary>
    public double Half { get; init; } = 0.04;

    /// <summary>Pieces of word length cut out of running speech, with pauses around them.</summary>
    public double Pseudo { get; init; } = 0.10;

    /// <summary>What the model in training takes for a keyword (hard negatives), once some were found.</summary>
    public double Mined { get; init; } = 0.05;

    /// <summary>Words of the vocabulary with pauses around them.</summary>
    public double Vocabulary { get; init; } = 0.35;

    /// <summary>The weights in the order of <see cref="ExampleKind"/>.</summary>
    public double[] Weights => [Keyword, Speech, Word, Run, Half, Pseudo, Mined, Vocabulary];

    /// <summary>Reads <c>kind=weight,...</c>; kinds that are not named keep their default.</summary>
    /// <exception cref="UsageException">A kind is unknown, a weight is negative or no number, or no keyword is ever drawn.</exception>
    public static Mixture Parse(string text)
    {
        var mixture = new Mixture();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || !double.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) || !(weight >= 0 && weight <= 1e6))
            {
                throw new UsageException($"--mix has '{part}'; allowed: kind=weight with a weight from 0 to 1000000");
            }

            mixture = sides[0] switch
            {
                "keyword" => mixture with { Keyword = weight },
                "speech" => mixture with { Speech = weight },
                "word" => mixture with { Word = weight },
                "run" => mixture with { Run = weight },
                "half" => mixture with { Half = weight },
                "pseudo" => mixture with { Pseudo = weight },
                "mined" => mixture with { Mined = weight },
                "vocabulary" => mixture with { Vocabulary = weight },
                _ => throw new UsageException($"--mix names '{sides[0]}'; allowed: keyword, speech, word, run, half, pseudo, mined, vocabulary"),
            };
        }

        return mixture.Keyword > 0
            ? mixture
            : throw new UsageException("--mix has keyword=0; allowed: more than 0, there is nothing to learn otherwise");
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"keyword={Keyword},speech={Speech},word={Word},run={Run},half={Half},pseudo={Pseudo},mined={Mined},vocabulary={Vocabulary}");
}
