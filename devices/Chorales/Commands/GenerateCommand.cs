using System.Globalization;
using Chorales.Music;
using Devices.Usage;
using Seq.Embedded.Weights;

namespace Chorales.Commands;

/// <summary><c>chorales generate</c>: a new chorale as a MIDI file.</summary>
internal static class GenerateCommand
{
    public static Command Create(Terminal terminal)
    {
        var presets = new MidiSettings();
        Option model = SharedOptions.Model();
        Option output = Option.Text("--out", "file", "MIDI file to write.", required: true);
        Option length = Option.Whole("--length", "Time steps (quarter notes) to compose.", 2, 100_000, 64);
        Option temperature = Option.Number("--temperature", "Below 1 the model is more careful, above 1 more daring; 0 always plays the most probable keys.", 0, 100, 0.5);
        Option tempo = Option.Whole("--tempo", "Quarter notes per minute.", 4, 1000, presets.Tempo);
        Option program = Option.Whole("--instrument", "Instrument of General MIDI; 19 is a church organ, 0 a piano.", 0, 127, presets.Program);
        Option seed = Option.Whole("--seed", "The same seed gives the same chorale.", 0, int.MaxValue, 0);
        return new Command
        {
            Name = "generate",
            Summary = "Composes a chorale, time step after time step, and writes it as a Standard MIDI File.",
            Options = [model, output, length, temperature, tempo, program, seed],
            Run = arguments =>
            {
                string path = arguments.Given(output);
                OutputFile.CheckWritable(path, "--out", ("--model", [arguments.Text(model)]));
                Chorale chorale = Compose(
                    SharedOptions.Load(arguments.Text(model)), arguments.Whole(length), arguments.Number(temperature), (ulong)arguments.Whole(seed), terminal.Stop);
                var settings = new MidiSettings { Tempo = arguments.Whole(tempo), Program = arguments.Whole(program) };
                AtomicFile.Write(path, stream => MidiFile.Write(stream, chorale, settings));
                terminal.Output.WriteLine(Describe(path, chorale));
                return CommandLine.Done;
            },
        };
    }

    private static Chorale Compose(ChoraleModel model, int steps, double temperature, ulong seed, CancellationToken stop)
    {
        try
        {
            return Composer.Compose(model, steps, temperature, seed, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before the chorale was complete; nothing is written");
        }
    }

    private static string Describe(string path, Chorale chorale)
    {
        int notes = 0;
        for (int step = 0; step < chorale.Length; step++)
        {
            notes += chorale[step].Length;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{path}: {chorale.Length} time steps, {(double)notes / chorale.Length:0.0} notes at a time");
    }
}
