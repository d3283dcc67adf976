using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that drop outputs in training, as data of a theory.</summary>
public sealed class DroppedModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.All.Where(model => model.HasDropout).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
