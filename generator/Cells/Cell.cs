using System.Globalization;
using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// A kind of layer. To add one: an attribute in the runtime library, one file here that states the equations, and a line in <see cref="All"/>.
/// Forward and backward code, documentation, tensor names and cost are derived from the equations.
/// </summary>
internal abstract class Cell : LayerKind
{
    public static new IReadOnlyList<Cell> All { get; } =
        [new RnnCell(), new GruCell(), new LstmCell(), new MguCell(), new FastGrnnCell(), new Conv1DCell(), new AttentionPoolingCell(), new DenseCell(), new EmbeddingCell()];

    /// <summary>Display name: <c>GRU</c>.</summary>
    public abstract string Title { get; }

    /// <summary>What the title leaves open, as it follows it: <c> relu</c>; or empty.</summary>
    public virtual string Detail(LayerSpec layer) => "";

    /// <summary>The member of Activation that makes the layer's outputs of their pre-activations; None where it takes more than that.</summary>
    public virtual string OutputActivation(LayerSpec layer) => "None";

    /// <summary>True where softmax, which looks across units, follows on the finished row.</summary>
    public bool EndsInSoftmax(LayerSpec layer) => OutputActivation(layer) == "Softmax";

    /// <summary>What is wrong with the arguments, beyond values that are not among those allowed.</summary>
    public virtual IEnumerable<CellFailure> Check(LayerSpec layer) => [];

    /// <summary>The arguments that change the structure, where they are not the defaults: <c> beforeproduct</c>.</summary>
    public string Fingerprint(LayerSpec layer)
    {
        IEnumerable<string> options = from option in Options
                                      let value = layer.Option(option.Key, option.Value[0])
                                      where value != option.Value[0]
                                      select value switch { "True" => option.Key, "False" => "no" + option.Key, _ => value };
        IEnumerable<string> numbers = from range in Ranges
                                      let value = layer.Number(range.Key)
                                      where value != range.Value.Default
                                      select $"{range.Key} {value.ToString(CultureInfo.InvariantCulture)}";
        return string.Concat(options.Concat(numbers).Concat(Structure).Select(text => " " + text.ToLowerInvariant()));
    }

    /// <summary>What else of the structure weights depend on.</summary>
    protected virtual IEnumerable<string> Structure => [];

    /// <summary>True where the layer's output is the mean of its inputs over time, weighted by the softmax of scores that are made of the cell's outputs.</summary>
    public virtual bool PoolsTime => false;

    /// <summary>The window over time that x is, or null where it is one row.</summary>
    public virtual TimeWindow? Window(LayerSpec layer) => null;

    /// <summary>Name of a parameter tensor: PyTorch's convention for the kind of module.</summary>
    /// <param name="part">weight or bias.</param>
    /// <param name="operand">What the maps are of: x, h, or for a projection the value that becomes h.</param>
    /// <param name="layer">Index of the layer in its stack.</param>
    public virtual string TensorName(string part, CellOperand operand, int layer) => $"{part}_{(operand.IsInput ? "ih" : operand.Space.Index > 0 ? "hr" : "hh")}_l{layer}";

    /// <summary>True for a table with a row per token: the tensor of its weights is (inputs, units).</summary>
    public virtual bool IsTable => false;

    /// <summary>Width of the uniform distribution that PyTorch initialises the parameters from is +-1/sqrt(this); 0: the normal distribution.</summary>
    public virtual int InitialFan(int inputs, int units) => units;

    public abstract void Define(CellEquations cell, LayerSpec layer);

    public CellEquations Equations(LayerSpec layer)
    {
        CellEquations cell = new(layer.Has("Bias", true));
        Define(cell, layer);
        if (layer.Option("InitialState", "Zero") == "Learned")
        {
            cell.LearnInitialStates();
        }

        return cell;
    }
}

/// <summary>A failure of a layer's arguments.</summary>
/// <param name="Descriptor">What it is.</param>
/// <param name="Option">The argument.</param>
/// <param name="Arguments">What the message says.</param>
/// <param name="Remedies">Values of the argument that would repair it, as C#.</param>
internal sealed record CellFailure(DiagnosticDescriptor Descriptor, string Option, string[] Arguments, params string[] Remedies);
