namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models, of floats and of 8 bits, that take one step and give one output at a time, as data of a theory.</summary>
public sealed class SteppedModelNames() : TheoryData<string>(ModelCase.All.Concat(ModelCase.Int8).Where(model => !model.HasReverse).Select(model => model.Name));
