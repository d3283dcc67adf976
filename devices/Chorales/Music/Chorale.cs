namespace Chorales.Music;

/// <summary>A piece: for each time step, a quarter note, the MIDI numbers of the notes that sound, from low to high; none in a rest.</summary>
internal sealed class Chorale
{
    private readonly int[][] _steps;

    public Chorale(int[][] steps)
    {
        _steps = steps;
        (LowestNote, HighestNote) = (Piano.HighestNote, Piano.LowestNote);
        foreach (int[] step in steps)
        {
            foreach (int note in step)
            {
                LowestNote = Math.Min(LowestNote, note);
                HighestNote = Math.Max(HighestNote, note);
            }
        }
    }

    public int Length => _steps.Length;

    public int LowestNote { get; }

    public int HighestNote { get; }

    public ReadOnlySpan<int> this[int step] => _steps[step];

    /// <summary>What a model reads and what it is to foretell: (Length, 88) each; before the first time step no note sounds.</summary>
    public void CopyTo(int shift, Span<float> inputs, Span<float> targets)
    {
        for (int step = 0; step < Length; step++)
        {
            Piano.Press(_steps[step], shift, targets.Slice(step * Piano.Keys, Piano.Keys));
        }

        inputs[..Piano.Keys].Clear();
        targets[..((Length - 1) * Piano.Keys)].CopyTo(inputs[Piano.Keys..]);
    }
}
