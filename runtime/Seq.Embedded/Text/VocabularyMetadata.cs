using System.Text;
using System.Text.Json;

namespace Seq.Embedded.Text;

/// <summary>A vocabulary as texts in the metadata of a weight file.</summary>
internal static class VocabularyMetadata
{
    private const string UnitKey = "vocabulary.unit";
    private const string UnknownKey = "vocabulary.unknown";
    private const string EndKey = "vocabulary.end";
    private const string PiecesKey = "vocabulary.pieces";
    private const string Characters = "character";
    private const string Words = "word";

    internal static Dictionary<string, string> Write(Vocabulary vocabulary) => new()
    {
        [UnitKey] = vocabulary.Unit == VocabularyUnit.Character ? Characters : Words,
        [UnknownKey] = Format(vocabulary.UnknownToken != Vocabulary.None),
        [EndKey] = Format(vocabulary.EndToken != Vocabulary.None),
        [PiecesKey] = "[" + string.Join(",", vocabulary.Pieces.Select(piece => $"\"{JsonEncodedText.Encode(piece)}\"")) + "]",
    };

    internal static Vocabulary Read(IReadOnlyDictionary<string, string> metadata)
    {
        VocabularyUnit unit = Get(metadata, UnitKey) switch
        {
            Characters => VocabularyUnit.Character,
            Words => VocabularyUnit.Word,
            string other => throw Wrong(UnitKey, other, $"{Characters}, {Words}"),
        };
        bool unknown = ReadFlag(metadata, UnknownKey), end = ReadFlag(metadata, EndKey);
        return new Vocabulary(unit, unknown, end, ReadPieces(Get(metadata, PiecesKey), unit));
    }

    private static List<string> ReadPieces(string text, VocabularyUnit unit)
    {
        List<string> pieces = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        bool isList;
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text));
            reader.Read();
            isList = reader.TokenType == JsonTokenType.StartArray;
            while (isList && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                pieces.Add(reader.GetString() ?? "");
            }

            isList &= !reader.Read(); // anything but white space behind the list makes the reader throw
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            isList = false;
        }

        if (!isList)
        {
            throw new FormatException($"'{PiecesKey}' is no JSON array of strings.");
        }

        foreach (string piece in pieces)
        {
            TextPieces parts = new(piece, unit);
            if (!parts.MoveNext() || parts.IsBroken || parts.Current.Length != piece.Length)
            {
                throw new FormatException($"'{PiecesKey}' has '{piece}'; allowed: one {(unit == VocabularyUnit.Character ? Characters : Words)} each.");
            }

            if (!seen.Add(piece))
            {
                throw new FormatException($"'{PiecesKey}' has '{piece}' twice.");
            }
        }

        return pieces;
    }

    private static bool ReadFlag(IReadOnlyDictionary<string, string> metadata, string key) => Get(metadata, key) switch
    {
        "true" => true,
        "false" => false,
        string other => throw Wrong(key, other, "true, false"),
    };

    private static string Get(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? value) ? value : throw new FormatException($"'{key}' is missing.");

    private static string Format(bool flag) => flag ? "true" : "false";

    private static FormatException Wrong(string key, string value, string allowed) => new($"'{key}' is '{value}'; allowed: {allowed}.");
}
