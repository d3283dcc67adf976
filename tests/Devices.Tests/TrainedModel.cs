using KeywordSpotter.Tests;

[assembly: AssemblyFixture(typeof(TrainedModel))]

namespace KeywordSpotter.Tests;

/// <summary>A tiny model of two synthetic words, trained once for all tests by the program itself.</summary>
public sealed class TrainedModel : IDisposable
{
    /// <summary>Trains the model.</summary>
    public TrainedModel()
    {
        Root = Directory.CreateTempSubdirectory("kws-tests-").FullName;
        SmallAudio.WriteTrainingFolders(Root, clips: 20);
        Training = CommandRun.Of(
            "train", "--data", In("data"), "--background", In("background"), In("words"), "--out", Path,
            "--epochs", "8", "--steps", "20", "--batch", "16", "--seconds", "1.6", "--mine", "3", "--validation", "0.2", "--context", "0");
    }

    /// <summary>A folder for everything tests write.</summary>
    public string Root { get; }

    /// <summary>The weight file.</summary>
    public string Path => In("model.safetensors");

    /// <summary>How the training command ended.</summary>
    internal CommandRun Training { get; }

    /// <summary>A path below <see cref="Root"/>.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
