namespace Shakespeare.Training;

/// <summary>A text cut in three, in the order of the text: to train on, to choose the epoch by, to measure on once.</summary>
internal sealed record TextSplit(ReadOnlyMemory<char> Training, ReadOnlyMemory<char> Validation, ReadOnlyMemory<char> Test)
{
    public static TextSplit Cut(string text, double validation, double test)
    {
        int testStart = text.Length - (int)(test * text.Length);
        int validationStart = testStart - (int)(validation * text.Length);
        ReadOnlyMemory<char> all = text.AsMemory();
        return new TextSplit(all[..validationStart], all[validationStart..testStart], all[testStart..]);
    }
}
