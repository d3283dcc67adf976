using System.Text;

namespace Seq.Embedded.Text;

/// <summary>The tokens of a language model: from characters or words to numbers, and back.</summary>
/// <remarks>
/// Tokens are 0 to <see cref="Count"/> - 1: first the one for unknown pieces (UNK), where there is one, then the one for the end of a sequence (EOS), then the pieces in ordinal
/// order. A model is of use with its own vocabulary only, so they travel in one file: <see cref="ToMetadata"/> and <see cref="FromMetadata"/>. Immutable.
/// </remarks>
public sealed class Vocabulary
{
    /// <summary>The value of a token that does not exist.</summary>
    public const int None = -1;

    private readonly string[] _pieces;
    private readonly Dictionary<string, int> _tokens;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    internal Vocabulary(VocabularyUnit unit, bool unknown, bool end, IEnumerable<string> pieces)
    {
        Unit = unit;
        UnknownToken = unknown ? 0 : None;
        EndToken = end ? UnknownToken + 1 : None;
        FirstPiece = (unknown ? 1 : 0) + (end ? 1 : 0);
        _pieces = [.. pieces];
        _tokens = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < _pieces.Length; i++)
        {
            _tokens.Add(_pieces[i], FirstPiece + i);
        }

        _lookup = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>What a token stands for.</summary>
    public VocabularyUnit Unit { get; }

    /// <summary>Number of tokens.</summary>
    public int Count => FirstPiece + _pieces.Length;

    /// <summary>The token of pieces without one of their own (UNK), or <see cref="None"/>.</summary>
    public int UnknownToken { get; }

    /// <summary>The token of the end of a sequence (EOS), or <see cref="None"/>.</summary>
    public int EndToken { get; }

    /// <summary>The pieces that have a token of their own, in the order of their tokens.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>The token of the first of <see cref="Pieces"/>.</summary>
    public int FirstPiece { get; }

    /// <summary>Gives tokens to the pieces of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Characters or words, and how often they must occur.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Vocabulary FromText(ReadOnlySpan<char> text, VocabularyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        TextPieces pieces = new(text, options.Unit);
        while (pieces.MoveNext())
        {
            if (!pieces.IsBroken)
            {
                lookup.TryGetValue(pieces.Current, out int count);
                lookup[pieces.Current] = count + 1;
            }
        }

        List<string> kept = [];
        foreach ((string piece, int count) in counts)
        {
            if (count >= options.LeastCount)
            {
                kept.Add(piece);
            }
        }

        kept.Sort((a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : string.CompareOrdinal(a, b));
        int most = options.MaxTokens - (options.Unknown ? 1 : 0) - (options.End ? 1 : 0);
        if (kept.Count > most)
        {
            kept.RemoveRange(most, kept.Count - most);
        }

        kept.Sort(string.CompareOrdinal);
        return new Vocabulary(options.Unit, options.Unknown, options.End, kept);
    }

    /// <summary>The vocabulary that <see cref="ToMetadata"/> wrote; keys that do not start with "vocabulary." are not looked at.</summary>
    /// <param name="metadata">The metadata of a model.</param>
    /// <exception cref="FormatException">A key is missing or unreadable, or a piece occurs twice or is no character or word; the message names it.</exception>
    public static Vocabulary FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return VocabularyMetadata.Read(metadata);
    }

    /// <summary>The vocabulary as text, for the metadata of a weight file: keys "vocabulary.unit" and so on.</summary>
    public Dictionary<string, string> ToMetadata() => VocabularyMetadata.Write(this);

    /// <summary>The token of a piece, or the one of unknown pieces. Allocates nothing.</summary>
    /// <param name="piece">A character or a word.</param>
    /// <exception cref="ArgumentException">The piece has no token, and there is none for unknown pieces.</exception>
    public int GetToken(ReadOnlySpan<char> piece) => _lookup.TryGetValue(piece, out int token) ? token
        : UnknownToken != None ? UnknownToken
        : throw new ArgumentException($"'{piece}' has no token, and the vocabulary has none for unknown pieces.", nameof(piece));

    /// <summary>Whether a piece has a token of its own. Allocates nothing.</summary>
    /// <param name="piece">A character or a word.</param>
    public bool Contains(ReadOnlySpan<char> piece) => _lookup.ContainsKey(piece);

    /// <summary>The piece of a token: U+FFFD or <c>&lt;unk&gt;</c> for an unknown character or word, nothing for the end. Allocates nothing.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string GetPiece(int token)
    {
        if (unchecked((uint)token) >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(token), token, $"The token must be 0 to {Count - 1}.");
        }

        return token >= FirstPiece ? _pieces[token - FirstPiece]
            : token == EndToken ? ""
            : Unit == VocabularyUnit.Character ? "\uFFFD" : "<unk>";
    }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">Whether the token of the end follows.</param>
    /// <exception cref="ArgumentException">A piece has no token, and there is none for unknown pieces; or there is none for the end.</exception>
    public int[] Encode(ReadOnlySpan<char> text, bool end = false)
    {
        if (end && EndToken == None)
        {
            throw new ArgumentException("The vocabulary has no token for the end of a sequence.", nameof(end));
        }

        List<int> tokens = new(Unit == VocabularyUnit.Character ? text.Length + 1 : (text.Length / 5) + 1);
        TextPieces pieces = new(text, Unit);
        while (pieces.MoveNext())
        {
            tokens.Add(GetToken(pieces.Current));
        }

        if (end)
        {
            tokens.Add(EndToken);
        }

        return [.. tokens];
    }

    /// <summary>The text of tokens: characters one after the other, words with a space between them.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        StringBuilder text = new();
        foreach (int token in tokens)
        {
            string piece = GetPiece(token);
            if (Unit == VocabularyUnit.Word && text.Length > 0 && piece.Length > 0)
            {
                text.Append(' ');
            }

            text.Append(piece);
        }

        return text.ToString();
    }
}
