using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// A kind of layer. To add one: an attribute in the runtime library, one file here that states the equations, and a line in <see cref="All"/>.
/// Forward and backward code, documentation, tensor names and cost are derived from the equations.
/// </summary>
internal abstract class Cell
{
    public static IReadOnlyList<Cell> All { get; } = [new RnnCell(), new GruCell(), new LstmCell(), new Conv1DCell(), new DenseCell()];

    /// <summary>Name of the attribute without its suffix: <c>Gru</c> for <c>Seq.Embedded.GruAttribute</c>.</summary>
    public abstract string Attribute { get; }

    /// <summary>Display name: <c>GRU</c>.</summary>
    public abstract string Title { get; }

    /// <summary>What the title leaves open, as it follows it: <c> relu</c>; or empty.</summary>
    public virtual string Detail(LayerSpec layer) => "";

    /// <summary>True where softmax, which looks across units, follows on the finished row.</summary>
    public virtual bool EndsInSoftmax(LayerSpec layer) => false;

    /// <summary>Arguments with named values, and the values allowed.</summary>
    public virtual IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]>();

    /// <summary>Arguments with a number that changes the structure, and their defaults.</summary>
    public virtual IReadOnlyDictionary<string, string> Numbers { get; } = new Dictionary<string, string>();

    /// <summary>What is wrong with the arguments, beyond values that are not among those allowed.</summary>
    public virtual IEnumerable<CellFailure> Check(LayerSpec layer) => [];

    /// <summary>The window over time that x is, or null where it is one row.</summary>
    public virtual TimeWindow? Window(LayerSpec layer) => null;

    /// <summary>The arguments that change the structure, where they are not the defaults: <c> beforeproduct</c>.</summary>
    public string Fingerprint(LayerSpec layer)
    {
        IEnumerable<string> options = from option in Options
                                      let value = layer.Option(option.Key, option.Value[0])
                                      where value != option.Value[0]
                                      select value switch { "true" => option.Key, "false" => "no" + option.Key, _ => value };
        IEnumerable<string> numbers = from number in Numbers
                                      let value = layer.Option(number.Key, number.Value)
                                      where value != number.Value
                                      select $"{number.Key} {value}";
        return string.Concat(options.Concat(numbers).Select(text => " " + text.ToLowerInvariant()));
    }

    /// <summary>Name of a parameter tensor: PyTorch's convention for the kind of module.</summary>
    /// <param name="part">weight or bias.</param>
    /// <param name="operand">0 for the maps of x, 1 for those of h.</param>
    /// <param name="layer">Index of the layer in its stack.</param>
    public virtual string TensorName(string part, int operand, int layer) => $"{part}_{(operand == 0 ? "ih" : "hh")}_l{layer}";

    /// <summary>Width of the uniform distribution that PyTorch initialises the parameters from is +-1/sqrt(this).</summary>
    public virtual int InitialFan(int inputs, int units) => units;

    public abstract void Define(CellEquations cell, LayerSpec layer);

    public CellEquations Equations(LayerSpec layer)
    {
        CellEquations cell = new();
        Define(cell, layer);
        return cell;
    }
}

/// <summary>A failure of a layer's arguments: the descriptor, the argument, and what the message says.</summary>
internal sealed record CellFailure(DiagnosticDescriptor Descriptor, string Argument, params string[] Arguments);
