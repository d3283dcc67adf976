namespace Shakespeare.Training;

/// <summary>A text cut in three.</summary>
/// <param name="Validation">The beginning of the text: to choose the epoch by.</param>
/// <param name="Training">What follows, up to the test part: to learn from.</param>
/// <param name="Test">The end of the text: to measure on once.</param>
internal sealed record TextSplit(ReadOnlyMemory<char> Validation, ReadOnlyMemory<char> Training, ReadOnlyMemory<char> Test)
{
    public static TextSplit Cut(string text, double validation, double test)
    {
        int trainingStart = (int)(validation * text.Length);
        int testStart = text.Length - (int)(test * text.Length);
        ReadOnlyMemory<char> all = text.AsMemory();
        return new TextSplit(all[..trainingStart], all[trainingStart..testStart], all[testStart..]);
    }
}
