namespace Devices.Usage;

/// <summary>A command of a program: <c>kws NAME [ARGUMENT] [options]</c>.</summary>
internal sealed class Command
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    /// <summary>Name and meaning of its one optional argument; null when it takes none.</summary>
    public (string Name, string Description)? Argument { get; init; }

    public required IReadOnlyList<Option> Options { get; init; }

    /// <summary>Does the work and returns the exit status.</summary>
    public required Func<Arguments, int> Run { get; init; }
}
