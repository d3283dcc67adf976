namespace KeywordSpotter.Training;

/// <summary>What a training example is made from; see <see cref="Mixture"/>.</summary>
internal enum ExampleKind
{
    Keyword,
    Speech,
    Word,
    Run,
    Half,
    Pseudo,
    Mined,
    Vocabulary,
}
