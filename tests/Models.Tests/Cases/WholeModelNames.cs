using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that read the whole sequence, as data of a theory.</summary>
public sealed class WholeModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.All.Where(model => model.ReadsWholeSequence).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
