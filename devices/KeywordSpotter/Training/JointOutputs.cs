namespace KeywordSpotter.Training;

/// <summary>The outputs of a <see cref="JointModel"/>: background and keywords, then blank and phonemes, then no word and the words of the vocabulary.</summary>
/// <param name="Labels">Names of all outputs, of the second and third group with a prefix.</param>
/// <param name="Keywords">Outputs of the first group (K).</param>
/// <param name="Phonemes">Outputs of the second group (P); 0 for none.</param>
/// <param name="Words">Outputs of the third group (W); 0 for none.</param>
internal sealed record JointOutputs(string[] Labels, int Keywords, int Phonemes, int Words)
{
    public const string PhonemePrefix = "phoneme:";
    public const string WordPrefix = "word:";

    /// <summary>The outputs for the data of a run.</summary>
    public static JointOutputs Of(Data.TrainingData data)
    {
        string[] keywords = [Spotting.SpotterModel.BackgroundLabel, .. data.Keywords];
        string[] phonemes = data.Phonemes.Names.Count > 0 ? [PhonemePrefix, .. data.Phonemes.Names.Select(name => PhonemePrefix + name)] : [];
        string[] words = data.Vocabulary.Words.Count > 0 ? [WordPrefix, .. data.Vocabulary.Words.Select(name => WordPrefix + name)] : [];
        return new JointOutputs([.. keywords, .. phonemes, .. words], keywords.Length, phonemes.Length, words.Length);
    }

    /// <summary>All outputs.</summary>
    public int Count => Keywords + Phonemes + Words;
}
