using Devices.Usage;
using SpokenWords.Data;

namespace SpokenWords.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option Data() => Option.Text(
        "--data", "dir", "Folder with one folder of WAV clips per word (the layout of Google Speech Commands).", required: true);

    public static Option Model() => Option.Text(
        "--model", "file", $"Weight file of the model, or the name of a bundled one: {string.Join(" or ", WordClassifier.BundledModels)}.", required: true);

    public static Option SpeakerEnd() => Option.Text(
        "--speaker-end", "text", $"The speaker is the part of a file's name before this text [{LoadSettings.UsualSpeakerEnd}].");

    public static Option Threads(string description) => Option.Whole("--threads", description, 1, 256, Environment.ProcessorCount);
}
