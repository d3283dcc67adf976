using Seq.Embedded.Audio;
using Seq.Embedded.Training;

namespace Seq.Embedded.Benchmarks;

/// <summary>All workloads. The loops allocate nothing, the state carries on from step to step, and the inputs change.</summary>
internal static class Workloads
{
    private const int Features = 40;
    private const int Classes = 12;
    private const int Frames = 98;
    private const int Seed = 1;
    private const int Rows = 16; // that the inputs of steps change among

    /// <summary>Lists them.</summary>
    /// <param name="threads">Of training.</param>
    public static IEnumerable<Workload> List(int threads)
    {
        yield return Step("lstm-40-16-step", Features, Lstm16.OutputSize, () => Lstm16.Create(Seed).CreateStream().Step);
        yield return Step("lstm-40-32-step", Features, Lstm32.OutputSize, () => Lstm32.Create(Seed).CreateStream().Step);
        yield return Step("lstm-40-64-step", Features, Lstm64.OutputSize, () => Lstm64.Create(Seed).CreateStream().Step);
        yield return Step("lstm-40-128-step", Features, Lstm128.OutputSize, () => Lstm128.Create(Seed).CreateStream().Step);
        yield return Step("lstm-40-256-step", Features, Lstm256.OutputSize, () => Lstm256.Create(Seed).CreateStream().Step);
        yield return Step("gru-40-16-step", Features, Gru16.OutputSize, () => Gru16.Create(Seed).CreateStream().Step);
        yield return Step("gru-40-32-step", Features, Gru32.OutputSize, () => Gru32.Create(Seed).CreateStream().Step);
        yield return Step("gru-40-64-step", Features, Gru64.OutputSize, () => Gru64.Create(Seed).CreateStream().Step);
        yield return Step("gru-40-128-step", Features, Gru128.OutputSize, () => Gru128.Create(Seed).CreateStream().Step);
        yield return Step("gru-40-256-step", Features, Gru256.OutputSize, () => Gru256.Create(Seed).CreateStream().Step);
        yield return Step("keyword-step", Features, Classes, () => KeywordModel.Create(Seed).CreateStream().Step);
        yield return Step("lstm-1-16-dense-step", LstmEffect.InputSize, LstmEffect.OutputSize, () => LstmEffect.Create(Seed).CreateStream().Step);
        yield return Sequence("keyword-98", Classes, () => KeywordModel.Create(Seed).CreateStream().Run);
        yield return Sequence("bigru-98", BidirectionalGru.OutputSize, () => BidirectionalGru.Create(Seed).CreateStream(Frames).Run);

        // Weights of 8 bits: the same names as of float32, another variant.
        yield return Step("gru-40-64-step", Features, Int8Gru64.OutputSize, () => Int8Gru64.Create(Seed).CreateStream().Step) with { VariantPrefix = "int8-" };
        yield return Step("keyword-step", Features, Classes, () => Int8KeywordModel.Create(Seed).CreateStream().Step) with { VariantPrefix = "int8-" };
        yield return Sequence("keyword-98", Classes, () => Int8KeywordModel.Create(Seed).CreateStream().Run) with { VariantPrefix = "int8-" };

        foreach (int batch in (int[])[1, 16, 64])
        {
            yield return Training($"train-{batch}", batch, Frames, threads);
        }

        yield return new Workload("frame", "us", Frame);

        foreach ((int size, Func<StepAction> create) in SquareLayers())
        {
            yield return Step($"gru-{size}-{size}-step", size, size, create);
        }

        foreach (int batch in (int[])[1, 2, 4, 8, 16, 32, 64])
        {
            yield return Training($"train-growth-{batch}-{Frames}", batch, Frames, threads);
        }

        foreach (int frames in (int[])[12, 24, 49, 196, 392])
        {
            yield return Training($"train-growth-16-{frames}", 16, frames, threads);
        }
    }

    private static IEnumerable<(int Size, Func<StepAction> Create)> SquareLayers() =>
    [
        (8, () => Square8.Create(Seed).CreateStream().Step),
        (12, () => Square12.Create(Seed).CreateStream().Step),
        (16, () => Square16.Create(Seed).CreateStream().Step),
        (24, () => Square24.Create(Seed).CreateStream().Step),
        (32, () => Square32.Create(Seed).CreateStream().Step),
        (48, () => Square48.Create(Seed).CreateStream().Step),
        (64, () => Square64.Create(Seed).CreateStream().Step),
        (96, () => Square96.Create(Seed).CreateStream().Step),
        (128, () => Square128.Create(Seed).CreateStream().Step),
        (192, () => Square192.Create(Seed).CreateStream().Step),
        (256, () => Square256.Create(Seed).CreateStream().Step),
        (384, () => Square384.Create(Seed).CreateStream().Step),
        (512, () => Square512.Create(Seed).CreateStream().Step),
    ];

    private static Workload Step(string name, int inputSize, int outputSize, Func<StepAction> create) => new(name, "us", () =>
    {
        StepAction step = create();
        float[] inputs = Draw(Rows * inputSize);
        float[] outputs = new float[outputSize];
        return count =>
        {
            for (int i = 0; i < count; i++)
            {
                step(inputs.AsSpan(i % Rows * inputSize, inputSize), outputs);
            }
        };
    });

    private static Workload Sequence(string name, int outputSize, Func<StepAction> create) => new(name, "us", () =>
    {
        StepAction run = create();
        float[] inputs = Draw((Frames + Rows) * Features);
        float[] outputs = new float[Frames * outputSize];
        return count =>
        {
            for (int i = 0; i < count; i++)
            {
                run(inputs.AsSpan(i % Rows * Features, Frames * Features), outputs);
            }
        };
    });

    /// <summary>Forward, cross-entropy at every time step, backward, clip by the norm of all gradients, Adam.</summary>
    private static Workload Training(string name, int batch, int frames, int threads) => new(name, "ms", () =>
    {
        KeywordClassifier.Trainer trainer = KeywordClassifier.Create(Seed).CreateTrainer(
            new TrainerOptions { MaxBatch = batch, MaxSteps = frames, Threads = threads, Optimizer = new AdamWSettings { WeightDecay = 0 } });
        float[] inputs = Draw((frames + batch) * Features);
        int[] labels = new int[frames + batch];
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = i % Classes;
        }

        return count =>
        {
            for (int i = 0; i < count; i++)
            {
                trainer.Clear();
                for (int sequence = 0; sequence < batch; sequence++)
                {
                    trainer.Add(inputs.AsSpan(sequence * Features, frames * Features));
                }

                trainer.Forward();
                for (int sequence = 0; sequence < batch; sequence++)
                {
                    trainer.CrossEntropy(sequence, labels.AsSpan(sequence, frames), 1f / (batch * frames));
                }

                trainer.Backward();
                trainer.Update(1e-3f);
            }
        };
    });

    /// <summary>The features of the keyword spotter from 10 ms of audio at 16 kHz.</summary>
    private static Action<int> Frame()
    {
        FeatureSettings settings = new();
        FeatureExtractor extractor = new(settings);
        int hop = settings.HopSamples;
        float[] audio = Draw(100 * hop);
        float[] features = new float[settings.FeatureCount];
        return count =>
        {
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> samples = audio.AsSpan(i % 100 * hop, hop);
                extractor.TryNext(ref samples, features);
            }
        };
    }

    private static float[] Draw(int count)
    {
        float[] values = new float[count];
        CounterRandom random = new(Seed, 0);
        for (int i = 0; i < count; i++)
        {
            values[i] = 2 * random.GetUniform((ulong)i) - 1;
        }

        return values;
    }
}
