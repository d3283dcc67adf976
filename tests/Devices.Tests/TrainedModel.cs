using KeywordSpotter.Tests;

[assembly: AssemblyFixture(typeof(TrainedModel))]

namespace KeywordSpotter.Tests;

/// <summary>A tiny model of two synthetic words, trained once for all tests by the program itself, when the first of them asks for it.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly Lazy<CommandRun> _training;
    private readonly Lazy<CommandRun> _replay;

    /// <summary>Writes the recordings.</summary>
    public TrainedModel()
    {
        Root = Directory.CreateTempSubdirectory("kws-tests-").FullName;
        SmallAudio.WriteTrainingFolders(Root, clips: 20);
        WriteBundledModel(In("start.safetensors"));
        // From weights that know what sounds are: from random ones, three recurrent layers take ten times as long.
        _training = new Lazy<CommandRun>(() => CommandRun.Of(
            "train", "--data", In("data"), "--background", In("background"), In("words"), "--start", In("start.safetensors"), "--out", ModelPath,
            "--household", "0", "--babble", "0", "--epochs", "12", "--steps", "25", "--batch", "16", "--seconds", "1.6", "--mine", "3", "--validation", "0.2", "--context", "0"));
        _replay = new Lazy<CommandRun>(() => CommandRun.Of(
            "replay", "--data", In("data"), "--background", In("background"), In("words"), "--out", ReplayPath, "--examples", "100", "--seconds", "1.6"));
    }

    /// <summary>A folder for everything tests write.</summary>
    public string Root { get; }

    /// <summary>The weight file.</summary>
    public string Path => Training.Status == 0 ? ModelPath : throw new InvalidOperationException(Training.Error);

    /// <summary>Examples of its words and background, to replay.</summary>
    public string Replay => _replay.Value.Status == 0 ? ReplayPath : throw new InvalidOperationException(_replay.Value.Error);

    /// <summary>How the training command ended.</summary>
    internal CommandRun Training => _training.Value;

    private string ReplayPath => In("trained.replay.safetensors");

    private string ModelPath => In("model.safetensors");

    private static void WriteBundledModel(string path)
    {
        using Stream source = typeof(KeywordModel).Assembly.GetManifestResourceStream("wake-words.safetensors")!;
        using FileStream file = File.Create(path);
        source.CopyTo(file);
    }

    /// <summary>A path below <see cref="Root"/>.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Root, recursive: true);
}
