using System.Globalization;
using Devices.Usage;

namespace SpokenWords.Commands;

/// <summary><c>words classify</c>: what is said in recordings.</summary>
internal static class ClassifyCommand
{
    public static Command Create(Terminal terminal)
    {
        Option model = SharedOptions.Model();
        Option threads = SharedOptions.Threads("Clips that are decoded at once.");
        return new Command
        {
            Name = "classify",
            Summary = "Says which word is spoken in a WAV file, or in each WAV file of a folder.",
            Argument = ("CLIP", "A WAV file, or a folder of them."),
            Options = [model, threads],
            Run = arguments =>
            {
                string path = arguments.Argument ?? throw new UsageException("a clip is missing; allowed: a WAV file, or a folder of them");
                if (!Path.Exists(path))
                {
                    throw new InputException($"{path}: no such WAV file or folder");
                }

                WordClassifier classifier = WordClassifier.Load(arguments.Given(model));
                string[] files = Directory.Exists(path) ? AudioFolder.FindWavs(path, "CLIP") : [path];
                foreach (Clip clip in Decode(files, classifier.SampleRate, arguments.Whole(threads), terminal.Stop))
                {
                    (int word, float[] posteriors) = classifier.Classify(clip);
                    terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clip.Name}  {classifier.Words[word]}  {posteriors[word]:0.00}"));
                }

                return CommandLine.Done;
            },
        };
    }

    private static Clip[] Decode(string[] files, int sampleRate, int threads, CancellationToken stop)
    {
        try
        {
            return AudioFolder.Decode(files, sampleRate, threads, stop);
        }
        catch (OperationCanceledException)
        {
            throw new InputException("stopped before everything was decoded; there is no result");
        }
    }
}
