namespace Seq.Embedded.Text;

/// <summary>Which pieces of a text get a token.</summary>
public sealed record VocabularyOptions
{
    /// <summary>Characters (the default) or words.</summary>
    public VocabularyUnit Unit { get; init; }

    /// <summary>How often a piece must occur; 1 or more. Rarer ones are unknown, so with 2 or more a model learns what to expect of unknown pieces.</summary>
    public int LeastCount { get; init; } = 1;

    /// <summary>The most tokens, those for unknown pieces and the end among them; the rarest pieces are left out. Default: no limit.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Whether there is a token for pieces without a token of their own (UNK). Default true.</summary>
    public bool Unknown { get; init; } = true;

    /// <summary>Whether there is a token for the end of a sequence (EOS). Default false.</summary>
    public bool End { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Unit is not (VocabularyUnit.Character or VocabularyUnit.Word))
        {
            throw new ArgumentOutOfRangeException(nameof(Unit), Unit, $"Allowed: {VocabularyUnit.Character}, {VocabularyUnit.Word}.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(LeastCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, (Unknown ? 1 : 0) + (End ? 1 : 0));
    }
}
