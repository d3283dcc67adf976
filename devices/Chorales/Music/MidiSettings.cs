namespace Chorales.Music;

/// <summary>How a chorale sounds.</summary>
internal sealed record MidiSettings
{
    /// <summary>Time steps (quarter notes) per minute, 4 to 1000.</summary>
    public int Tempo { get; init; } = 90;

    /// <summary>Instrument of General MIDI, 0 to 127; 19 is a church organ.</summary>
    public int Program { get; init; } = 19;

    /// <summary>How hard a key is pressed, 1 to 127.</summary>
    public int Velocity { get; init; } = 80;
}
