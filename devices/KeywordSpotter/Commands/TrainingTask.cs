using KeywordSpotter.Data;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws train</c> was asked for.</summary>
internal sealed record TrainingTask
{
    public required TrainingFolders Folders { get; init; }

    public required TrainingOptions Options { get; init; }

    /// <summary>The weight file to write.</summary>
    public required string Output { get; init; }

    /// <summary>The weights to begin with, or null.</summary>
    public string? Start { get; init; }

    /// <summary>The file for the network with all its outputs, or null.</summary>
    public string? Joint { get; init; }

    /// <summary>The page to write, or null.</summary>
    public string? Page { get; init; }

    /// <summary>The file from which training can be gone on with, or null.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Whether to go on from it.</summary>
    public bool Resume { get; init; }

    public DeviceBudget Budget { get; init; } = DeviceBudget.None;

    /// <summary>Finds out before the work that its results cannot be saved.</summary>
    /// <exception cref="UsageException">Two of the files are one.</exception>
    /// <exception cref="InputException">A file cannot be written.</exception>
    public void Check()
    {
        (string Option, string? Path)[] files = [("--out", Output), ("--report", Page), ("--checkpoint", Checkpoint), ("--joint", Joint)];
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i].Path is not { } path)
            {
                continue;
            }

            OutputFile.CheckWritable(
                path, files[i].Option, ("--data", [Folders.Data]), ("--extra", Folders.Extra), ("--background", Folders.Background), ("--noise", Folders.Noise));
            if (Array.Find(files[..i], file => file.Path is { } other && Path.GetFullPath(other) == Path.GetFullPath(path)).Option is { } taken)
            {
                throw new UsageException($"{files[i].Option} is '{path}', the file of {taken}; allowed: another file");
            }
        }

        if (Checkpoint is not null && !Resume && File.Exists(Checkpoint))
        {
            throw new InputException($"{Checkpoint}: is there already; allowed: --resume to go on from it, or --checkpoint with the name of a new file");
        }
    }
}
