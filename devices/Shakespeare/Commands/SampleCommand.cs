using Devices.Usage;
using Seq.Embedded.Decoding;
using Seq.Embedded.Text;

namespace Shakespeare.Commands;

/// <summary><c>shakespeare sample</c>: a text that the model makes up.</summary>
internal static class SampleCommand
{
    public static Command Create(Terminal terminal)
    {
        var presets = new SampleOptions();
        Option model = SharedOptions.Model();
        Option length = Option.Whole("--length", "Characters to write.", 1, int.MaxValue, presets.Length);
        Option prompt = Option.Text("--prompt", "text", "What the text begins with; the model goes on from there.");
        Option temperature = Option.Number(
            "--temperature", "Below 1 the model is more careful, above 1 more daring; 0 always takes the most probable character.", 0, 100, presets.Sampler.Temperature);
        Option topK = Option.Whole("--top-k", "Choose from so many most probable characters; 0 for all.", 0, NetworkSize.Tokens, presets.Sampler.TopK);
        Option topP = Option.Number("--top-p", "Choose from the fewest characters that have this share of probability together.", 0.001, 1, presets.Sampler.TopP);
        Option seed = Option.Whole("--seed", "The same seed gives the same text.", 0, int.MaxValue, 0);
        return new Command
        {
            Name = "sample",
            Summary = "Writes a text, character after character.",
            Options = [model, length, prompt, temperature, topK, topP, seed],
            Run = arguments => Run(terminal, new SampleOptions
            {
                Model = arguments.Text(model),
                Length = arguments.Whole(length),
                Prompt = arguments.Text(prompt) ?? "",
                Sampler = new SamplerOptions
                {
                    Temperature = arguments.Number(temperature),
                    TopK = arguments.Whole(topK),
                    TopP = arguments.Number(topP),
                    Seed = (ulong)arguments.Whole(seed),
                },
            }),
        };
    }

    public static int Run(Terminal terminal, SampleOptions options)
    {
        LanguageModel model = LanguageModel.Load(options.Model);
        Vocabulary vocabulary = model.Vocabulary;
        int[] prompt = vocabulary.Encode(options.Prompt);
        if (Array.IndexOf(prompt, vocabulary.UnknownToken) >= 0)
        {
            throw new UsageException($"--prompt has a character that {model.Name} does not know; allowed: {string.Concat(vocabulary.Pieces).Replace("\n", "line breaks and ", StringComparison.Ordinal)}");
        }

        ISequenceDecoder decoder = model.Network.CreateDecoder();
        float[] probabilities = new float[decoder.VocabularySize];
        decoder.Step(model.StartToken, probabilities);
        foreach (int token in prompt)
        {
            decoder.Step(token, probabilities);
        }

        terminal.Output.Write(options.Prompt);
        var sampler = new Sampler(vocabulary.Count, options.Sampler);
        for (int i = 0; i < options.Length && !terminal.Stop.IsCancellationRequested; i++)
        {
            probabilities[vocabulary.UnknownToken] = 0;
            int token = sampler.Draw(probabilities.AsSpan(0, vocabulary.Count));
            if (token == Sampler.None)
            {
                throw new InputException($"{model.Name}: its outputs are no probabilities");
            }

            terminal.Output.Write(vocabulary.GetPiece(token));
            decoder.Step(token, probabilities);
        }

        terminal.Output.WriteLine();
        return CommandLine.Done;
    }
}
