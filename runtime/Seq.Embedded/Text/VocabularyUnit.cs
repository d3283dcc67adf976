namespace Seq.Embedded.Text;

/// <summary>What a token stands for.</summary>
public enum VocabularyUnit
{
    /// <summary>A character: a Unicode scalar value, so that one outside the basic plane is one token too.</summary>
    Character,

    /// <summary>A run of characters that are not white space. White space is not kept: between two words of a decoded text stands a space.</summary>
    Word,
}
