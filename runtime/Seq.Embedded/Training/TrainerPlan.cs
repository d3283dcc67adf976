namespace Seq.Embedded.Training;

/// <summary>What the options of a trainer make of a layout: the layers that it trains, those that a training step computes, and the sizes that follow.</summary>
/// <remarks>
/// Weights lie node by node, in the order in which layers are computed, so those from the first trained one on are the end of them: gradients, moments, average
/// and the copies of them are that long. Frozen layers that lie behind it thus have a place there too, which stays zero in the gradients and moments; among
/// them can be lower layers: what a decoder attends to is projected (attention.key) before the decoder.
/// Layers below it are computed when a sequence is added (the frozen part), and what the layers above read of them is kept in place of the inputs.
/// Where layers above read more of them than one region of rows, as a decoder does of its encoder, the cut lies lower, and the layers between it and
/// the lowest trained one are computed in every step, forward only.
/// </remarks>
internal sealed class TrainerPlan
{
    /// <summary>Time steps that the frozen part computes at once where its layers allow it; as many as a stream's run.</summary>
    private const int FrozenSteps = 32;

    private readonly bool[] _isTrained;

    /// <param name="layout">What the generated code needs.</param>
    /// <param name="options">Sizes and settings.</param>
    /// <param name="weights">Floats of the packed weights.</param>
    internal TrainerPlan(TrainerLayout layout, TrainerOptions options, int weights)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(weights);
        options.Check();
        CheckCheckpoints(layout, options);
        Layout = layout;
        Options = options;
        Weights = weights;
        _isTrained = GetTrained(layout, options);
        FirstTrained = Array.IndexOf(_isTrained, true);
        Cut = new LayerCut(Layer: 0, Region: -1, layout.InputWidth, layout.InputWidth, Axis: 0);
        foreach (LayerCut cut in layout.Cuts)
        {
            Cut = cut.Layer <= FirstTrained ? cut : Cut;
        }

        Ranges = [.. GetRanges()];
        FirstWeight = Ranges.Length == 0 ? 0 : Ranges[0].Offset;
        ChunkSteps = options.ActivationCheckpointSteps == 0 || Cut.Axis < 0 ? int.MaxValue : options.ActivationCheckpointSteps;
    }

    internal TrainerLayout Layout { get; }

    internal TrainerOptions Options { get; }

    /// <summary>Floats of the packed weights.</summary>
    internal int Weights { get; }

    /// <summary>Number of the lowest trained layer.</summary>
    internal int FirstTrained { get; }

    /// <summary>The rows from which a training step begins: the inputs, or those that the frozen part gives.</summary>
    internal LayerCut Cut { get; }

    /// <summary>True where layers are computed when a sequence is added.</summary>
    internal bool HasFrozenPart => Cut.Layer > 0;

    /// <summary>Where weights that are trained lie, ascending.</summary>
    internal (int Offset, int Length)[] Ranges { get; }

    /// <summary>The first weight that is trained.</summary>
    internal int FirstWeight { get; }

    /// <summary>Floats from there to the end of the weights.</summary>
    internal int TrainedWeights => Weights - FirstWeight;

    /// <summary>Time steps that a shard computes at once; more than there are where activations have no checkpoints.</summary>
    internal int ChunkSteps { get; }

    /// <summary>True where sequences are computed in chunks.</summary>
    internal bool HasCheckpoints => ChunkSteps < Layout.GetMaxInputSteps(Options);

    /// <summary>The most chunks of a sequence.</summary>
    internal int MaxChunks => HasCheckpoints ? (int)((Layout.GetMaxInputSteps(Options) + (ChunkSteps - 1L)) / ChunkSteps) : 1;

    internal bool IsTrained(int layer) => _isTrained[layer];

    /// <summary>The most sequences of a shard.</summary>
    internal int GetSequences(bool isFrozenPart) => isFrozenPart ? 1 : TrainerMemory.GetSequencesPerShard(Options.MaxBatch);

    /// <summary>The most steps of an axis that a shard computes at once; 1 where it is that of whole sequences.</summary>
    internal int GetSteps(int axis, bool isFrozenPart)
    {
        int steps = Layout.GetMaxSteps(axis, Options);
        return !isFrozenPart ? Math.Min(steps, ChunkSteps) : Layout.WholeSequenceLayer is null ? Math.Min(steps, FrozenSteps) : steps;
    }

    /// <summary>True for a layer that a shard computes.</summary>
    internal bool Runs(int layer, bool isFrozenPart) => layer < Cut.Layer == isFrozenPart;

    /// <summary>True for an axis of time that a shard has rows on: those that it computes, begins from or gives.</summary>
    internal bool HasRows(int axis, bool isFrozenPart)
    {
        bool hasRows = axis == Cut.Axis || axis == (isFrozenPart ? 0 : Layout.OutputAxis);
        for (int i = 0; i < Layout.Regions.Count && !hasRows; i++)
        {
            hasRows = Layout.Regions[i].Axis == axis && Layout.Regions[i].PerRow > 0 && GetRegionFloats(i, isFrozenPart) > 0;
        }

        return hasRows;
    }

    /// <summary>Floats of a region of a shard; 0 where nothing reads it.</summary>
    internal long GetRegionFloats(int index, bool isFrozenPart)
    {
        RegionSize region = Layout.Regions[index];
        bool isThere = region.IsGradient
            ? !isFrozenPart && region.Layer >= FirstTrained
            : Runs(region.Layer, isFrozenPart) || index == Cut.Region;
        return isThere ? GetSequences(isFrozenPart) * (((long)GetSteps(region.Axis, isFrozenPart) * region.PerRow) + region.PerSequence) : 0;
    }

    /// <summary>Floats of the states that a shard keeps between chunks: after each of them, those of each sequence.</summary>
    internal long GetKeptFloats() => HasCheckpoints ? (long)MaxChunks * GetSequences(isFrozenPart: false) * Layout.StateSize : 0;

    /// <summary>True for a panel whose transposed form the backward pass reads.</summary>
    internal bool Transposes(TransposedPanel panel) => panel.Layer >= FirstTrained;

    private IEnumerable<(int Offset, int Length)> GetRanges()
    {
        IReadOnlyList<LayerWeights> layers = Layout.Weights;
        if (Array.TrueForAll(_isTrained, isTrained => isTrained))
        {
            yield return (0, Weights);
            yield break;
        }

        for (int i = 0; i < layers.Count; i++)
        {
            // Neighbours are one range.
            int first = i;
            while (i < layers.Count && IsTrained(layers[i].Layer))
            {
                i++;
            }

            if (i > first)
            {
                yield return (layers[first].Offset, (i < layers.Count ? layers[i].Offset : Weights) - layers[first].Offset);
            }
        }
    }

    private static bool[] GetTrained(TrainerLayout layout, TrainerOptions options)
    {
        // A layout without names is one layer.
        bool[] isTrained = new bool[Math.Max(1, layout.LayerNames.Count)];
        Array.Fill(isTrained, true);
        foreach (string name in options.FrozenLayers)
        {
            bool isLayer = false;
            for (int layer = 0; layer < layout.LayerNames.Count; layer++)
            {
                // A stack "gru" of several layers has "gru_l0", which another layer can be named too: both are meant then.
                if (layout.LayerNames[layer] == name)
                {
                    isTrained[layer] = false;
                    isLayer = true;
                }
            }

            if (!isLayer)
            {
                throw new ArgumentException($"{nameof(TrainerOptions.FrozenLayers)} has \"{name}\"; allowed: {Names(layout)}.", nameof(options));
            }
        }

        return Array.IndexOf(isTrained, true) >= 0
            ? isTrained
            : throw new ArgumentException($"{nameof(TrainerOptions.FrozenLayers)} has all layers, so that nothing is left to train; allowed: all but one of {Names(layout)}.", nameof(options));
    }

    private static void CheckCheckpoints(TrainerLayout layout, TrainerOptions options)
    {
        if (options.ActivationCheckpointSteps > 0 && layout.WholeSequenceLayer is { } layer)
        {
            throw new ArgumentException(
                $"{nameof(TrainerOptions.ActivationCheckpointSteps)} is {options.ActivationCheckpointSteps}, but layer \"{layer}\" reads more of a sequence than its input row and its state, "
                + "so that a chunk of time steps cannot be computed by itself; allowed for this model: 0. Models of forward recurrent and dense layers and embeddings have checkpoints.",
                nameof(options));
        }
    }

    private static string Names(TrainerLayout layout) => string.Join(", ", layout.LayerNames.Select(name => $"\"{name}\""));
}
