using System.Globalization;
using Devices.Usage;
using KeywordSpotter.Models;

namespace KeywordSpotter.Commands;

/// <summary><c>kws models</c>: the versions of a model that are kept, and the way back to them.</summary>
internal static class ModelsCommand
{
    private const string Bundled = "a model file is missing; allowed: kws models FILE (the bundled model has no versions)";

    public static Command Create(Terminal terminal)
    {
        Option back = Option.OptionalWhole(
            "--roll-back", "Makes an earlier version the model again, that of the number or the one before the current one; the later ones are kept.", 1, int.MaxValue);
        return new Command
        {
            Name = "models",
            Summary = "Lists the kept versions of a model: when and how each was made, what it finds and what was measured; goes back to one.",
            Argument = ("FILE", "The model. Its versions are in the folder FILE.versions."),
            Options = [back],
            Run = arguments =>
            {
                string path = arguments.Argument ?? throw new UsageException(Bundled);
                if (!arguments.Has(back))
                {
                    return List(terminal, path);
                }

                ModelVersion version = ModelVersions.RollBack(path, arguments.Text(back) is null ? null : arguments.Whole(back));
                terminal.Output.WriteLine($"{path}: is version {version.Number} again, of {Date(version)}: {version.Maker}");
                return CommandLine.Done;
            },
        };
    }

    private static int List(Terminal terminal, string path)
    {
        IReadOnlyList<ModelVersion> versions = ModelVersions.List(path);
        var rows = new List<string[]> { (string[])["", "number", "written", "keywords", "made by", "measured"] };
        foreach (ModelVersion version in versions)
        {
            rows.Add([
                version.IsCurrent ? "*" : "", version.Number > 0 ? version.Number.ToString(CultureInfo.InvariantCulture) : "-",
                Date(version), string.Join(", ", version.Keywords), version.Maker, version.Figures]);
        }

        var widths = new int[rows[0].Length];
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (string[] row in rows)
        {
            terminal.Output.WriteLine(string.Join("  ", row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }

        return CommandLine.Done;
    }

    /// <summary>Local time, as the clock on the wall had it.</summary>
    private static string Date(ModelVersion version) => version.Written.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
