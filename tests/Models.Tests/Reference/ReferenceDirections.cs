namespace Seq.Embedded.Models.Tests.Reference;

/// <summary>A forward and a reverse layer, or a reverse one alone, whose outputs are merged row by row.</summary>
/// <param name="forward">From the first time step to the last, or null.</param>
/// <param name="reverse">From the last to the first, or from the last to the first of every chunk.</param>
/// <param name="merge">How two rows become one.</param>
/// <param name="lookAhead">Time steps of a chunk, or 0.</param>
internal sealed class ReferenceDirections(ReferenceLayer? forward, ReferenceLayer reverse, DirectionMerge merge, int lookAhead) : ReferenceLayer
{
    public override int Units => (forward is not null && merge == DirectionMerge.Concatenate ? 2 : 1) * reverse.Units;

    public override bool IsInt8
    {
        get => reverse.IsInt8;
        set
        {
            reverse.IsInt8 = value;
            forward?.IsInt8 = value;
        }
    }

    /// <summary>The forward direction, or the reverse one where it is alone.</summary>
    public ReferenceRecurrent First => (ReferenceRecurrent)(forward ?? reverse);

    /// <summary>Tensors of the reverse direction under the names of the forward one.</summary>
    public static Dictionary<string, double[]> ReverseTensors(Dictionary<string, double[]> tensors) => tensors
        .Where(tensor => tensor.Key.Contains("_reverse", StringComparison.Ordinal))
        .ToDictionary(tensor => tensor.Key.Replace("_reverse", "", StringComparison.Ordinal), tensor => tensor.Value);

    public override bool Uses(double[] tensor) => forward?.Uses(tensor) == true || reverse.Uses(tensor);

    public override double[][] Forward(double[][] inputs)
    {
        double[][] backwards = [.. inputs.Chunk(lookAhead > 0 ? lookAhead : Math.Max(1, inputs.Length)).SelectMany(chunk => reverse.Forward([.. chunk.Reverse()]).Reverse())];
        return forward is null ? backwards : [.. forward.Forward(inputs).Zip(backwards, Merged)];
    }

    /// <summary>What the two have of the sequence in the end: the forward one after the last time step, the reverse one after the first.</summary>
    public double[] Last(double[][] inputs)
    {
        double[] first = reverse.Forward([.. inputs.Reverse()])[^1];
        return forward is null ? first : Merged(forward.Forward(inputs)[^1], first);
    }

    private double[] Merged(double[] f, double[] r) => merge switch
    {
        DirectionMerge.Concatenate => [.. f, .. r],
        DirectionMerge.Sum => [.. f.Zip(r, (left, right) => left + right)],
        _ => [.. f.Zip(r, (left, right) => (left + right) / 2)],
    };
}
