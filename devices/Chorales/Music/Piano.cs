namespace Chorales.Music;

/// <summary>The notes that a model tells apart.</summary>
internal static class Piano
{
    public const int Keys = ChoraleModel.InputSize;

    /// <summary>MIDI number of the lowest key, A0; middle C is 60.</summary>
    public const int LowestNote = 21;

    public const int HighestNote = LowestNote + Keys - 1;

    /// <summary>1 for each key that sounds, 0 for the others.</summary>
    /// <param name="notes">MIDI numbers.</param>
    /// <param name="shift">Semitones to move them by.</param>
    /// <param name="keys">Receives a value per key.</param>
    public static void Press(ReadOnlySpan<int> notes, int shift, Span<float> keys)
    {
        keys.Clear();
        foreach (int note in notes)
        {
            keys[note + shift - LowestNote] = 1;
        }
    }
}
