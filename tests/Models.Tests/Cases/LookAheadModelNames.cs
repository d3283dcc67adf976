using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that are streamed in chunks, as data of a theory.</summary>
public sealed class LookAheadModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.All.Where(model => model.LookAhead > 0).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
