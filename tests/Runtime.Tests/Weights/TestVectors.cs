using System.Text.Json;

namespace Seq.Embedded.Tests.Weights;

/// <summary>The committed reference vectors in tests/Vectors; each is made by the script beside it.</summary>
internal static class TestVectors
{
    internal static string GetPath(string name)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "tests", "Vectors", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"No tests/Vectors/{name} above {AppContext.BaseDirectory}.");
    }

    internal static JsonElement ReadJson(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(GetPath(name)));
        return document.RootElement.Clone();
    }

    internal static float[] GetFloats(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(value => (float)value.GetDouble())];
}
