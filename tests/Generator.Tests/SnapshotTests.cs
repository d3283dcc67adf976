using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

/// <summary>Generated text against committed files. To accept a change: SEQ_UPDATE_SNAPSHOTS=1 dotnet test, then read the diff.</summary>
public class SnapshotTests
{
    private const string Update = "SEQ_UPDATE_SNAPSHOTS";

    public static TheoryData<string> Names => Models.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Generated_text_is_the_snapshot(string name)
    {
        string actual = Generation.Text(Models.Source(name));
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(Path.Combine(SourceFolder(), name + ".cs.txt"), actual);
            return;
        }

        string path = Path.Combine(AppContext.BaseDirectory, "Snapshots", name + ".cs.txt");
        Assert.True(File.Exists(path), $"{name} has no snapshot; write it with {Update}=1");
        TextComparison.AssertEqual(File.ReadAllText(path), actual, $"{name}: to accept the change, run with {Update}=1");
    }

    [Fact]
    public void Every_snapshot_belongs_to_a_model()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Snapshots")).Select(path => Path.GetFileName(path));
        Assert.Equal(Models.All.Select(name => name + ".cs.txt").Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    private static string SourceFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Seq.Embedded.Generator.Tests.csproj")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The folder of the test project was not found above the test binary."), "Snapshots");
    }
}
