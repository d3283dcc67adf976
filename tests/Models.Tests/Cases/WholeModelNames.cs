namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>The names of all models that read the whole sequence, as data of a theory.</summary>
public sealed class WholeModelNames() : TheoryData<string>(ModelCase.All.Where(model => model.ReadsWholeSequence).Select(model => model.Name));
