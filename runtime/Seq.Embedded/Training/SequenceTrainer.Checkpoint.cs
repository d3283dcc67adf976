using System.Globalization;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    private const string UpdatesKey = "seq.updates";
    private const string SkippedKey = "seq.skipped";
    private const string RestorationsKey = "seq.restorations";
    private const string StepsKey = "seq.steps";
    private const string LastGoodStepsKey = "seq.steps_before";
    private const string WasFiniteKey = "seq.last_finite";
    private const string RoundsKey = "seq.dropout_round";

    /// <summary>
    /// Writes all that training needs to go on later, atomically and durably: a kill or a power cut at any instant leaves the whole old file or the whole new one.
    /// </summary>
    /// <remarks>
    /// A safetensors file: the weights by their names in PyTorch, the moments of the optimiser as <c>moment1/NAME</c> and <c>moment2/NAME</c>, the average as
    /// <c>average/NAME</c>, all of these once more as they were before the last step, which may be taken back (<c>before/...</c>), and as metadata the model, the settings that
    /// results depend on, the numbers of updates, steps and dropout masks, the texts, and a checksum.
    /// Which sequences come next is the caller's: what it takes to go on with them (epoch, place in it, seed or state of random numbers, that of an
    /// <see cref="EarlyStopping"/>) goes into the texts. Where batch n is a function of a seed and n alone, <see cref="Updates"/> is enough, and the loop is the same for a first start
    /// and for every other:
    /// <code>
    /// using KeywordModel.Trainer trainer = KeywordModel.Create(outputs: 5, seed: 1).CreateTrainer(options);
    /// if (File.Exists(path))
    /// {
    ///     trainer.LoadCheckpoint(path);
    /// }
    ///
    /// while (trainer.Updates &lt; 10_000)
    /// {
    ///     AddBatch(trainer, new CounterRandom(seed, (ulong)trainer.Updates));
    ///     // Forward, loss, Backward
    ///     trainer.Update(schedule.GetLearningRate(trainer.Updates));
    ///     if (trainer.Updates % 100 == 0)
    ///     {
    ///         trainer.SaveCheckpoint(path);
    ///     }
    /// }
    /// </code>
    /// </remarks>
    /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
    /// <param name="texts">Texts that <see cref="LoadCheckpoint"/> returns, or null.</param>
    /// <exception cref="InvalidOperationException">The batch is not empty, or gradients are accumulated: they are no part of a checkpoint.</exception>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    /// <exception cref="ArgumentException">The path is null, empty or has a null character, a text is null or has half a surrogate pair, or the texts exceed 100 MB.</exception>
    public void SaveCheckpoint(string path, IReadOnlyDictionary<string, string>? texts = null)
    {
        RequireBetweenBatches(nameof(SaveCheckpoint));
        (string, string)[] numbers =
        [
            (UpdatesKey, Text(Updates)), (SkippedKey, Text(Skipped)), (RestorationsKey, Text(Restorations)),
            (StepsKey, Text(_steps)), (LastGoodStepsKey, Text(_lastGoodSteps)), (WasFiniteKey, _wasFinite ? "1" : "0"), (RoundsKey, Text(_rounds)),
        ];
        CheckpointFile.Write(path, GetParts(), [.. GetSettings(), .. numbers], texts);
    }

    /// <summary>
    /// Goes on from a checkpoint: weights (those of frozen layers, too), moments, average, numbers of updates and of dropout masks become those of the file. From here on the
    /// same batches give the same weights, bit for bit, as if training had not been interrupted, on any number of threads and at any width of vectors, and whether figures
    /// are finite or not.
    /// </summary>
    /// <remarks>The trainer must have been created for a model of the same layers and outputs, with the same optimiser, clipping, average, kind of dropout masks, seed, frozen layers and checkpoints of activations. MaxBatch, MaxSteps and Threads are free. Copies of <see cref="GetFrozenRows"/> from before are those of other weights, unless the trainer was created with the frozen weights of the file.</remarks>
    /// <param name="path">The file.</param>
    /// <returns>The texts that were saved with it.</returns>
    /// <exception cref="WeightFileException">The file is no checkpoint, damaged, or of another model or other settings; the message names what differs. The trainer stays as it was.</exception>
    /// <exception cref="InvalidOperationException">The batch is not empty, or gradients are accumulated.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or the path is a folder.</exception>
    /// <exception cref="ArgumentException">The path is null, empty or has a null character.</exception>
    public IReadOnlyDictionary<string, string> LoadCheckpoint(string path)
    {
        RequireBetweenBatches(nameof(LoadCheckpoint));
        CheckpointFile file = CheckpointFile.Read(path);
        foreach ((string key, string value) in GetSettings())
        {
            file.Check(key, value);
        }

        int updates = file.GetNumber<int>(UpdatesKey), skipped = file.GetNumber<int>(SkippedKey), restorations = file.GetNumber<int>(RestorationsKey);
        int steps = file.GetNumber<int>(StepsKey), lastGoodSteps = file.GetNumber<int>(LastGoodStepsKey);
        bool wasFinite = file.GetNumber<int>(WasFiniteKey) != 0;
        ulong rounds = file.GetNumber<ulong>(RoundsKey);
        IReadOnlyDictionary<string, string> texts = file.Texts;

        // The last thing that can fail, and then nothing has changed.
        file.CopyTo(GetParts());
        (Updates, Skipped, Restorations) = (updates, skipped, restorations);
        (_steps, _lastGoodSteps, _wasFinite, _rounds) = (steps, lastGoodSteps, wasFinite, rounds);
        return texts;
    }

    /// <summary>What must be the same where a checkpoint is loaded.</summary>
    private (string Key, string Value)[] GetSettings() =>
    [
        (ModelWeights.SpecKey, _layout.Spec),
        ("seq.outputs", Text(_layout.OutputSize)),
        ("seq.optimizer", _options.Optimizer.Describe()),
        ("seq.clip_value", Text(_options.ClipValue)),
        ("seq.clip_norm", Text(_options.ClipNorm)),
        ("seq.average_decay", Text(_options.AverageDecay)),
        ("seq.dropout_mask", Text(_options.DropoutMask)),
        ("seq.seed", Text(_options.Seed)),
        ("seq.frozen_layers", string.Join(", ", _layout.LayerNames.Where((_, layer) => !_plan.IsTrained(layer)))),
        ("seq.activation_checkpoint_steps", Text(_options.ActivationCheckpointSteps)),
    ];

    private List<CheckpointFile.Part> GetParts()
    {
        // Of layers below the lowest trained one there are weights only.
        List<CheckpointFile.Part> parts = [new("", [.. _layout.Panels], Weights)];
        PanelTensor[] panels = [.. _layout.Panels.Where(panel => panel.Offset >= _plan.FirstWeight).Select(panel => panel with { Offset = panel.Offset - _plan.FirstWeight })];
        for (int i = 0; i < _state.Length; i++)
        {
            string prefix = i == 0 ? "" : i <= _moments.Length ? $"moment{i}/" : "average/";
            if (i > 0)
            {
                parts.Add(new(prefix, panels, _state[i]));
            }

            parts.Add(new("before/" + prefix, panels, _lastGood[i]));
        }

        return parts;
    }

    private void RequireBetweenBatches(string call)
    {
        if (_phase != Phase.Collecting || Count > 0 || Accumulated > 0)
        {
            throw new InvalidOperationException($"{call} stands between two batches: this one holds {Count} sequences, and {Accumulated} are accumulated; allowed: 0 and 0. Call {nameof(Update)} or {nameof(Clear)} first.");
        }
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
