using Seq.Embedded.Text;

namespace Seq.Embedded.Tests.Text;

public class VocabularyTests
{
    private const string Clef = "\U0001D11E"; // outside the basic plane: two chars

    [Fact]
    public void FromText_gives_tokens_in_ordinal_order_behind_unknown_and_end()
    {
        Vocabulary vocabulary = Vocabulary.FromText("cab bac", new VocabularyOptions { End = true });

        Assert.Equal([" ", "a", "b", "c"], vocabulary.Pieces);
        Assert.Equal((0, 1, 2, 6), (vocabulary.UnknownToken, vocabulary.EndToken, vocabulary.FirstPiece, vocabulary.Count));
        Assert.Equal([5, 3, 4, 0, 1], vocabulary.Encode("cabx", end: true));
        Assert.Equal("cab\uFFFD", vocabulary.Decode([5, 3, 4, 0, 1]));
    }

    [Theory]
    [InlineData(true, true, 0, 1, 2)]
    [InlineData(true, false, 0, -1, 1)]
    [InlineData(false, true, -1, 0, 1)]
    [InlineData(false, false, -1, -1, 0)]
    public void FromText_special_tokens_can_be_left_out(bool unknown, bool end, int unknownToken, int endToken, int first)
    {
        Vocabulary vocabulary = Vocabulary.FromText("ab", new VocabularyOptions { Unknown = unknown, End = end });

        Assert.Equal((unknownToken, endToken, first, first + 2), (vocabulary.UnknownToken, vocabulary.EndToken, vocabulary.FirstPiece, vocabulary.Count));
        Assert.Equal(first, vocabulary.GetToken("a"));
    }

    [Fact]
    public void FromText_leaves_rare_pieces_out()
    {
        Vocabulary vocabulary = Vocabulary.FromText("aaabbcd", new VocabularyOptions { LeastCount = 2 });

        Assert.Equal(["a", "b"], vocabulary.Pieces);
        Assert.Equal([1, 2, 0, 0], vocabulary.Encode("abcd"));
        Assert.True(vocabulary.Contains("a"));
        Assert.False(vocabulary.Contains("c"));
    }

    [Fact]
    public void FromText_keeps_the_most_frequent_pieces_within_the_limit() =>
        Assert.Equal(["b", "c"], Vocabulary.FromText("abbccd", new VocabularyOptions { MaxTokens = 3 }).Pieces);

    [Fact]
    public void FromText_equally_frequent_pieces_are_kept_in_ordinal_order() =>
        Assert.Equal(["a", "b"], Vocabulary.FromText("dcba", new VocabularyOptions { MaxTokens = 2, Unknown = false }).Pieces);

    [Fact]
    public void FromText_of_words_splits_at_white_space()
    {
        Vocabulary vocabulary = Vocabulary.FromText(" to be,\n or not\tto be ", new VocabularyOptions { Unit = VocabularyUnit.Word });

        Assert.Equal(["be", "be,", "not", "or", "to"], vocabulary.Pieces);
        Assert.Equal([5, 1, 0], vocabulary.Encode("to  be\nquick"));
        Assert.Equal("to be <unk>", vocabulary.Decode([5, 1, 0]));
    }

    [Fact]
    public void FromText_of_characters_takes_a_surrogate_pair_as_one()
    {
        Vocabulary vocabulary = Vocabulary.FromText($"a{Clef}a", new VocabularyOptions());

        Assert.Equal(["a", Clef], vocabulary.Pieces);
        Assert.Equal([1, 2, 1], vocabulary.Encode($"a{Clef}a"));
    }

    [Fact]
    public void FromText_half_of_a_surrogate_pair_is_unknown()
    {
        string broken = $"a{Clef[0]}b";

        Vocabulary vocabulary = Vocabulary.FromText(broken, new VocabularyOptions());

        Assert.Equal(["a", "b"], vocabulary.Pieces);
        Assert.Equal([1, 0, 2], vocabulary.Encode(broken));
        Assert.Empty(Vocabulary.FromText(broken, new VocabularyOptions { Unit = VocabularyUnit.Word }).Pieces);
    }

    [Fact]
    public void FromText_of_nothing_has_no_pieces() => Assert.Equal(1, Vocabulary.FromText("", new VocabularyOptions()).Count);

    [Fact]
    public void Encode_without_an_unknown_token_names_the_piece()
    {
        Vocabulary vocabulary = Vocabulary.FromText("ab", new VocabularyOptions { Unknown = false });

        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => vocabulary.Encode("axb")).Message);
        Assert.Contains("end of a sequence", Assert.Throws<ArgumentException>(() => vocabulary.Encode("ab", end: true)).Message);
    }

    [Fact]
    public void GetPiece_refuses_what_is_no_token()
    {
        Vocabulary vocabulary = Vocabulary.FromText("ab", new VocabularyOptions());

        Assert.Contains("0 to 2", Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.GetPiece(3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Decode([-1]));
    }

    [Fact]
    public void FromText_refuses_options_out_of_their_range() => Assert.All<VocabularyOptions>(
        [new() { LeastCount = 0 }, new() { MaxTokens = 0 }, new() { MaxTokens = 1, End = true }, new() { Unit = (VocabularyUnit)2 }],
        options => Assert.Throws<ArgumentOutOfRangeException>(() => Vocabulary.FromText("a", options)));

    [Theory]
    [InlineData("it's a \"quote\"\n\\ \u00e9 <&> \U0001D11E", VocabularyUnit.Character, true, false)]
    [InlineData("to be, or \"not\" to b\u00e9", VocabularyUnit.Word, false, true)]
    [InlineData("", VocabularyUnit.Word, true, true)]
    public void ToMetadata_comes_back(string text, VocabularyUnit unit, bool unknown, bool end)
    {
        Vocabulary vocabulary = Vocabulary.FromText(text, new VocabularyOptions { Unit = unit, Unknown = unknown, End = end });
        Dictionary<string, string> metadata = vocabulary.ToMetadata();
        metadata["other.key"] = "not looked at";

        Vocabulary read = Vocabulary.FromMetadata(metadata);

        Assert.Equal(vocabulary.Pieces, read.Pieces);
        Assert.Equal((unit, vocabulary.UnknownToken, vocabulary.EndToken), (read.Unit, read.UnknownToken, read.EndToken));
        Assert.Equal(vocabulary.Encode(text), read.Encode(text));
    }

    [Theory]
    [InlineData("vocabulary.unit", null, "missing")]
    [InlineData("vocabulary.unit", "letter", "allowed: character, word")]
    [InlineData("vocabulary.unknown", "yes", "allowed: true, false")]
    [InlineData("vocabulary.pieces", null, "missing")]
    [InlineData("vocabulary.pieces", "a,b", "no JSON array")]
    [InlineData("vocabulary.pieces", "{\"a\":1}", "no JSON array")]
    [InlineData("vocabulary.pieces", "[\"a\",1]", "no JSON array")]
    [InlineData("vocabulary.pieces", "[\"a\"", "no JSON array")]
    [InlineData("vocabulary.pieces", "[\"a\"] x", "no JSON array")]
    [InlineData("vocabulary.pieces", "[\"a\",\"a\"]", "twice")]
    [InlineData("vocabulary.pieces", "[\"ab\"]", "one character each")]
    [InlineData("vocabulary.pieces", "[\"\"]", "one character each")]
    public void FromMetadata_names_what_is_wrong(string key, string? value, string message)
    {
        Dictionary<string, string> metadata = Vocabulary.FromText("ab", new VocabularyOptions()).ToMetadata();
        if (value is null)
        {
            metadata.Remove(key);
        }
        else
        {
            metadata[key] = value;
        }

        string text = Assert.Throws<FormatException>(() => Vocabulary.FromMetadata(metadata)).Message;
        Assert.Contains(key, text);
        Assert.Contains(message, text);
    }
}
