using Seq.Embedded.Decoding;
using Seq.Embedded.Text;
using Seq.Embedded.Weights;

namespace Shakespeare;

/// <summary>A network together with its vocabulary.</summary>
internal sealed record LanguageModel(string Name, INetwork Network, Vocabulary Vocabulary)
{
    private const string BundledResource = "shakespeare.safetensors";
    private const string SpecKey = "seq.spec";
    private const string LineBreak = "\n";

    /// <summary>The token before the first one of a text: a text begins a line.</summary>
    public int StartToken => Vocabulary.GetToken(LineBreak);

    /// <summary>Loads a weight file, or the bundled model when <paramref name="path"/> is null.</summary>
    /// <exception cref="InputException">The file is missing or is no language model of characters.</exception>
    /// <exception cref="WeightFileException">The file is damaged or does not fit the network.</exception>
    public static LanguageModel Load(string? path)
    {
        SafeTensorsFile file = ModelFile.Read(path, BundledResource);
        Vocabulary vocabulary;
        try
        {
            vocabulary = Vocabulary.FromMetadata(file.Metadata);
        }
        catch (FormatException exception)
        {
            throw new InputException($"{file.Name}: no language model: {exception.Message}");
        }

        if (vocabulary.Unit != VocabularyUnit.Character || vocabulary.UnknownToken == Vocabulary.None || vocabulary.Count > NetworkSize.Tokens)
        {
            throw new InputException(
                $"{file.Name}: its vocabulary has {vocabulary.Count} tokens of the unit {vocabulary.Unit}; "
                + $"allowed: {NetworkSize.Tokens} or fewer of the unit {VocabularyUnit.Character}, one of them for unknown ones");
        }

        bool large = file.Metadata.TryGetValue(SpecKey, out string? spec) && spec == LargeModel.Spec;
        return new LanguageModel(file.Name, large ? LargeModel.Load(file) : SmallModel.Load(file), vocabulary);
    }

    /// <summary>Saves network and vocabulary in one file, atomically.</summary>
    public void Save(string path, Dictionary<string, string> notes)
    {
        foreach ((string key, string value) in Vocabulary.ToMetadata())
        {
            notes[key] = value;
        }

        Network.Save(path, notes);
    }

    /// <summary>Reads a text from its beginning.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled.</exception>
    public TextScorer Score(ReadOnlySpan<char> text, CancellationToken stop)
    {
        const int part = 1 << 12;
        var scorer = new TextScorer(Network.CreateDecoder(), Vocabulary, StartToken);
        while (!text.IsEmpty)
        {
            stop.ThrowIfCancellationRequested();
            int length = Math.Min(part, text.Length);
            length -= length < text.Length && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
            scorer.Add(text[..length]);
            text = text[length..];
        }

        return scorer;
    }
}
