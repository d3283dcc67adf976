using Seq.Embedded.Audio;

namespace SpokenWords.Training;

/// <summary>Everything that shapes a training run.</summary>
internal sealed record WordTrainingOptions
{
    /// <summary>Of the model, in Hz.</summary>
    public int SampleRate { get; init; } = 16_000;

    public FeatureKind Features { get; init; } = FeatureKind.LogMel;

    /// <summary>Length of the window that holds the word, in seconds.</summary>
    public double Seconds { get; init; } = 1.2;

    public int Epochs { get; init; } = 40;

    /// <summary>Batches in an epoch.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Examples in a batch.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Highest learning rate of the one-cycle schedule.</summary>
    public double LearningRate { get; init; } = 4e-3;

    public double WeightDecay { get; init; } = 0.02;

    /// <summary>Part of the target that is shared out evenly among all words: some clips say another word than their folder.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Part of the examples that are taken from the extra clips, when there are any.</summary>
    public double Extra { get; init; } = 0.5;

    /// <summary>Most that speech gets slower or faster without a change of the voice, as a factor.</summary>
    public double Tempo { get; init; } = 1.2;

    /// <summary>Most that the formants move without a change of the pitch, as a factor.</summary>
    public double Warp { get; init; } = 1.1;

    /// <summary>Most by which a random, smooth filter raises or lowers a band, in dB per component: another microphone. Log-mel features only.</summary>
    public double Filter { get; init; } = 6;

    /// <summary>Part of the examples whose clip itself gets noise, which begins and ends with it, as in recordings that are cut to the word.</summary>
    public double ClipNoise { get; init; } = 0.5;

    public int Seed { get; init; }

    public int Threads { get; init; } = Environment.ProcessorCount;

    public AugmentationSettings Augmentation { get; init; } = new() { MaskedBands = 8, MaskedSteps = 12 };

    /// <summary>The front end of the model: 40 bands, a vector every 10 ms; up to 90 % of half of the sample rate, which leaves room for the warp.</summary>
    public FeatureSettings FeatureSettings
    {
        get
        {
            int window = SampleRate * 25 / 1000;
            return new FeatureSettings
            {
                SampleRate = SampleRate,
                WindowSamples = window,
                HopSamples = SampleRate / 100,
                FftSize = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)window),
                HighHz = 0.45 * SampleRate,
                LowHz = 60,
                Kind = Features,
                OutputScale = Features == FeatureKind.Pcen ? 0.7 : 1,
                Stack = 1,
                Stride = 1,
            };
        }
    }
}
