using System.Globalization;
using Devices.Usage;
using Shakespeare.Training;

namespace Shakespeare.Commands;

/// <summary>The options of <c>shakespeare train</c> that shape the recipe.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainingOptions s_presets = new();

    private readonly Option _size = Option.Choice("--size", "name", $"Network: {string.Join(" or ", NetworkSize.All)}.", NetworkSize.All, s_presets.Size);
    private readonly Option _epochs = Option.Whole("--epochs", "How often the training part is read; the learning rate rises and falls once over all of them.", 1, 100_000, s_presets.Epochs);
    private readonly Option _lanes = Option.Whole("--lanes", "Runs of text that are read side by side.", 1, 4096, s_presets.Lanes);
    private readonly Option _steps = Option.Whole("--steps", "Characters that a gradient goes back at most.", 1, 65_536, s_presets.Steps);
    private readonly Option _learningRate = Option.Number("--learning-rate", "Highest learning rate.", 1e-6, 1, s_presets.LearningRate);
    private readonly Option _weightDecay = Option.Number("--weight-decay", "Decoupled weight decay.", 0, 1, s_presets.WeightDecay);
    private readonly Option _clip = Option.Number("--clip", "Largest norm of a gradient.", 1e-3, 1e6, s_presets.ClipNorm);
    private readonly Option _leastCount = Option.Whole("--least-count", "Characters that occur less often in the training part are unknown.", 1, int.MaxValue, s_presets.LeastCount);
    private readonly Option _validation = Option.Number("--validation", "Part of the text, at its beginning, that chooses the epoch; 0: the last one is kept.", 0, 0.5, s_presets.Validation);
    private readonly Option _test = Option.Number("--test", "Part of the text, at its end, that the kept model is measured on.", 0, 0.4, s_presets.Test);
    private readonly Option _seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option _threads = Option.Whole("--threads", "Threads; the result does not depend on it.", 1, 256, s_presets.Threads);

    public Option[] All => [_size, _epochs, _lanes, _steps, _learningRate, _weightDecay, _clip, _leastCount, _validation, _test, _seed, _threads];

    public TrainingOptions Read(Arguments arguments) => new()
    {
        Size = arguments.Given(_size),
        Epochs = arguments.Whole(_epochs),
        Lanes = arguments.Whole(_lanes),
        Steps = arguments.Whole(_steps),
        LearningRate = arguments.Number(_learningRate),
        WeightDecay = arguments.Number(_weightDecay),
        ClipNorm = arguments.Number(_clip),
        LeastCount = arguments.Whole(_leastCount),
        Validation = arguments.Number(_validation),
        Test = arguments.Number(_test),
        Seed = arguments.Whole(_seed),
        Threads = arguments.Whole(_threads),
    };

    /// <summary>The recipe in one line, to be stored with the model: all options but --threads, which changes nothing.</summary>
    public static string Describe(TrainingOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"--size {options.Size} --epochs {options.Epochs} --lanes {options.Lanes} --steps {options.Steps} --learning-rate {options.LearningRate} "
        + $"--weight-decay {options.WeightDecay} --clip {options.ClipNorm} --least-count {options.LeastCount} "
        + $"--validation {options.Validation} --test {options.Test} --seed {options.Seed}");
}
