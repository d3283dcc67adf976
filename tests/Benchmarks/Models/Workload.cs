namespace Seq.Embedded.Benchmarks;

/// <summary>Work to be timed.</summary>
/// <param name="Name">Its name on the command line and in the results.</param>
/// <param name="Unit">Unit of its time: ms or us.</param>
/// <param name="Create">Takes the memory and returns the work: the argument says how often to do it.</param>
internal sealed record Workload(string Name, string Unit, Func<Action<int>> Create)
{
    /// <summary>Said before the instruction set where the weights are not float32, for example "int8-".</summary>
    public string VariantPrefix { get; init; } = "";
}
