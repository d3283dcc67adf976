using System.Text;
using Recipes.Tests.Chorales;

[assembly: AssemblyFixture(typeof(TrainedMusic))]

namespace Recipes.Tests.Chorales;

/// <summary>A model of made-up music, trained once for all tests by the program itself, when the first of them asks for it.</summary>
public sealed class TrainedMusic : TemporaryFolder
{
    private readonly Lazy<CommandRun> _training;

    /// <summary>Writes the music.</summary>
    public TrainedMusic()
    {
        DataPath = Write("music.json", $$"""{"train": {{MakePart(24)}}, "valid": {{MakePart(4)}}}""");
        _training = new Lazy<CommandRun>(() => Train("model.safetensors", "--epochs", "12", "--threads", "2"));
    }

    /// <summary>The file of chorales.</summary>
    public string DataPath { get; }

    /// <summary>The weight file.</summary>
    public string ModelPath => Training.Status == 0 ? In("model.safetensors") : throw new InvalidOperationException(Training.Error);

    /// <summary>How the training command ended.</summary>
    internal CommandRun Training => _training.Value;

    /// <summary>Three chords one after the other, beginning with another one in each chorale.</summary>
    public static string MakePart(int chorales)
    {
        string[] chords = ["[48, 60, 64, 67]", "[53, 60, 65, 69]", "[55, 62, 65, 71]"];
        var text = new StringBuilder("[");
        for (int i = 0; i < chorales; i++)
        {
            text.Append(i > 0 ? ", [" : "[").AppendJoin(", ", Enumerable.Range(i, 12 + (i % 5)).Select(step => chords[step % 3])).Append(']');
        }

        return text.Append(']').ToString();
    }

    /// <summary>Trains briefly.</summary>
    internal CommandRun Train(string name, params string[] more) => CommandRun.Chorales(
        ["train", "--data", DataPath, "--out", In(name), "--batch", "4", "--learning-rate", "0.02", "--transpose", "0", .. more]);
}
