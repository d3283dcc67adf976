namespace Seq.Embedded.Tests.Weights;

/// <summary>A folder of its own for one test, deleted with its content.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("seq-embedded-");

    internal string FullName => _folder.FullName;

    /// <summary>Names of all files, hidden ones included.</summary>
    internal string[] FileNames => [.. _folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    internal string GetPath(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
