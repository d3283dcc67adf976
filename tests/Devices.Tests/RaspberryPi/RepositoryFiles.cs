using System.Runtime.CompilerServices;

namespace KeywordSpotter.Tests.RaspberryPi;

/// <summary>Files that are not compiled, found from the place of this one.</summary>
internal static class RepositoryFiles
{
    /// <summary>A file of devices/RaspberryPi.</summary>
    public static string RaspberryPi(string name, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "devices", "RaspberryPi", name));
}
