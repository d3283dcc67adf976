using KeywordSpotter.Data;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws tune</c> and <c>kws enroll</c> are asked to do.</summary>
internal sealed record TuningTask
{
    /// <summary>The command as it is listed among the versions of the model, without the names of files.</summary>
    public required string Maker { get; init; }

    /// <summary>The model; null for the bundled one.</summary>
    public required string? Model { get; init; }

    public required string Output { get; init; }

    /// <summary>Examples to replay; null for those that go with the model, "none" for none.</summary>
    public required string? Replay { get; init; }

    public required TuningOptions Options { get; init; }

    /// <summary>Whether examples of the clips are added to those that go with the model that is written.</summary>
    public required bool KeepExamples { get; init; }

    /// <summary>Whether a worse model is written, too.</summary>
    public required bool Force { get; init; }

    /// <summary>What the command reads, each with its option, so that none of it is written over.</summary>
    public required IReadOnlyList<(string Option, IReadOnlyList<string?> Paths)> Inputs { get; init; }

    /// <summary>Gets the clips, once it is known that the model can be tuned.</summary>
    public required Func<SpotterModel, TrainingData> Load { get; init; }
}
