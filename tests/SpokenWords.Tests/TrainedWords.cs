using SpokenWords.Tests;

[assembly: AssemblyFixture(typeof(TrainedWords))]

namespace SpokenWords.Tests;

/// <summary>A model of two made-up words, trained once for all tests by the program itself, when the first of them asks for it.</summary>
public sealed class TrainedWords : IDisposable
{
    private readonly Lazy<CommandRun> _training;

    /// <summary>Writes the recordings: five speakers to learn from and three others.</summary>
    public TrainedWords()
    {
        Root = Directory.CreateTempSubdirectory("words-tests-").FullName;
        WriteSpeakers("data", "ann", "bob", "cid", "dot", "eve");
        WriteSpeakers("others", "fay", "guy", "hal");
        SmallAudio.Write(In("noise", "0.wav"), SmallAudio.Background(0, 3));
        _training = new Lazy<CommandRun>(() => CommandRun.Of([.. Brief(ModelPath), "--noise", In("noise"), "--epochs", "8"]));
    }

    /// <summary>A folder for everything tests write.</summary>
    public string Root { get; }

    /// <summary>The weight file.</summary>
    public string Path => Training.Status == 0 ? ModelPath : throw new InvalidOperationException(Training.Error);

    /// <summary>How the training command ended.</summary>
    internal CommandRun Training => _training.Value;

    private string ModelPath => In("model.safetensors");

    /// <summary>A path below <see cref="Root"/>.</summary>
    public string In(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A training command that takes little time.</summary>
    public string[] Brief(string output) =>
        ["train", "--data", In("data"), "--out", output, "--steps", "12", "--batch", "16", "--seconds", "0.8", "--learning-rate", "0.01", "--reverb", "0.1"];

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void WriteSpeakers(string folder, params string[] speakers)
    {
        foreach (string speaker in speakers)
        {
            for (int i = 0; i < 4; i++)
            {
                int variant = (speaker[0] * 10) + i;
                SmallAudio.Write(In(folder, SmallAudio.Rise, $"{speaker}_{i}.wav"), SmallAudio.Word(SmallAudio.Rise, variant, out _));
                SmallAudio.Write(In(folder, SmallAudio.Sink, $"{speaker}_{i}.wav"), SmallAudio.Word(SmallAudio.Sink, variant, out _));
            }
        }
    }
}
