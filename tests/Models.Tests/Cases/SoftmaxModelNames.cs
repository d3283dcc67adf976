namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models with a softmax output, as data of a theory.</summary>
public sealed class SoftmaxModelNames() : TheoryData<string>(ModelCase.All.Where(model => model.Softmax).Select(model => model.Name));
