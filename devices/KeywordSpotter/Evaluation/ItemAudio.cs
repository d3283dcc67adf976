namespace KeywordSpotter.Evaluation;

/// <summary>The audio of a replayed stream, so that a moment of it can be named and heard again.</summary>
internal abstract class ItemAudio
{
    /// <summary>Where a moment lies.</summary>
    /// <param name="seconds">From the start of the audio that counts.</param>
    /// <returns>The file (or microphone), and the seconds from its start.</returns>
    public abstract (string Name, double Seconds) Locate(double seconds);

    /// <summary>Mono audio around a moment, at the sample rate of the model, from one file only; empty where it was not kept.</summary>
    /// <param name="seconds">The moment, from the start of the audio that counts.</param>
    /// <param name="before">Seconds before it.</param>
    /// <param name="after">Seconds after it.</param>
    public abstract float[] Read(double seconds, double before, double after);
}
