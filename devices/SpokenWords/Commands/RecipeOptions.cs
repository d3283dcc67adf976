using System.Globalization;
using Devices.Usage;
using Seq.Embedded.Audio;
using SpokenWords.Training;

namespace SpokenWords.Commands;

/// <summary>The options of <c>words train</c> that shape the recipe.</summary>
internal sealed class RecipeOptions
{
    private static readonly WordTrainingOptions s_presets = new();

    private readonly Option _rate = Option.Whole("--rate", "Sample rate of the model in Hz; files of another rate are resampled.", 8_000, 48_000, s_presets.SampleRate);
    private readonly Option _features = Option.Text("--features", "kind", "logmel or pcen [logmel].");
    private readonly Option _seconds = Option.Number("--seconds", "Length of the window that holds the word, in seconds.", WordLimits.ShortestSeconds, WordLimits.LongestSeconds, s_presets.Seconds);
    private readonly Option _epochs = Option.Whole("--epochs", "Epochs; the learning rate rises and falls once over all of them.", 1, 1_000_000, s_presets.Epochs);
    private readonly Option _steps = Option.Whole("--steps", "Batches in an epoch.", 1, 1_000_000, s_presets.Steps);
    private readonly Option _batch = Option.Whole("--batch", "Examples in a batch.", 1, 4096, s_presets.Batch);
    private readonly Option _learningRate = Option.Number("--learning-rate", "Highest learning rate.", 1e-6, 1.0, s_presets.LearningRate);
    private readonly Option _weightDecay = Option.Number("--weight-decay", "Decoupled weight decay.", 0.0, 1.0, s_presets.WeightDecay);
    private readonly Option _smoothing = Option.Number("--label-smoothing", "Part of the target that is shared out among all words.", 0.0, 0.5, s_presets.LabelSmoothing);
    private readonly Option _extra = Option.Number("--extra-part", "Part of the examples that are taken from the extra clips, when there are any.", 0, 1, s_presets.Extra);
    private readonly Option _seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option _threads = SharedOptions.Threads("Threads; the result does not depend on it.");
    private readonly Option _slowest = Option.Number("--speed-min", "Slowest speed, and lowest voice, of an example.", 0.5, 1.0, s_presets.Augmentation.SlowestSpeed);
    private readonly Option _fastest = Option.Number("--speed-max", "Fastest speed, and highest voice, of an example.", 1.0, 2.0, s_presets.Augmentation.FastestSpeed);
    private readonly Option _tempo = Option.Number("--tempo", "Most that an example is slower or faster with the same voice, as a factor.", 1.0, 2.0, s_presets.Tempo);
    private readonly Option _warp = Option.Number("--warp", "Most that the formants of an example are moved, as a factor.", 1.0, 1.5, s_presets.Warp);
    private readonly Option _filter = Option.Number("--filter", "Most by which a smooth random filter changes the level of bands, in dB per component.", 0, 30, s_presets.Filter);
    private readonly Option _clipNoise = Option.Number("--clip-noise", "Part of the examples whose clip itself gets noise, which begins and ends with it.", 0.0, 1.0, s_presets.ClipNoise);
    private readonly Option _reverberation = Option.Number("--reverb", "Part of the examples that get synthetic reverberation.", 0.0, 1.0, s_presets.Augmentation.Reverberation);
    private readonly Option _snrMinimum = Option.Number("--snr-min", "Lowest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.LowestSnr);
    private readonly Option _snrMaximum = Option.Number("--snr-max", "Highest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.HighestSnr);
    private readonly Option _clean = Option.Number("--clean", "Part of the examples without added noise.", 0.0, 1.0, s_presets.Augmentation.Clean);
    private readonly Option _maskedBands = Option.Whole("--masked-bands", "The most bands that are blanked.", 1, 20, s_presets.Augmentation.MaskedBands);
    private readonly Option _maskedSteps = Option.Whole("--masked-steps", "The most steps of 10 ms that are blanked.", 1, 100, s_presets.Augmentation.MaskedSteps);
    private readonly Option _masks = Option.Number("--masks", "Part of the examples in which some bands, and some time, are blanked.", 0.0, 1.0, s_presets.Augmentation.Masks);

    public Option[] All =>
    [
        _rate, _features, _seconds, _epochs, _steps, _batch, _learningRate, _weightDecay, _smoothing, _extra, _seed, _threads,
        _slowest, _fastest, _tempo, _warp, _filter, _reverberation, _snrMinimum, _snrMaximum, _clean, _clipNoise, _masks, _maskedBands, _maskedSteps,
    ];

    /// <exception cref="UsageException">Options contradict each other.</exception>
    public WordTrainingOptions Read(Arguments arguments)
    {
        var options = new WordTrainingOptions
        {
            SampleRate = arguments.Whole(_rate),
            Features = (arguments.Text(_features) ?? "logmel") switch
            {
                "logmel" => FeatureKind.LogMel,
                "pcen" => FeatureKind.Pcen,
                var other => throw new UsageException($"--features is '{other}'; allowed: logmel, pcen"),
            },
            Seconds = arguments.Number(_seconds),
            Epochs = arguments.Whole(_epochs),
            Steps = arguments.Whole(_steps),
            Batch = arguments.Whole(_batch),
            LearningRate = arguments.Number(_learningRate),
            WeightDecay = arguments.Number(_weightDecay),
            LabelSmoothing = arguments.Number(_smoothing),
            Extra = arguments.Number(_extra),
            Seed = arguments.Whole(_seed),
            Threads = arguments.Whole(_threads),
            Tempo = arguments.Number(_tempo),
            Warp = arguments.Number(_warp),
            Filter = arguments.Number(_filter),
            ClipNoise = arguments.Number(_clipNoise),
            Augmentation = s_presets.Augmentation with
            {
                SlowestSpeed = arguments.Number(_slowest),
                FastestSpeed = arguments.Number(_fastest),
                Reverberation = arguments.Number(_reverberation),
                LowestSnr = arguments.Number(_snrMinimum),
                HighestSnr = arguments.Number(_snrMaximum),
                Clean = arguments.Number(_clean),
                Masks = arguments.Number(_masks),
                MaskedBands = arguments.Whole(_maskedBands),
                MaskedSteps = arguments.Whole(_maskedSteps),
            },
        };
        RecipeCheck.Check(options.Augmentation, options.Epochs, options.Steps);
        return options;
    }

    /// <summary>The recipe in one line, to be stored with the model: all options but --threads, which changes nothing.</summary>
    public static string Describe(WordTrainingOptions options)
    {
        AugmentationSettings augmentation = options.Augmentation;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"--rate {options.SampleRate} --features {(options.Features == FeatureKind.Pcen ? "pcen" : "logmel")} --seconds {options.Seconds} --epochs {options.Epochs} --steps {options.Steps} "
            + $"--batch {options.Batch} --learning-rate {options.LearningRate} --weight-decay {options.WeightDecay} --label-smoothing {options.LabelSmoothing} --extra-part {options.Extra} --seed {options.Seed} "
            + $"--speed-min {augmentation.SlowestSpeed} --speed-max {augmentation.FastestSpeed} --tempo {options.Tempo} --warp {options.Warp} --filter {options.Filter} --reverb {augmentation.Reverberation} "
            + $"--snr-min {augmentation.LowestSnr} --snr-max {augmentation.HighestSnr} --clean {augmentation.Clean} --clip-noise {options.ClipNoise} --masks {augmentation.Masks} --masked-bands {augmentation.MaskedBands} --masked-steps {augmentation.MaskedSteps}");
    }
}
