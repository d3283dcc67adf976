using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>
/// A valid model laid out: every parameter, state and scratch slot with its size and offset, and what a step costs.
/// Sizes count floats. Units are padded to multiples of 16, so that no offset depends on the width of the machine's vectors.
/// </summary>
internal sealed class ModelPlan(ModelSpec spec, IReadOnlyList<LayerPlan> layers)
{
    /// <summary>Time steps whose input products a whole-sequence run computes as one matrix product.</summary>
    public const int ChunkSteps = 32;

    /// <summary>The runtime's <c>Panel.UnitMultiple</c>.</summary>
    public const int UnitPadding = 16;

    public ModelSpec Spec { get; } = spec;

    public IReadOnlyList<LayerPlan> Layers { get; } = layers;

    public LayerPlan Last => Layers[Layers.Count - 1];

    public bool IsOpen => Last.IsOpen;

    public bool ManyToOne => Spec.Task == "ManyToOne";

    public bool Softmax => Last.Softmax;

    public static int Padded(int units) => (units + UnitPadding - 1) / UnitPadding * UnitPadding;

    /// <summary>Parameters, for a number of outputs of an open model.</summary>
    public long Parameters(int outputs) => Layers.Sum(layer => layer.ParametersPerUnit * (layer.Units ?? outputs));

    /// <summary>Multiply-adds of one time step.</summary>
    public long StepMultiplyAdds(int outputs) => MultiplyAdds(outputs, perSequence: false);

    /// <summary>Multiply-adds of the layers of a many-to-one model that are computed once a sequence.</summary>
    public long SequenceMultiplyAdds(int outputs) => MultiplyAdds(outputs, perSequence: true);

    /// <summary>Floats of the packed weights.</summary>
    public long WeightFloats(int outputs) => Layers.Sum(layer => layer.Panels.Sum(panel => (long)panel.Size(layer, layer.Units ?? outputs)));

    /// <summary>Values of the state that a snapshot holds.</summary>
    public long StateValues => Layers.Sum(layer => layer.Program.States.Count() * (long)(layer.Units ?? 0));

    /// <summary>Floats of the state in memory: each state twice, as a step reads one copy and writes the other.</summary>
    public long StateFloats => 2 * Layers.Sum(layer => layer.Program.States.Count() * (long)(layer.Padded ?? 0));

    /// <summary>Where the scratch of a step ends, without the output of an open layer.</summary>
    public int StepScratchFloats => Layers.Where(layer => !layer.IsOpen).Sum(StepScratch);

    /// <summary>Floats of one row of a whole-sequence run's buffers: the widest layer.</summary>
    public int RowFloats => Layers.Max(layer => layer.Padded ?? 0);

    /// <summary>Floats of one row of pre-activations of a whole-sequence run.</summary>
    public int SlotFloats => Layers.Max(layer => layer.Program.Slots * (layer.Padded ?? 0));

    /// <summary>Floats of a stream's scratch, for a number of outputs of an open model.</summary>
    public long ScratchFloats(int outputs) => StepScratchFloats + (IsOpen ? Padded(outputs) : 0);

    /// <summary>Floats of a stream's buffers for whole-sequence runs.</summary>
    public long RunFloats(int outputs)
    {
        int open = IsOpen ? Padded(outputs) : 0;
        return ChunkSteps * (Math.Max(SlotFloats, (long)Last.Program.Slots * open) + (2L * Math.Max(RowFloats, open)));
    }

    private long MultiplyAdds(int outputs, bool perSequence) =>
        Layers.Where(layer => layer.PerSequence == perSequence).Sum(layer => layer.MultiplyAddsPerUnit * (layer.Units ?? outputs));

    public static int StepScratch(LayerPlan layer)
    {
        int padded = layer.Padded ?? 0;
        int stages = layer.Program.Stages.Count;
        return (layer.IsRecurrent ? 0 : padded) + (stages > 1 ? (layer.Program.Slots + stages - 1) * padded : 0);
    }
}
