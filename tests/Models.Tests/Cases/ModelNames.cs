using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models, as data of a theory.</summary>
public sealed class ModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() => ModelCase.All.Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
