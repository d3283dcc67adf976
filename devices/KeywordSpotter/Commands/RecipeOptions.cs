using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>The options of <c>kws train</c> that shape the recipe.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainingOptions s_presets = new();

    private readonly Option _epochs = Option.Whole("--epochs", "Epochs; the learning rate rises and falls once over all of them.", 1, 1_000_000, s_presets.Epochs);
    private readonly Option _steps = Option.Whole("--steps", "Batches in an epoch.", 1, 1_000_000, s_presets.Steps);
    private readonly Option _batch = Option.Whole("--batch", "Examples in a batch.", 1, 4096, s_presets.Batch);
    private readonly Option _seconds = Option.Number("--seconds", "Length of an example in seconds.", 1.0, 30.0, s_presets.Seconds);
    private readonly Option _learningRate = Option.Number("--learning-rate", "Highest learning rate.", 1e-6, 1.0, s_presets.LearningRate);
    private readonly Option _weightDecay = Option.Number("--weight-decay", "Decoupled weight decay.", 0.0, 1.0, s_presets.WeightDecay);
    private readonly Option _clip = Option.Number("--clip", "Largest norm of a gradient.", 1e-3, 1e6, s_presets.ClipNorm);
    private readonly Option _negative = Option.Number("--negative-weight", "Weight of a false accept against a miss in the loss.", 0.01, 100.0, s_presets.NegativeWeight);
    private readonly Option _seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option _activations = Option.Whole(
        "--activation-steps", "Steps of 20 ms whose activations are in memory at a time; others are computed again. Less memory, more time; 0 for all.", 0, 1_000_000, s_presets.ActivationSteps);
    private readonly Option _threads = SharedOptions.Threads("Threads; the result does not depend on it.");
    private readonly Option _validation = Option.Number("--validation", "Part of the clips that is held back to choose epoch and threshold.", 0.0, 0.5, s_presets.Validation);
    private readonly Option _mine = Option.Whole("--mine", "Epochs between searches for hard negatives in the background; 0 for none.", 0, 1_000_000, s_presets.MineEvery);
    private readonly Option _mineMinutes = Option.Number("--mine-minutes", "Minutes of background that a search listens to.", 0.1, 10_000.0, s_presets.MineMinutes);
    private readonly Option _slowest = Option.Number("--speed-min", "Slowest speed of an example.", 0.5, 1.0, s_presets.Augmentation.SlowestSpeed);
    private readonly Option _fastest = Option.Number("--speed-max", "Fastest speed of an example.", 1.0, 2.0, s_presets.Augmentation.FastestSpeed);
    private readonly Option _reverberation = Option.Number("--reverb", "Part of the examples that get synthetic reverberation.", 0.0, 1.0, s_presets.Augmentation.Reverberation);
    private readonly Option _snrMinimum = Option.Number("--snr-min", "Lowest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.LowestSnr);
    private readonly Option _snrMaximum = Option.Number("--snr-max", "Highest signal-to-noise ratio in dB.", -20.0, 100.0, s_presets.Augmentation.HighestSnr);
    private readonly Option _clean = Option.Number("--clean", "Part of the examples without added noise.", 0.0, 1.0, s_presets.Augmentation.Clean);
    private readonly Option _context = Option.Number("--context", "Part of the keyword examples that follow directly on other speech.", 0.0, 1.0, s_presets.Augmentation.Context);
    private readonly Option _masks = Option.Number("--masks", "Part of the examples in which some bands, and some time, are blanked.", 0.0, 1.0, s_presets.Augmentation.Masks);
    private readonly Option _babble = Option.Number("--babble", "Part of the noisy examples whose noise is two to six people talking at once, taken from the running background.", 0.0, 1.0, s_presets.Augmentation.Babble);
    private readonly Option _household = Option.Number("--household", "Part of the other noisy examples whose noise is made up: hum, hiss that swells, tones like music, clatter.", 0.0, 1.0, s_presets.Augmentation.Household);
    private readonly Option _tract = Option.Number("--tract", "The most that another vocal tract moves the formants, as a factor up and down: women and children; 1 for none.", 1.0, 1.5, s_presets.Augmentation.Tract);
    private readonly Option _response = Option.Number("--response", "Most by which a random microphone raises or lowers what lies around three frequencies, in dB.", 0.0, 40.0, s_presets.Augmentation.Response);
    private readonly Option _telephone = Option.Number("--telephone", "Part of the examples that are limited to 300-3400 Hz, half of them also to 8 bits of mu-law.", 0.0, 1.0, s_presets.Augmentation.Telephone);
    private readonly Option _clipping = Option.Number("--clipping", "Part of the examples that are clipped, 3 to 18 dB below their peak.", 0.0, 1.0, s_presets.Augmentation.Clipping);
    private readonly Option _phonemeWeight = Option.Number("--phoneme-weight", "Weight of the loss of a phoneme, with --phonemes.", 0.0, 100.0, s_presets.PhonemeWeight);
    private readonly Option _vocabularyWeight = Option.Number("--vocabulary-weight", "Weight of the loss of the words of --vocabulary.", 0.0, 100.0, s_presets.VocabularyWeight);
    private readonly Option _noAugment = Option.Switch("--no-augment", "No variation of speed, room, noise, context and masks: for comparisons.");
    private readonly Option _mix = Option.Text(
        "--mix", "kind=weight,...", $"How often each kind of example is drawn; the default is {new Mixture()}.");

    /// <summary>What --no-augment sets.</summary>
    private Option[] Variation => [_slowest, _fastest, _reverberation, _snrMinimum, _snrMaximum, _clean, _context, _masks, _babble, _household, _tract, _response, _telephone, _clipping];

    public Option[] All =>
    [
        _epochs, _steps, _batch, _seconds, _learningRate, _weightDecay, _clip, _negative, _activations, _seed, _threads, _validation, _mine, _mineMinutes,
        .. Variation, _phonemeWeight, _vocabularyWeight, _noAugment, _mix,
    ];

    /// <exception cref="UsageException">Options contradict each other.</exception>
    public TrainingOptions Read(Arguments arguments)
    {
        if (arguments.Has(_noAugment) && Array.Find(Variation, arguments.Has) is { } given)
        {
            throw new UsageException($"--no-augment and {given.Name} contradict each other; allowed: one of them");
        }

        var options = new TrainingOptions
        {
            Epochs = arguments.Whole(_epochs),
            Steps = arguments.Whole(_steps),
            Batch = arguments.Whole(_batch),
            Seconds = arguments.Number(_seconds),
            LearningRate = arguments.Number(_learningRate),
            WeightDecay = arguments.Number(_weightDecay),
            ClipNorm = arguments.Number(_clip),
            NegativeWeight = arguments.Number(_negative),
            ActivationSteps = arguments.Whole(_activations),
            Seed = arguments.Whole(_seed),
            Threads = arguments.Whole(_threads),
            Validation = arguments.Number(_validation),
            MineEvery = arguments.Whole(_mine),
            MineMinutes = arguments.Number(_mineMinutes),
            PhonemeWeight = arguments.Number(_phonemeWeight),
            VocabularyWeight = arguments.Number(_vocabularyWeight),
            Mixture = arguments.Text(_mix) is { } mix ? Mixture.Parse(mix) : new Mixture(),
            Augmentation = arguments.Has(_noAugment) ? AugmentationSettings.None : new AugmentationSettings
            {
                SlowestSpeed = arguments.Number(_slowest),
                FastestSpeed = arguments.Number(_fastest),
                Reverberation = arguments.Number(_reverberation),
                LowestSnr = arguments.Number(_snrMinimum),
                HighestSnr = arguments.Number(_snrMaximum),
                Clean = arguments.Number(_clean),
                Context = arguments.Number(_context),
                Masks = arguments.Number(_masks),
                Babble = arguments.Number(_babble),
                Household = arguments.Number(_household),
                Tract = arguments.Number(_tract),
                Response = arguments.Number(_response),
                Telephone = arguments.Number(_telephone),
                Clipping = arguments.Number(_clipping),
            },
        };
        RecipeCheck.Check(options.Augmentation, options.Epochs, options.Steps);
        return options;
    }

    /// <summary>The recipe in one line, to be stored with the model: all options but --threads, which changes nothing.</summary>
    public static string Describe(TrainingOptions options)
    {
        AugmentationSettings augmentation = options.Augmentation;
        string numbers = string.Create(
            CultureInfo.InvariantCulture,
            $"--epochs {options.Epochs} --steps {options.Steps} --batch {options.Batch} --seconds {options.Seconds} --seed {options.Seed} "
            + $"--learning-rate {options.LearningRate} --weight-decay {options.WeightDecay} --clip {options.ClipNorm} "
            + $"--negative-weight {options.NegativeWeight} --activation-steps {options.ActivationSteps} --validation {options.Validation} "
            + $"--mine {options.MineEvery} --mine-minutes {options.MineMinutes} ");
        string variation = string.Create(
            CultureInfo.InvariantCulture,
            $"--speed-min {augmentation.SlowestSpeed} --speed-max {augmentation.FastestSpeed} --reverb {augmentation.Reverberation} "
            + $"--snr-min {augmentation.LowestSnr} --snr-max {augmentation.HighestSnr} --clean {augmentation.Clean} "
            + $"--context {augmentation.Context} --masks {augmentation.Masks} --babble {augmentation.Babble} --household {augmentation.Household} "
            + $"--tract {augmentation.Tract} --response {augmentation.Response} --telephone {augmentation.Telephone} --clipping {augmentation.Clipping} "
            + $"--phoneme-weight {options.PhonemeWeight} --vocabulary-weight {options.VocabularyWeight} ");
        return $"{numbers}{variation}--mix {options.Mixture}";
    }
}
