using System.Text.Json;

namespace Chorales.Music;

/// <summary>
/// Chorales as JSON, in the form that the JSB chorales have: <c>{"train": [[[60, 64, 67, 72], ...], ...], ...}</c>, the notes of a time step in a chorale in a part.
/// </summary>
internal static class ChoraleFile
{
    public const string TrainingPart = "train";
    public const string ValidationPart = "valid";

    private const string Shape = "an object with parts such as \"train\", each an array of chorales, each an array of time steps, each an array of MIDI notes";

    /// <summary>The parts of a file, in its order.</summary>
    /// <exception cref="InputException">The file is missing, a folder, or has no chorales in it.</exception>
    public static List<(string Name, Chorale[] Chorales)> Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new InputException($"{path}: is a folder; chorales are a file");
        }

        if (!File.Exists(path))
        {
            throw new InputException($"{path}: no such file of chorales");
        }

        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InputException($"{path}: is no file of chorales; allowed: {Shape}");
            }

            List<(string, Chorale[])> parts = [];
            foreach (JsonProperty part in document.RootElement.EnumerateObject())
            {
                parts.Add((part.Name, ReadPart(part, path)));
            }

            return parts.Count > 0 ? parts : throw new InputException($"{path}: has no part; allowed: {Shape}");
        }
        catch (JsonException exception)
        {
            throw new InputException($"{path}: is no JSON from line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} on");
        }
    }

    private static Chorale[] ReadPart(JsonProperty part, string path)
    {
        List<Chorale> chorales = [];
        foreach (JsonElement element in Items(part.Value, path, part.Name))
        {
            string place = $"{part.Name}[{chorales.Count}]";
            List<int[]> steps = [];
            foreach (JsonElement step in Items(element, path, place))
            {
                steps.Add(ReadNotes(step, path, $"{place}[{steps.Count}]"));
            }

            if (steps.Count < 2)
            {
                throw new InputException($"{path}: {place} has {steps.Count} time steps; allowed: 2 or more");
            }

            chorales.Add(new Chorale([.. steps]));
        }

        return chorales.Count > 0 ? [.. chorales] : throw new InputException($"{path}: {part.Name} has no chorale");
    }

    private static int[] ReadNotes(JsonElement step, string path, string place)
    {
        List<int> notes = [];
        foreach (JsonElement element in Items(step, path, place))
        {
            // Files of JSON may write whole numbers as 60.0.
            if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out double note)
                || note != Math.Floor(note) || note < Piano.LowestNote || note > Piano.HighestNote)
            {
                throw new InputException($"{path}: {place} has the note {element}; allowed: {Piano.LowestNote} to {Piano.HighestNote}");
            }

            notes.Add((int)note);
        }

        notes.Sort();
        return [.. notes];
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string path, string place) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new InputException($"{path}: {place} is no array; allowed: {Shape}");
}
