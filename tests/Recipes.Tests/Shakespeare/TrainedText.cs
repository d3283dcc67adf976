using System.Text;
using Recipes.Tests.Shakespeare;

[assembly: AssemblyFixture(typeof(TrainedText))]

namespace Recipes.Tests.Shakespeare;

/// <summary>A model of a made-up text, trained once for all tests by the program itself, when the first of them asks for it.</summary>
public sealed class TrainedText : TemporaryFolder
{
    private readonly Lazy<CommandRun> _training;

    /// <summary>Writes the text.</summary>
    public TrainedText()
    {
        TextPath = Write("text.txt", MakeText(600));
        _training = new Lazy<CommandRun>(() => Train("model.safetensors", "--epochs", "6", "--threads", "2"));
    }

    /// <summary>The text: sentences of a few words in a random order.</summary>
    public string TextPath { get; }

    /// <summary>The weight file.</summary>
    public string ModelPath => Training.Status == 0 ? In("model.safetensors") : throw new InvalidOperationException(Training.Error);

    /// <summary>How the training command ended.</summary>
    internal CommandRun Training => _training.Value;

    /// <summary>Sentences of a few words in a random order.</summary>
    public static string MakeText(int sentences)
    {
        string[] who = ["the cat", "a dog", "my king", "the queen"], what = ["sees", "hears", "loves"];
        var random = new Random(1);
        var text = new StringBuilder();
        for (int i = 0; i < sentences; i++)
        {
            text.Append($"{who[random.Next(4)]} {what[random.Next(3)]} {who[random.Next(4)]}.\n");
        }

        return text.ToString();
    }

    /// <summary>Trains a small network briefly.</summary>
    internal CommandRun Train(string name, params string[] more) => CommandRun.Shakespeare(
        ["train", "--text", TextPath, "--out", In(name), "--lanes", "8", "--steps", "16", "--learning-rate", "0.02", .. more]);
}
