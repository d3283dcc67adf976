using System.Globalization;
using Chorales.Training;
using Devices.Usage;

namespace Chorales.Commands;

/// <summary>The options of <c>chorales train</c> that shape the recipe.</summary>
internal sealed class RecipeOptions
{
    private static readonly TrainingOptions s_presets = new();

    private readonly Option _epochs = Option.Whole("--epochs", "The most epochs; the learning rate rises and falls once over all of them.", 1, 1_000_000, s_presets.Epochs);
    private readonly Option _patience = Option.Whole("--patience", "Epochs without a better validation figure after which training ends.", 1, 1_000_000, s_presets.Patience);
    private readonly Option _batch = Option.Whole("--batch", "Chorales in a batch.", 1, 4096, s_presets.Batch);
    private readonly Option _learningRate = Option.Number("--learning-rate", "Highest learning rate.", 1e-6, 1, s_presets.LearningRate);
    private readonly Option _weightDecay = Option.Number("--weight-decay", "Decoupled weight decay.", 0, 1, s_presets.WeightDecay);
    private readonly Option _clip = Option.Number("--clip", "Largest norm of a gradient.", 1e-3, 1e6, s_presets.ClipNorm);
    private readonly Option _transpose = Option.Whole("--transpose", "Semitones by which a chorale is moved up or down at most each time that it is read.", 0, 24, s_presets.Transpose);
    private readonly Option _holdOut = Option.Number(
        "--hold-out", "Part of the training chorales that chooses the epoch; the part \"valid\" is then measured at the end. 0: the part \"valid\" chooses it.", 0, 0.9, s_presets.HoldOut);
    private readonly Option _seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option _threads = Option.Whole("--threads", "Threads; the result does not depend on it.", 1, 256, s_presets.Threads);

    public Option[] All => [_epochs, _patience, _batch, _learningRate, _weightDecay, _clip, _transpose, _holdOut, _seed, _threads];

    public TrainingOptions Read(Arguments arguments) => new()
    {
        Epochs = arguments.Whole(_epochs),
        Patience = arguments.Whole(_patience),
        Batch = arguments.Whole(_batch),
        LearningRate = arguments.Number(_learningRate),
        WeightDecay = arguments.Number(_weightDecay),
        ClipNorm = arguments.Number(_clip),
        Transpose = arguments.Whole(_transpose),
        HoldOut = arguments.Number(_holdOut),
        Seed = arguments.Whole(_seed),
        Threads = arguments.Whole(_threads),
    };

    /// <summary>The recipe in one line, to be stored with the model: all options but --threads, which changes nothing.</summary>
    public static string Describe(TrainingOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"--epochs {options.Epochs} --patience {options.Patience} --batch {options.Batch} --learning-rate {options.LearningRate} "
        + $"--weight-decay {options.WeightDecay} --clip {options.ClipNorm} --transpose {options.Transpose} --hold-out {options.HoldOut} --seed {options.Seed}");
}
