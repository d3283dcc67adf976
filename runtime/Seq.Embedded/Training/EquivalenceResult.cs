using System.Globalization;

namespace Seq.Embedded.Training;

/// <summary>What <c>CheckEquivalence</c> of a model found: whether training, Run and Step give the same outputs.</summary>
/// <param name="Compared">Number of output vectors compared: each of Run and of Step counts.</param>
/// <param name="LargestDifference">Largest magnitude of a difference; 0 where all outputs have the same bits, NaN where one is no number in one of two forms only.</param>
/// <param name="First">The first output whose bits differ, or null.</param>
public sealed record EquivalenceResult(int Compared, float LargestDifference, EquivalenceDifference? First)
{
    /// <summary>True where all outputs have the same bits.</summary>
    public bool IsExact => First is null;

    /// <summary>The result in one line.</summary>
    /// <returns><c>300 output vectors compared: the same bits</c>, or what differs where.</returns>
    public override string ToString() => First is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Compared} output vectors compared: the same bits")
        : string.Create(CultureInfo.InvariantCulture, $"{Compared} output vectors compared: largest difference {LargestDifference:R}, the first {First}");
}
