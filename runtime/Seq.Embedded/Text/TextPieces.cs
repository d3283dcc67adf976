using System.Text;

namespace Seq.Embedded.Text;

/// <summary>Goes through the characters or words of a text without copying them.</summary>
internal ref struct TextPieces(ReadOnlySpan<char> text, VocabularyUnit unit)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>The piece.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Half of a surrogate pair: no character, so it can have no token.</summary>
    public bool IsBroken { get; private set; }

    public bool MoveNext()
    {
        if (unit == VocabularyUnit.Word)
        {
            _rest = _rest.TrimStart();
        }

        if (_rest.IsEmpty)
        {
            return false;
        }

        int length = unit == VocabularyUnit.Word ? WordLength() : CharacterLength();
        Current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private int CharacterLength()
    {
        IsBroken = Rune.DecodeFromUtf16(_rest, out _, out int length) != System.Buffers.OperationStatus.Done;
        return length;
    }

    private int WordLength()
    {
        int length = 0;
        IsBroken = false;
        while (length < _rest.Length && !char.IsWhiteSpace(_rest[length]))
        {
            bool broken = Rune.DecodeFromUtf16(_rest[length..], out _, out int consumed) != System.Buffers.OperationStatus.Done;
            IsBroken |= broken;
            length += consumed;
        }

        return length;
    }
}
