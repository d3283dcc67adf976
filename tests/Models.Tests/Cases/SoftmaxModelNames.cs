using System.Collections;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models with a softmax output, as data of a theory.</summary>
public sealed class SoftmaxModelNames : IEnumerable<TheoryDataRow<string>>
{
    /// <inheritdoc/>
    public IEnumerator<TheoryDataRow<string>> GetEnumerator() =>
        ModelCase.All.Where(model => model.Softmax).Select(model => new TheoryDataRow<string>(model.Name)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
