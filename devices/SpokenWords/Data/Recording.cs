
namespace SpokenWords.Data;

/// <summary>A clip of one word.</summary>
/// <param name="Clip">Its audio.</param>
/// <param name="Word">Which word is spoken: an index into the words of the set.</param>
/// <param name="Speaker">Who speaks, as the name of the file says.</param>
internal sealed record Recording(Clip Clip, int Word, string Speaker);
