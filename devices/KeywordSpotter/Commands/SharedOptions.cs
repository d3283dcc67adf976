using Devices.Usage;

namespace KeywordSpotter.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option Model(string weights = "of floats or of 8 bits") =>
        Option.Text("--model", "file", $"Weight file of the model, {weights}; the bundled model when not given.");

    public static Option Data() => Option.Text(
        "--data", "dir", "Folder of folders of WAV clips. Those named like a keyword of the model hold the keyword, all others do not.");

    public static Option Background() => Option.Folders("--background", "Folders of WAV files without keywords, of any length.");

    public static Option Threshold() => Option.Number("--threshold", "Score from 0 to 1 at which a keyword is reported, instead of the model's own.", 0, 1);

    public static Option Json(string description) => Option.Switch("--json", description);

    public static Option Threads(string description) => Option.Whole("--threads", description, 1, 256, Environment.ProcessorCount);

    /// <summary>The threshold that was given, or null.</summary>
    public static float? Threshold(Arguments arguments, Option option) => arguments.Has(option) ? (float)arguments.Number(option) : null;
}
