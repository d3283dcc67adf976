namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models with 8-bit weights, as data of a theory.</summary>
public sealed class Int8ModelNames() : TheoryData<string>(ModelCase.Int8.Select(model => model.Name));
