namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that drop outputs in training, as data of a theory.</summary>
public sealed class DroppedModelNames() : TheoryData<string>(ModelCase.All.Where(model => model.HasDropout).Select(model => model.Name));
