using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models with 8-bit weights, as data of a theory.</summary>
public sealed class Int8ModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() => ModelCase.Int8.Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
