using Devices.Usage;

namespace Shakespeare.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option Model() => Option.Text("--model", "file", "Weight file of the model; the bundled model when not given.");
}
