using Devices.Usage;
using KeywordSpotter.Tuning;

namespace KeywordSpotter.Commands;

/// <summary>The options that <c>kws tune</c> and <c>kws enroll</c> have in common.</summary>
internal sealed class TuningRecipe
{
    private static readonly TuningOptions s_presets = new();

    private readonly Option _output = Option.Text(
        "--out", "file", "Weight file to write (safetensors). May be that of --model: the last five versions are kept (kws models).", required: true);

    private readonly Option _replay = Option.Text(
        "--replay",
        "file",
        "Examples of kws replay, so that the old keywords are not forgotten and other speech is told apart; or none. "
        + "Default: NAME.replay.safetensors beside the model NAME.safetensors, or those of the bundled model if it has all keywords of this one.");

    private readonly Option _private = Option.Switch(
        "--no-examples",
        "Do not add examples of the clips, as features that speech could be guessed from, to NAME.replay.safetensors beside the model that is written. A later tuning then cannot rehearse them.");

    private readonly Option _layers = Option.Text("--layers", "head|last|all", "What is tuned: the head (the last, dense layer), the last recurrent layer with it, or all [last].");
    private readonly Option _steps = Option.Whole("--steps", "Batches of a training; there is one for each part that is held out, and one on everything.", 1, 1_000_000, s_presets.Steps);
    private readonly Option _batch = Option.Whole("--batch", "Examples in a batch.", 4, 4096, s_presets.Batch);
    private readonly Option _folds = Option.Whole("--folds", "Parts of the clips, each of which is held out once to measure with.", 2, 20, s_presets.Folds);
    private readonly Option _share = Option.Number("--replay-part", "Part of a batch that is replayed.", 0, 0.9, s_presets.Replay);

    private readonly Option _distillation = Option.Number(
        "--distillation", "Weight, in the loss, of how far the answers to replayed examples move.", 0, 100, s_presets.Distillation);

    private readonly Option _rate = Option.Number("--learning-rate", "Highest learning rate; it rises and falls once.", 1e-6, 1, s_presets.LearningRate);

    private readonly Option _target = Option.Number(
        "--target-false-accepts-per-hour", "How often a keyword of the clips may be reported in an hour without it: chooses its threshold.", 0.001, 1000, s_presets.FalseAcceptsPerHour);

    private readonly Option _seed = Option.Whole("--seed", "Seed of everything random: the same seed gives the same model.", 0, int.MaxValue, s_presets.Seed);
    private readonly Option _threads = SharedOptions.Threads("Threads; the result does not depend on it.");
    private readonly Option _force = Option.Switch("--force", "Write the model even if it does worse than before.");
    private readonly Option _model = SharedOptions.Model("of floats");

    /// <summary>To be listed among the options of the command.</summary>
    public IReadOnlyList<Option> All =>
        [_model, _output, _replay, _private, _target, _layers, _steps, _batch, _folds, _share, _distillation, _rate, _seed, _threads, _force];

    public int Threads(Arguments arguments) => arguments.Whole(_threads);

    /// <summary>What was asked for.</summary>
    /// <param name="arguments">Of the command line.</param>
    /// <param name="command">The command, such as <c>kws tune</c>.</param>
    /// <param name="inputs">What it reads besides model and examples.</param>
    /// <param name="load">Gets the clips.</param>
    /// <exception cref="UsageException">An option is not allowed.</exception>
    public TuningTask Read(
        Arguments arguments, string command, IReadOnlyList<(string Option, IReadOnlyList<string?> Paths)> inputs, Func<Spotting.SpotterModel, Data.TrainingData> load)
    {
        var options = new TuningOptions
        {
            Layers = ReadLayers(arguments.Text(_layers)),
            Steps = arguments.Whole(_steps),
            Batch = arguments.Whole(_batch),
            Folds = arguments.Whole(_folds),
            Replay = arguments.Number(_share),
            Distillation = arguments.Number(_distillation),
            LearningRate = arguments.Number(_rate),
            FalseAcceptsPerHour = arguments.Number(_target),
            Seed = arguments.Whole(_seed),
            Threads = arguments.Whole(_threads),
        };
        return new TuningTask
        {
            Maker = $"{command} {options.Describe()}",
            Model = arguments.Text(_model),
            Output = arguments.Given(_output),
            Replay = arguments.Text(_replay),
            Options = options,
            KeepExamples = !arguments.Has(_private),
            Force = arguments.Has(_force),
            Inputs = inputs,
            Load = load,
        };
    }

    private static TunedLayers ReadLayers(string? text) => text switch
    {
        null => s_presets.Layers,
        "head" => TunedLayers.Head,
        "last" => TunedLayers.Last,
        "all" => TunedLayers.All,
        _ => throw new UsageException($"--layers is '{text}'; allowed: head, last, all"),
    };
}
