namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>Tests that run while no other test runs, as they count what the whole process allocates.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "Alone";
}
