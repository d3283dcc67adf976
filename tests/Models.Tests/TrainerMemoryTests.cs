using System.Runtime.CompilerServices;
using Seq.Embedded.Models.Tests.Models;
using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>What a trainer takes, what it gives back, and what stays in it from one batch to the next.</summary>
public class TrainerMemoryTests
{
    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Nothing_of_a_long_batch_leaks_into_a_shorter_one(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 11);
        TrainerOptions options = new() { MaxBatch = 15, MaxSteps = 9, Seed = 4 };
        float[][] spoiled = TestData.Sequences(model.Case, 1, [.. Enumerable.Repeat(9, 15)]);
        float[][] inputs = TestData.Sequences(model.Case, 2, 2, 3, 1);

        // Mostly of one time step: their last rows, which get the gradients of models with one output, are no last rows in the short batch.
        float[][] mixed = TestData.Sequences(model.Case, 3, [.. Enumerable.Range(0, 15).Select(i => i < 4 ? 9 : 1)]);
        float[] spoil = [float.NaN, 1e30f, float.NegativeInfinity, -1e30f];
        for (int i = 0; i < spoiled.Length; i++)
        {
            // Each kind of value reaches activations, deltas and gradients of some sequence; the first time step is among them.
            spoiled[i][i % spoiled[i].Length] = spoil[i % spoil.Length];
            spoiled[i][^1] = spoil[i % spoil.Length];
        }

        foreach (bool training in new[] { false, true })
        {
            using SequenceTrainer used = model.CreateTrainer(options), fresh = model.CreateTrainer(options);
            Pass(model, used, spoiled, training);
            Pass(model, used, mixed, training);

            // As many forward passes, so that the masks of the next are the same.
            Pass(model, fresh, [new float[model.Case.Input]], training, backward: false);
            Pass(model, fresh, [new float[model.Case.Input]], training, backward: false);
            Pass(model, used, inputs, training);
            Pass(model, fresh, inputs, training);
            for (int i = 0; i < inputs.Length; i++)
            {
                Compare.SameBits(name, $"outputs of sequence {i}", fresh.GetOutputs(i).ToArray(), used.GetOutputs(i).ToArray());
            }

            Compare.SameBits(name, model.Gradients(fresh), model.Gradients(used));
            Assert.Equal(fresh.Update(0.01f), used.Update(0.01f));
            Compare.SameBits(name, model.FromTrainer(fresh).Tensors(), model.FromTrainer(used).Tensors());
        }
    }

    [Fact]
    public void MemoryBytes_are_what_creation_allocates()
    {
        TestModel model = ModelCase.Of<KeywordModel>().Create();
        foreach (int batch in new[] { 1, 8, 9, 50 })
        {
            TrainerOptions options = new() { MaxBatch = batch, MaxSteps = 70 };
            model.CreateTrainer(options).Dispose();
            long before = GC.GetAllocatedBytesForCurrentThread();
            using SequenceTrainer trainer = model.CreateTrainer(options);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            // Beside the memory that counts there are the alignment of buffers and what is kept a sequence, such as its length.
            Assert.InRange(allocated, trainer.MemoryBytes, trainer.MemoryBytes + (trainer.MemoryBytes / 50) + 16_384);
        }
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(16_385)]
    public void Memory_of_a_number_of_outputs_that_no_model_has_is_refused(int outputs)
    {
        TrainerOptions options = new() { MaxBatch = 1, MaxSteps = 1 };
        ArgumentOutOfRangeException e = Assert.Throws<ArgumentOutOfRangeException>(() => KeywordModel.GetTrainerMemoryBytes(options, outputs));
        Assert.Equal("outputs", e.ParamName);
        Assert.True(KeywordModel.GetTrainerMemoryBytes(options, 1) < KeywordModel.GetTrainerMemoryBytes(options, 16_384));
    }

    [Fact]
    public void A_trainer_of_8_bit_weights_is_refused_before_it_takes_memory()
    {
        TestModel model = ModelCase.Of<Int8KeywordModel>().Create();
        TrainerOptions options = new() { MaxBatch = 1, MaxSteps = 1, MaxMemoryBytes = 1 };
        long needed = 4L * model.ParameterCount, allocated = 0;
        for (int i = 0; i < 2; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateTrainer(options));
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(allocated < needed, $"{allocated} bytes allocated; allowed: less than the {needed} of the weights as floats.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_trainer_that_is_not_disposed_of_is_collected(int threads)
    {
        WeakReference trainer = Use(threads);
        for (int i = 0; i < 100 && trainer.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(trainer.IsAlive, "The trainer is still reachable.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(int threads)
    {
        ParityModel.Trainer trainer = ParityModel.Create(1).CreateTrainer(new TrainerOptions { MaxBatch = 40, MaxSteps = 3, Threads = threads });
        Pass(ModelCase.Of<ParityModel>().Create(), trainer, [.. Enumerable.Repeat<float[]>([1, 0, 1], 40)], training: true);
        return new WeakReference(trainer);
    }

    private static void Pass(TestModel model, SequenceTrainer trainer, float[][] sequences, bool training, bool backward = true)
    {
        trainer.Clear();
        foreach (float[] sequence in sequences)
        {
            model.Add(trainer, sequence);
        }

        trainer.Forward(training);
        for (int i = 0; i < sequences.Length; i++)
        {
            Span<float> gradients = trainer.GetOutputGradients(i);
            TestData.Values(gradients.Length, i).CopyTo(gradients);
        }

        if (backward)
        {
            trainer.Backward();
        }
    }
}
