using System.Globalization;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>Counts how many of the compared tensors pass with the help of <see cref="Rounding"/> only.</summary>
internal sealed class RoundingTally
{
    private const double Most = 0.05;

    private int _compared;
    private int _explained;

    public void AddCompared() => _compared++;

    public void AddExplained() => _explained++;

    /// <summary>Fails where more than a few in a hundred need it: then the fixed tolerance is not what is tested.</summary>
    public void AssertRare() => Assert.True(
        _explained <= Most * _compared,
        string.Create(CultureInfo.InvariantCulture, $"{_explained} of {_compared} tensors are within the tolerance by what rounding explains only; allowed: {Most:P0}."));
}
