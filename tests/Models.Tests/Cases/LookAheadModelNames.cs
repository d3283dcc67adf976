namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that are streamed in chunks, as data of a theory.</summary>
public sealed class LookAheadModelNames() : TheoryData<string>(ModelCase.All.Where(model => model.LookAhead > 0).Select(model => model.Name));
