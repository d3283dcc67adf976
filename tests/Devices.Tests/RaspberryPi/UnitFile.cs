namespace KeywordSpotter.Tests.RaspberryPi;

/// <summary>A unit file of systemd, read as systemd reads it: sections, keys that may come again, comments.</summary>
internal sealed class UnitFile
{
    private readonly List<(string Key, string Value)> _entries = [];

    /// <summary>Reads a file of devices/RaspberryPi.</summary>
    public UnitFile(string name)
    {
        Path = RepositoryFiles.RaspberryPi(name);
        string section = "";
        foreach (string line in File.ReadLines(Path))
        {
            if (line.StartsWith('['))
            {
                section = line.Trim('[', ']');
            }
            else if (line.Length > 0 && line[0] is not ('#' or ';'))
            {
                int equals = line.IndexOf('=');
                Assert.True(equals > 0, $"{name}: '{line}' is no assignment");
                _entries.Add(($"{section}.{line[..equals]}", line[(equals + 1)..]));
            }
        }
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The one value of a key, written SECTION.KEY.</summary>
    public string this[string key] => Assert.Single(All(key));

    /// <summary>All values of a key.</summary>
    public string[] All(string key) => [.. _entries.Where(entry => entry.Key == key).Select(entry => entry.Value)];
}
