namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>A folder of its own for one test, deleted with its content.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("seq-embedded-");

    public string GetPath(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
