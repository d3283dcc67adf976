using System.CommandLine;
using System.Globalization;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>The options of <c>kws train</c> that shape the recipe.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainingOptions s_presets = new();

    private readonly Option<int> _epochs = Options.Number("--epochs", "Epochs; the learning rate rises and falls once over all of them.", 1, 1_000_000, s_presets.Epochs);
    private readonly Option<int> _steps = Options.Number("--steps", "Batches in an epoch.", 1, 1_000_000, s_presets.Steps);
    private readonly Option<int> _batch = Options.Number("--batch", "Examples in a batch.", 1, 4096, s_presets.Batch);
    private readonly Option<double> _seconds = Options.Number("--seconds", "Length of an example in seconds.", 1.0, 30.0, s_presets.Seconds);
    private readonly Option<double> _learningRate = Options.Number("--learning-rate", "Highest learning rate.", 1e-6, 1.0, s_presets.LearningRate);
    private readonly Option<double> _weightDecay = Options.Number("--weight-decay", "Decoupled weight decay.", 0.0, 1.0, s_presets.WeightDecay);
    private readonly Option<double> _clip = Options.Number("--clip", "Largest norm of a gradient.", 1e-3, 1e6, s_presets.ClipNorm);
    private readonly Option<double> _negative = Options.Number("--negative-weight", "Weight of a false accept against a miss in the loss.", 0.01, 100.0, s_presets.NegativeWeight);
    private readonly Option<int> _seed = Options.Number("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option<int> _threads = Options.Number("--threads", "Threads.", 1, 256, s_presets.Threads);
    private readonly Option<double> _validation = Options.Number("--validation", "Part of the clips that is held back to choose epoch and threshold.", 0.0, 0.5, s_presets.Validation);
    private readonly Option<int> _mine = Options.Number("--mine", "Epochs between searches for hard negatives in the background; 0 for none.", 0, 1_000_000, s_presets.MineEvery);
    private readonly Option<double> _mineMinutes = Options.Number("--mine-minutes", "Minutes of background that a search listens to.", 0.1, 10_000.0, s_presets.MineMinutes);
    private readonly Option<double> _slowest = Options.Number("--speed-min", "Slowest speed of an example.", 0.5, 1.0, s_presets.Augmentation.SlowestSpeed);
    private readonly Option<double> _fastest = Options.Number("--speed-max", "Fastest speed of an example.", 1.0, 2.0, s_presets.Augmentation.FastestSpeed);
    private readonly Option<double> _reverberation = Options.Number("--reverb", "Part of the examples that get synthetic reverberation.", 0.0, 1.0, s_presets.Augmentation.Reverberation);
    private readonly Option<double> _snrMinimum = Options.Number("--snr-min", "Lowest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.LowestSnr);
    private readonly Option<double> _snrMaximum = Options.Number("--snr-max", "Highest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.HighestSnr);
    private readonly Option<double> _context = Options.Number("--context", "Part of the keyword examples that follow directly on other speech.", 0.0, 1.0, s_presets.Augmentation.Context);
    private readonly Option<double> _masks = Options.Number("--masks", "Part of the examples in which some bands, and some time, are blanked.", 0.0, 1.0, s_presets.Augmentation.Masks);
    private readonly Option<bool> _noAugment = new("--no-augment") { Description = "No variation of speed, room, noise and masks: for comparisons." };
    private readonly Option<string?> _mix = new("--mix")
    {
        Description = $"How often each kind of example is drawn; the default is {new Mixture()}.",
        HelpName = "kind=weight,...",
    };

    public IEnumerable<Option> All =>
    [
        _epochs, _steps, _batch, _seconds, _learningRate, _weightDecay, _clip, _negative, _seed, _threads, _validation, _mine, _mineMinutes,
        _slowest, _fastest, _reverberation, _snrMinimum, _snrMaximum, _context, _masks, _noAugment, _mix,
    ];

    /// <exception cref="UsageException">Options contradict each other.</exception>
    public TrainingOptions Read(ParseResult parsed)
    {
        var options = new TrainingOptions
        {
            Epochs = parsed.GetValue(_epochs),
            Steps = parsed.GetValue(_steps),
            Batch = parsed.GetValue(_batch),
            Seconds = parsed.GetValue(_seconds),
            LearningRate = parsed.GetValue(_learningRate),
            WeightDecay = parsed.GetValue(_weightDecay),
            ClipNorm = parsed.GetValue(_clip),
            NegativeWeight = parsed.GetValue(_negative),
            Seed = parsed.GetValue(_seed),
            Threads = parsed.GetValue(_threads),
            Validation = parsed.GetValue(_validation),
            MineEvery = parsed.GetValue(_mine),
            MineMinutes = parsed.GetValue(_mineMinutes),
            Mixture = parsed.GetValue(_mix) is { } mix ? Mixture.Parse(mix) : new Mixture(),
            Augmentation = parsed.GetValue(_noAugment) ? AugmentationSettings.None : new AugmentationSettings
            {
                SlowestSpeed = parsed.GetValue(_slowest),
                FastestSpeed = parsed.GetValue(_fastest),
                Reverberation = parsed.GetValue(_reverberation),
                LowestSnr = parsed.GetValue(_snrMinimum),
                HighestSnr = parsed.GetValue(_snrMaximum),
                Context = parsed.GetValue(_context),
                Masks = parsed.GetValue(_masks),
            },
        };
        if (options.Augmentation.LowestSnr > options.Augmentation.HighestSnr)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"--snr-min is {options.Augmentation.LowestSnr}; allowed: at most --snr-max, {options.Augmentation.HighestSnr}"));
        }

        if ((long)options.Epochs * options.Steps > int.MaxValue)
        {
            throw new UsageException($"--epochs times --steps is {(long)options.Epochs * options.Steps}; allowed: at most {int.MaxValue}");
        }

        return options;
    }

    /// <summary>The recipe in one line, to be stored with the model.</summary>
    public static string Describe(TrainingOptions options)
    {
        AugmentationSettings augmentation = options.Augmentation;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"--epochs {options.Epochs} --steps {options.Steps} --batch {options.Batch} --seconds {options.Seconds} --learning-rate {options.LearningRate} --weight-decay {options.WeightDecay} --clip {options.ClipNorm} --negative-weight {options.NegativeWeight} --seed {options.Seed} --validation {options.Validation} --mine {options.MineEvery} --mine-minutes {options.MineMinutes} --speed-min {augmentation.SlowestSpeed} --speed-max {augmentation.FastestSpeed} --reverb {augmentation.Reverberation} --snr-min {augmentation.LowestSnr} --snr-max {augmentation.HighestSnr} --context {augmentation.Context} --masks {augmentation.Masks} --mix {options.Mixture}");
    }
}
