namespace Recipes.Tests;

/// <summary>A folder for everything that the tests of a program write.</summary>
public abstract class TemporaryFolder : IDisposable
{
    /// <summary>The folder.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("recipes-tests-").FullName;

    /// <summary>A path in the folder.</summary>
    public string In(string name) => Path.Combine(Root, name);

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }
}
