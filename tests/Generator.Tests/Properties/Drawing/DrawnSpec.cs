using System.Globalization;

namespace Seq.Embedded.Generator.Tests.Properties.Drawing;

/// <summary>A drawn model with the data that it is tested on.</summary>
/// <param name="Input">Size of an input vector, or of the vocabulary.</param>
/// <param name="ManyToOne">One output a sequence.</param>
/// <param name="LookAhead">Time steps of a chunk of a model that reads ahead and streams; 0: none.</param>
/// <param name="Layers">The layers, input to output.</param>
/// <param name="OpenOutputs">Number of outputs where the last layer is open.</param>
/// <param name="Lengths">Time steps of the sequences.</param>
/// <param name="Seed">Seed of weights, inputs and places to split at.</param>
internal sealed record DrawnSpec(
    int Input, bool ManyToOne, int LookAhead, IReadOnlyList<DrawnLayer> Layers, int OpenOutputs, IReadOnlyList<int> Lengths, int Seed)
{
    /// <summary>True for weights of 8 bits.</summary>
    public bool IsInt8 { get; init; }

    public bool ReadsTokens => Layers[0].Kind.ReadsTokens;

    public bool IsOpen => Layers[^1].IsOpen;

    /// <summary>True when an output needs inputs of later time steps.</summary>
    public bool ReadsAhead => Layers.Any(layer => layer.ReadsAhead);

    /// <summary>True when the model runs whole sequences only.</summary>
    public bool IsWholeSequence => ReadsAhead && LookAhead == 0;

    /// <summary>Time steps from one output to the next.</summary>
    public int Stride => Layers.Aggregate(1, (stride, layer) => stride * layer.Stride);

    /// <summary>True when a snapshot holds the time step within the stride: a stream can stop within one.</summary>
    public bool KeepsPhase => Stride > 1 && !IsWholeSequence;

    /// <summary>Index of the layer whose last time step a many-to-one model gives on; -1: none.</summary>
    public int EndOfTime => ManyToOne ? Layers.ToList().FindLastIndex(layer => layer.ReadsPast || layer.Kind.EndsTime) : -1;

    /// <summary>Names of the layers' tensors: given, or the kind in lower case, numbered where several of the kind have no name.</summary>
    public IReadOnlyList<string> Names()
    {
        string[] names = new string[Layers.Count];
        foreach (IGrouping<string, int> kind in Enumerable.Range(0, Layers.Count).Where(i => !Layers[i].IsNamed).GroupBy(i => Layers[i].Kind.Attribute))
        {
            int number = 0;
            foreach (int i in kind)
            {
                names[i] = kind.Key.ToLowerInvariant() + (kind.Count() > 1 ? (++number).ToString(CultureInfo.InvariantCulture) : "");
            }
        }

        return [.. names.Select((name, i) => name ?? DrawnLayer.NameAt(i))];
    }

    /// <summary>The declaration as C# source.</summary>
    public string Source(string name)
    {
        string task = ManyToOne ? ", Task = SequenceTask.ManyToOne" : "", lookAhead = LookAhead > 0 ? $", LookAhead = {LookAhead}" : "", weights = IsInt8 ? ", Weights = WeightFormat.Int8" : "";
        string layers = string.Concat(Layers.Select((layer, i) => layer.Source(i) + "\n"));
        return $"/// <summary>A drawn model.</summary>\n[SequenceModel(Input = {Input}{task}{lookAhead}{weights})]\n{layers}public sealed partial class {name};\n";
    }

    /// <summary>The cells of a user that it has, as C# source.</summary>
    public IEnumerable<string> Cells() => Layers.Select(layer => layer.Kind.Declaration).Where(declaration => declaration.Length > 0).Distinct();

    /// <summary>What the failure of a test shows.</summary>
    public override string ToString() =>
        $"{string.Join("\n", Cells())}{Source("Model")}with {(IsOpen ? $"{OpenOutputs} outputs, " : "")}sequences of {string.Join(", ", Lengths)} steps, seed {Seed}\n";

    /// <summary>The nearest spec that the rules of the generator allow.</summary>
    public DrawnSpec Repair()
    {
        List<DrawnLayer> layers = [];
        int width = Input;
        bool recurrent = Layers.Any(layer => layer.ReadsPast), pooled = false;
        for (int i = 0; i < Layers.Count; i++)
        {
            // The vectors of tokens without a table are not in memory, where they could be added or turned round.
            bool aboveOneHot = layers is [.., { Kind: { ReadsTokens: true, HasUnits: false } }];
            DrawnLayer layer = aboveOneHot ? Layers[i].Without("Residual").Without("Direction") : Layers[i];
            layer = layer.Kind.Repair(layer);
            bool last = i == Layers.Count - 1;
            if ((layer.Kind.ReadsTokens && layers.Count > 0) || (layer.Kind.ReadsWindows && aboveOneHot) || (layer.Kind.EndsTime && (!ManyToOne || pooled)) || (pooled && layer.Kind.Attribute != "Dense"))
            {
                continue;
            }

            pooled |= layer.Kind.EndsTime;
            layer = layer.IsSoftmax && !last ? layer.Without("Activation") : layer;
            layer = layer.IsOpen && !last ? layer with { Units = 1 } : layer;
            layer = layer.Is("Residual") ? layer.IsOpen || layer.IsSoftmax ? layer.Without("Residual") : RepairResidual(layer, width) : layer;
            width = layer.Width(width);
            layers.Add(layer);
        }

        if (layers.All(layer => !layer.Kind.HasUnits))
        {
            layers.Add(new DrawnLayer(LayerKinds.All[0], 1, DrawnLayer.NoSettings));
        }

        DrawnSpec repaired = this with { Layers = layers, ManyToOne = ManyToOne && (recurrent || pooled) };
        repaired = repaired with { LookAhead = repaired.ReadsAhead && !repaired.ManyToOne && repaired.Stride == 1 ? LookAhead : 0 };
        if (repaired.EndOfTime is >= 0 and var end && layers[end].ReadsAhead)
        {
            // The output is made of states, not of rows that an input could be added to.
            layers[end] = layers[end].Without("Residual");
        }

        return repaired;
    }

    /// <summary>A residual connection needs outputs of the size of the inputs.</summary>
    private static DrawnLayer RepairResidual(DrawnLayer layer, int width)
    {
        foreach (int size in (int[])[width, width / 2])
        {
            if (size > 0 && layer.Kind.Repair(layer.WithOutputs(size)) is var fitting && fitting.Width(width) == width)
            {
                return fitting;
            }
        }

        return layer.Without("Residual");
    }
}
