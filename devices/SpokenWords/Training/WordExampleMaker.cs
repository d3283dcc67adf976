using Seq.Embedded.Audio;
using SpokenWords.Data;

namespace SpokenWords.Training;

/// <summary>Prepares examples: drawn, varied, turned into features. One per thread; an example depends on seed, epoch and index only.</summary>
internal sealed class WordExampleMaker
{
    private readonly Recording[][] _recordings; // by word
    private readonly Recording[][] _extra;      // by word
    private readonly WordTrainingOptions _options;
    private readonly FeatureSettings _features;
    private readonly Augmenter _augmenter;
    private readonly VoiceVariation _voices;
    private readonly RandomFilter _filter;
    private readonly float[] _audio;
    private float[] _source = [];

    /// <param name="words">How many words there are.</param>
    /// <param name="recordings">To train on; at least one of each word.</param>
    /// <param name="extra">More of them, such as synthetic speech; may be empty.</param>
    /// <param name="noise">Noise to mix in; may be empty.</param>
    /// <param name="options">The recipe.</param>
    public WordExampleMaker(int words, Recording[] recordings, Recording[] extra, Clip[] noise, WordTrainingOptions options)
    {
        _options = options;
        _features = options.FeatureSettings;
        _recordings = ByWord(words, recordings);
        _extra = ByWord(words, extra);
        _audio = new float[WordFrontEnd.SamplesOf(_features, options.Seconds)];
        _augmenter = new Augmenter(options.Augmentation, noise, _features, _audio.Length);
        _voices = new VoiceVariation(_features, options.Tempo, options.Warp);
        _filter = new RandomFilter(_features.Bands, options.Filter);
        MaxSteps = _voices.MaxCount(_audio.Length);
    }

    /// <summary>The most feature vectors that an example has.</summary>
    public int MaxSteps { get; }

    public void Make(int epoch, int index, Example example)
    {
        Draws draws = Draws.For((ulong)_options.Seed, (ulong)epoch, (ulong)index);
        int word = draws.Below(_recordings.Length);
        Recording[] choice = _extra[word].Length > 0 && draws.Chance(_options.Extra) ? _extra[word] : _recordings[word];
        Clip clip = choice[draws.Below(choice.Length)].Clip;
        if (_source.Length < clip.Samples.Length)
        {
            _source = new float[clip.Samples.Length];
        }

        Span<float> source = _source.AsSpan(0, clip.Samples.Length);
        WordFrontEnd.Copy(clip, 0, source, _features.SampleRate);
        if (draws.Chance(_options.ClipNoise))
        {
            _augmenter.AddNoise(ref draws, source);
        }

        _augmenter.Apply(ref draws, source, clip.Shape.SpeechStart, clip.Shape.SpeechEnd, _audio);
        FeatureExtractor extractor = _voices.Draw(ref draws);
        example.Label = word;
        example.Steps = extractor.ExtractAll(_audio, example.Features);
        Span<float> values = example.Features.AsSpan(0, example.Steps * _features.FeatureCount);
        if (_features.Kind == FeatureKind.LogMel)
        {
            _filter.Apply(ref draws, values);
        }

        WordFrontEnd.Normalise(_features, values);
        _augmenter.Mask(ref draws, values);
    }

    private static Recording[][] ByWord(int words, Recording[] recordings)
    {
        var byWord = new Recording[words][];
        for (int word = 0; word < words; word++)
        {
            byWord[word] = Array.FindAll(recordings, recording => recording.Word == word);
        }

        return byWord;
    }
}
