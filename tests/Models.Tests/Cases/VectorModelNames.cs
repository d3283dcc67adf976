namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that take one vector a step, as data of a theory.</summary>
public sealed class VectorModelNames() : TheoryData<string>(ModelCase.All.Where(model => !model.TakesTokens && !model.HasReverse).Select(model => model.Name));
