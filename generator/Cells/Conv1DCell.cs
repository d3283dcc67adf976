using System.Globalization;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>A causal convolution over time, PyTorch's <c>nn.Conv1d</c> with zeros on the left: a dense layer whose x is a window of inputs.</summary>
internal sealed class Conv1DCell : DenseCell
{
    public const int MaxNumber = 1_024;

    public override string Attribute => "Conv1D";

    public override string Title => "Conv1D";

    public override IReadOnlyDictionary<string, string[]> Options { get; } = new Dictionary<string, string[]> { ["Activation"] = ["None", "Relu", "Tanh", "Sigmoid"] };

    public override IReadOnlyDictionary<string, string> Numbers { get; } = new Dictionary<string, string> { ["Kernel"] = "3", ["Stride"] = "1", ["Dilation"] = "1" };

    public override TimeWindow Window(LayerSpec layer) => new(Number(layer, "Kernel"), Number(layer, "Stride"), Number(layer, "Dilation"));

    public override string Detail(LayerSpec layer)
    {
        TimeWindow window = Window(layer);
        string stride = window.Stride > 1 ? $" stride {Text(window.Stride)}" : "", dilation = window.Dilation > 1 ? $" dilation {Text(window.Dilation)}" : "";
        return $" kernel {Text(window.Kernel)}{stride}{dilation}{base.Detail(layer)}";
    }

    public override IEnumerable<CellFailure> Check(LayerSpec layer) =>
        from name in Numbers.Keys
        let value = Number(layer, name)
        where value is < 1 or > MaxNumber
        select new CellFailure(Descriptors.SizeOutOfRange, name, name, Text(value), $"1 to {Text(MaxNumber)}");

    private int Number(LayerSpec layer, string name) => int.Parse(layer.Option(name, Numbers[name]), CultureInfo.InvariantCulture);

    private static string Text(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
