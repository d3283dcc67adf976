using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>Training to the end on toy tasks, and what its results depend on.</summary>
public class TrainingTests
{
    [Fact]
    public void A_gru_learns_to_remember_the_first_symbol()
    {
        const int Batch = 16, MaxSteps = 12;
        RememberModel model = RememberModel.Create(seed: 1);
        using RememberModel.Trainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = Batch, MaxSteps = MaxSteps });
        Random random = new(1);
        double[] losses = new double[300];
        for (int update = 0; update < losses.Length; update++)
        {
            trainer.Clear();
            int[] labels = new int[Batch];
            for (int i = 0; i < Batch; i++)
            {
                (float[] inputs, labels[i]) = Symbols(random, random.Next(2, MaxSteps + 1));
                trainer.Add(inputs);
            }

            trainer.Forward();
            losses[update] = labels.Select((label, i) => trainer.CrossEntropy(i, [label], 1f / Batch)).Sum();
            trainer.Backward();
            trainer.Update(0.01f);
        }

        double first = losses[..20].Average(), last = losses[^20..].Average();
        Assert.True(first > 1 && last < 0.05, $"loss {first:F3} at first, {last:F4} at last; expected about ln 4 = 1.39 and below 0.05.");

        RememberModel.Stream stream = trainer.ToModel().CreateStream();
        float[] output = new float[RememberModel.OutputSize];
        for (int i = 0; i < 100; i++)
        {
            (float[] inputs, int label) = Symbols(random, random.Next(2, MaxSteps + 1));
            stream.Reset();
            stream.Run(inputs, output);
            Assert.Equal(label, Array.IndexOf(output, output.Max()));
        }
    }

    // What is asked for after the later pieces stands in the first one only: they are learnt where the state is carried, and by chance where it is not.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pieces_of_a_sequence_are_learnt_where_the_state_is_carried(bool isCarried)
    {
        const int Batch = 16, Pieces = 4, Steps = 3, Input = RememberModel.InputSize;
        using RememberModel.Trainer trainer = RememberModel.Create(seed: 1).CreateTrainer(new TrainerOptions { MaxBatch = Batch, MaxSteps = Steps });
        Random random = new(1);
        double[] losses = new double[200];
        float[][] states = [.. Enumerable.Range(0, Batch).Select(_ => new float[RememberModel.StateSize])];
        for (int sequences = 0; sequences < losses.Length; sequences++)
        {
            (float[] Inputs, int Label)[] data = [.. Enumerable.Range(0, Batch).Select(_ => Symbols(random, Pieces * Steps))];
            Array.ForEach(states, Array.Clear);
            for (int piece = 0; piece < Pieces; piece++)
            {
                for (int i = 0; i < Batch; i++)
                {
                    trainer.Add(data[i].Inputs.AsSpan(piece * Steps * Input, Steps * Input), states[i]);
                }

                trainer.Forward();
                losses[sequences] = Enumerable.Range(0, Batch).Sum(i => trainer.CrossEntropy(i, [data[i].Label], 1f / Batch));
                for (int i = 0; i < Batch && isCarried; i++)
                {
                    trainer.SaveState(i, states[i]);
                }

                trainer.Backward();
                trainer.Update(0.01f);
            }
        }

        double last = losses[^20..].Average();
        Assert.True(isCarried ? last < 0.1 : last > 1.2, $"loss {last:F3} of the last piece; expected below 0.1 with a carried state, about ln 4 = 1.39 without.");
    }

    // Beyond the units p is 0, and c would be infinite there after 128 steps; times a gradient of zero that is no number.
    [Fact]
    public void A_state_that_only_a_trained_vector_bounds_trains_over_many_steps()
    {
        const int Steps = 150;
        using GrowingModel.Trainer trainer = GrowingModel.Create(seed: 1).CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = Steps });
        float[] targets = new float[Steps * GrowingModel.OutputSize];
        double[] losses = new double[3];
        for (int update = 0; update < losses.Length; update++)
        {
            trainer.Clear();
            trainer.Add(new float[Steps * GrowingModel.InputSize]);
            trainer.Forward();
            losses[update] = trainer.MeanSquaredError(0, targets, 1f / Steps);
            trainer.Backward();
            double norm = trainer.Update(0.01f).GradientNorm;
            Assert.True(norm > 0 && double.IsFinite(norm), $"gradient norm {norm} of update {update}");
        }

        Assert.True(losses[2] < losses[1] && losses[1] < losses[0], $"losses {string.Join(", ", losses)}");
    }

    [Fact]
    public void An_lstm_learns_the_parity_of_bits()
    {
        const int Batch = 24, Steps = 10;
        using ParityModel.Trainer trainer = ParityModel.Create(seed: 2).CreateTrainer(new TrainerOptions { MaxBatch = Batch, MaxSteps = Steps });
        Random random = new(2);
        double[] losses = new double[500];
        for (int update = 0; update < losses.Length; update++)
        {
            trainer.Clear();
            int[][] labels = new int[Batch][];
            for (int i = 0; i < Batch; i++)
            {
                int[] bits = [.. Enumerable.Range(0, random.Next(1, Steps + 1)).Select(_ => random.Next(2))];
                int parity = 0;
                labels[i] = Array.ConvertAll(bits, bit => parity ^= bit);
                trainer.Add(Array.ConvertAll(bits, bit => (2f * bit) - 1));
            }

            trainer.Forward();
            float scale = 1f / labels.Sum(row => row.Length);
            losses[update] = labels.Select((row, i) => trainer.CrossEntropy(i, row, scale)).Sum();
            trainer.Backward();
            trainer.Update(0.02f);
        }

        double first = losses[..20].Average(), last = losses[^20..].Average();
        Assert.True(first > 0.6 && last < 0.03, $"loss {first:F3} at first, {last:F4} at last; expected about ln 2 = 0.69 and below 0.03.");
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Results_do_not_depend_on_the_number_of_threads(string name)
    {
        const int Batch = 31;
        TestModel model = ModelCase.Get(name).Create(seed: 6);
        Dictionary<string, float[]> expected = Train(model, Batch, new TrainerOptions { MaxBatch = Batch, MaxSteps = 9, Seed = 3 });
        foreach (int threads in new[] { 2, 3, 4 })
        {
            Compare.SameBits($"{name}, {threads} threads", expected, Train(model, Batch, new TrainerOptions { MaxBatch = Batch, MaxSteps = 9, Seed = 3, Threads = threads }));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        TestModel model = ModelCase.Of<DropoutModel>().Create(seed: 7);
        TrainerOptions options = new() { MaxBatch = 20, MaxSteps = 9, Seed = 5 };
        Dictionary<string, float[]> expected = Train(model, 20, options);

        Compare.SameBits("DropoutModel", expected, Train(model, 20, options));
        Compare.SameBits("DropoutModel, room for more", expected, Train(model, 20, options with { MaxBatch = 50, MaxSteps = 30 }));
        Assert.NotEqual(expected["dense1.weight"], Train(model, 20, options with { Seed = 6 })["dense1.weight"]);

        Compare.SameBits("DropoutModel, created twice", model.Tensors(), ModelCase.Of<DropoutModel>().Create(seed: 7).Tensors());
        Assert.NotEqual(model.Tensors()["dense1.weight"], ModelCase.Of<DropoutModel>().Create(seed: 8).Tensors()["dense1.weight"]);
    }

    [Theory]
    [InlineData(nameof(KeywordModel))]
    [InlineData(nameof(LastHeadModel))]
    public void Outputs_of_a_sequence_do_not_depend_on_the_rest_of_the_batch_and_gradients_only_in_rounding(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 8);
        int[] lengths = [.. Enumerable.Range(0, 30).Select(i => 1 + (i * 5 % 9))];
        float[][] inputs = TestData.Sequences(model.Case, 9, lengths);
        int[] order = [.. Enumerable.Range(0, inputs.Length)], shuffled = [.. order];
        new Random(4).Shuffle(shuffled);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = inputs.Length, MaxSteps = 9 });
        (float[][] outputs, Dictionary<string, float[]> gradients) = Evaluate(trainer, model, inputs, order);
        (float[][] others, Dictionary<string, float[]> otherGradients) = Evaluate(trainer, model, inputs, shuffled);
        for (int i = 0; i < inputs.Length; i++)
        {
            Compare.SameBits(name, $"outputs of sequence {i}", outputs[i], others[i]);
        }

        foreach ((string tensor, float[] values) in gradients)
        {
            Compare.Close(name, $"gradient of {tensor}", Array.ConvertAll(values, value => (double)value), otherGradients[tensor], 2e-6);
        }
    }

    [Fact]
    public void The_gradient_is_clipped_to_the_norm()
    {
        // The first step of AdamW without decay moves a weight by -rate * g / (|g| + epsilon): with a large epsilon, by about -rate / epsilon * g.
        const double Epsilon = 1e4;
        const float Rate = 1e3f, Clip = 0.5f;
        TestModel model = ModelCase.Of<ParityModel>().Create(seed: 9);
        AdamWSettings settings = new() { Epsilon = Epsilon, WeightDecay = 0 };
        double Norm(float clip, float scale, out double norm)
        {
            using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 4, ClipNorm = clip, Optimizer = settings });
            trainer.Add([1, -1, 1, 1]);
            trainer.Forward();
            trainer.CrossEntropy(0, [1, 1, 0, 1], scale);
            trainer.Backward();
            norm = trainer.Update(Rate).GradientNorm;
            Dictionary<string, float[]> before = model.Tensors(), after = model.FromTrainer(trainer).Tensors();
            return Math.Sqrt(before.Sum(tensor => tensor.Value.Zip(after[tensor.Key], (a, b) => Math.Pow(a - (double)b, 2)).Sum())) * Epsilon / Rate;
        }

        double clipped = Norm(Clip, 10, out double large);
        Assert.True(large > 2 * Clip, $"norm {large}");
        Assert.Equal(Clip, clipped, 0.001);
        double free = Norm(float.PositiveInfinity, 10, out double same);
        Assert.Equal(large, same);
        Assert.Equal(large, free, 0.005 * large);
        double small = Norm(Clip, 0.05f, out double below);
        Assert.True(below < Clip, $"norm {below}");
        Assert.Equal(below, small, 0.005 * below);
    }

    [Fact]
    public void Training_leaves_the_model_it_started_from_and_copies_of_the_weights_alone()
    {
        TestModel model = ModelCase.Of<RememberModel>().Create(seed: 10);
        Dictionary<string, float[]> before = model.Tensors();
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 4 });
        Compare.SameBits("weights at the start", before, model.FromTrainer(trainer).Tensors());
        Update(trainer, model);
        TestModel copy = model.FromTrainer(trainer);
        Dictionary<string, float[]> trained = copy.Tensors();
        Assert.NotEqual(before["gru.weight_hh_l0"], trained["gru.weight_hh_l0"]);
        Update(trainer, model);

        Compare.SameBits("the model that training started from", before, model.Tensors());
        Compare.SameBits("a copy of the weights in training", trained, copy.Tensors());
        Assert.Equal(model.Metadata, copy.Metadata);
        Assert.True(trainer.MemoryBytes > 16L * model.ParameterCount);
    }

    private static void Update(SequenceTrainer trainer, TestModel model)
    {
        trainer.Clear();
        trainer.Add(TestData.Values(4 * model.Case.Input, 3));
        trainer.Forward();
        trainer.CrossEntropy(0, [2]);
        trainer.Backward();
        trainer.Update(0.01f);
    }

    private static (float[] Inputs, int Label) Symbols(Random random, int steps)
    {
        float[] inputs = new float[steps * 4];
        int label = random.Next(4);
        inputs[label] = 1;
        for (int t = 1; t < steps; t++)
        {
            inputs[(t * 4) + random.Next(4)] = 1;
        }

        return (inputs, label);
    }

    /// <summary>Weights after four updates with batches of different sizes.</summary>
    private static Dictionary<string, float[]> Train(TestModel model, int batch, TrainerOptions options)
    {
        using SequenceTrainer trainer = model.CreateTrainer(options);
        for (int update = 0; update < 4; update++)
        {
            trainer.Clear();
            int count = batch - (update * 3);
            foreach (float[] inputs in TestData.Sequences(model.Case, update, [.. Enumerable.Range(0, count).Select(i => 1 + (i * 4 % 9))]))
            {
                model.Add(trainer, inputs);
            }

            trainer.Forward();
            for (int i = 0; i < count; i++)
            {
                Span<float> gradients = trainer.GetOutputGradients(i);
                TestData.Values(gradients.Length, i).CopyTo(gradients);
            }

            trainer.Backward();
            trainer.Update(0.01f);
        }

        return model.FromTrainer(trainer).Tensors();
    }

    private static (float[][] Outputs, Dictionary<string, float[]> Gradients) Evaluate(SequenceTrainer trainer, TestModel model, float[][] inputs, int[] order)
    {
        trainer.Clear();
        foreach (int sequence in order)
        {
            model.Add(trainer, inputs[sequence]);
        }

        trainer.Forward(training: false);
        float[][] outputs = new float[inputs.Length][];
        for (int i = 0; i < order.Length; i++)
        {
            outputs[order[i]] = trainer.GetOutputs(i).ToArray();
            Span<float> gradients = trainer.GetOutputGradients(i);
            TestData.Values(gradients.Length, order[i]).CopyTo(gradients);
        }

        trainer.Backward();
        return (outputs, model.Gradients(trainer));
    }
}
