using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that take one step and give one output at a time, as data of a theory.</summary>
public sealed class SteppedModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.All.Where(model => !model.HasReverse).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
