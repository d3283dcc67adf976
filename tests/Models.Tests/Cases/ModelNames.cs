namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models, as data of a theory.</summary>
public sealed class ModelNames() : TheoryData<string>(ModelCase.All.Select(model => model.Name));
