using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models with 8-bit weights that take one step at a time, as data of a theory.</summary>
public sealed class Int8SteppedModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.Int8.Where(model => !model.HasReverse).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
