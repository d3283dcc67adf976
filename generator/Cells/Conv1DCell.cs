using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>A causal convolution over time, PyTorch's <c>nn.Conv1d</c> with zeros on the left: a dense layer whose x is a window of inputs.</summary>
internal sealed class Conv1DCell : DenseCell
{
    private const int MaxNumber = 1_024;

    public override string Attribute => "Conv1D";

    public override string Title => "Conv1D";

    public override IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]> { ["Activation"] = ["None", "Relu", "Tanh", "Sigmoid"], ["Bias"] = ["True", "False"] };

    public override IReadOnlyDictionary<string, OptionRange> Ranges { get; } = new Dictionary<string, OptionRange>
    {
        ["Kernel"] = new(1, MaxNumber, 3),
        ["Stride"] = new(1, MaxNumber, 1),
        ["Dilation"] = new(1, MaxNumber, 1),
    };

    public override TimeWindow Window(LayerSpec layer) => new(layer.Number("Kernel"), layer.Number("Stride"), layer.Number("Dilation"));

    public override string Detail(LayerSpec layer)
    {
        TimeWindow window = Window(layer);
        string stride = window.Stride > 1 ? $" stride {Numbers.Text(window.Stride)}" : "", dilation = window.Dilation > 1 ? $" dilation {Numbers.Text(window.Dilation)}" : "";
        return $" kernel {Numbers.Text(window.Kernel)}{stride}{dilation}{base.Detail(layer)}";
    }
}
