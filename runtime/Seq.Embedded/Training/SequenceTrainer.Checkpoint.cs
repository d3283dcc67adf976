using System.Globalization;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    private const string UpdatesKey = "seq.updates";
    private const string RestorationsKey = "seq.restorations";
    private const string RoundsKey = "seq.dropout_round";

    /// <summary>
    /// Writes all that training needs to go on later, atomically and durably: a kill or a power cut at any instant leaves the whole old file or the whole new one.
    /// </summary>
    /// <remarks>
    /// A safetensors file: the weights by their names in PyTorch, the moments of the optimiser as <c>moment1/NAME</c> and <c>moment2/NAME</c>, the average as
    /// <c>average/NAME</c>, and as metadata the model, the settings that results depend on, the number of updates and that of the dropout masks, the texts, and a checksum.
    /// Which sequences come next is the caller's: what it takes to go on with them (epoch, place in it, seed or state of random numbers, that of an
    /// <see cref="EarlyStopping"/>) goes into the texts. Where batch n is a function of a seed and n alone, n is enough, and the loop is the same for a first start and for every other:
    /// <code>
    /// using KeywordModel.Trainer trainer = KeywordModel.Create(outputs: 5, seed: 1).CreateTrainer(options);
    /// int step = File.Exists(path) ? int.Parse(trainer.LoadCheckpoint(path)["step"]) : 0;
    /// while (step &lt; 10_000)
    /// {
    ///     AddBatch(trainer, new CounterRandom(seed, (ulong)step));
    ///     // Forward, loss, Backward
    ///     trainer.Update(schedule.GetLearningRate(step++));
    ///     if (step % 100 == 0)
    ///     {
    ///         trainer.SaveCheckpoint(path, new Dictionary&lt;string, string&gt; { ["step"] = step.ToString() });
    ///     }
    /// }
    /// </code>
    /// </remarks>
    /// <param name="path">The file; replaced when it exists, unchanged when an exception is thrown.</param>
    /// <param name="texts">Texts that <see cref="LoadCheckpoint"/> returns, or null.</param>
    /// <exception cref="InvalidOperationException">The batch is not empty, or gradients are accumulated: they are no part of a checkpoint.</exception>
    /// <exception cref="WeightFileException">A weight or moment is NaN or infinite.</exception>
    /// <exception cref="IOException">The folder is missing, the disk is full, or the path is a folder or device.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    /// <exception cref="ArgumentException">The path is null, empty or has a null character, a text is null, or the texts exceed 100 MB.</exception>
    public void SaveCheckpoint(string path, IReadOnlyDictionary<string, string>? texts = null)
    {
        RequireBetweenBatches(nameof(SaveCheckpoint));
        (string, string)[] numbers = [(UpdatesKey, Text(Updates)), (RestorationsKey, Text(Restorations)), (RoundsKey, Text(_rounds))];
        CheckpointFile.Write(path, GetParts(), [.. GetSettings(), .. numbers], texts);
    }

    /// <summary>
    /// Goes on from a checkpoint: weights, moments, average, numbers of updates and of dropout masks become those of the file. From here on the same batches give the same
    /// weights, bit for bit, as if training had not been interrupted, on any number of threads and at any width of vectors.
    /// </summary>
    /// <remarks>The trainer must have been created for a model of the same layers and outputs, with the same optimiser, clipping, average, kind of dropout masks, seed, frozen layers and checkpoints of activations. MaxBatch, MaxSteps and Threads are free. What a batch that is not finite brings back first is what was loaded.</remarks>
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

        int updates = file.GetNumber<int>(UpdatesKey), restorations = file.GetNumber<int>(RestorationsKey);
        ulong rounds = file.GetNumber<ulong>(RoundsKey);
        IReadOnlyDictionary<string, string> texts = file.Texts;

        // The last thing that can fail, and then nothing has changed.
        file.CopyTo(GetParts());
        Updates = _lastGoodUpdates = updates;
        Restorations = restorations;
        _rounds = rounds;
        Copy(_state, _lastGood);
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
        for (int i = 0; i < _moments.Length; i++)
        {
            parts.Add(new(i == 0 ? "moment1/" : "moment2/", panels, _moments[i]));
        }

        if (_average is not null)
        {
            parts.Add(new("average/", panels, _average));
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
