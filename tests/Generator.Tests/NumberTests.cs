using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

/// <summary>Parameters, multiply-adds and bytes against numbers computed by hand, as constants of the compiled class.</summary>
public class NumberTests
{
    // I inputs, H units. RNN: H (I + H + 2) parameters, H (I + H) multiply-adds. GRU: 3 times that. LSTM: 4 times, state h and c. Dense: O (I + 1), O I.
    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Rnn(3)]", 21, 15, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)]", 63, 45, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Reset = GruReset.BeforeProduct)]", 63, 45, 3)]
    [InlineData("[SequenceModel(Input = 3)] [Lstm(2)]", 56, 40, 4)]
    [InlineData("[SequenceModel(Input = 3)] [Dense(2, Activation.Tanh)]", 8, 6, 0)]
    [InlineData("[SequenceModel(Input = 3)] [Dense(2, Bias = false)]", 6, 6, 0)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Bias = false)]", 45, 45, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Reset = GruReset.None)]", 42, 30, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Normalize = true)]", 45 + 36, 45, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Normalize = true, Bias = false)]", 45 + 18, 45, 3)]
    [InlineData("[SequenceModel(Input = 3)] [Lstm(2, Peepholes = true)]", 56 + 6, 40, 4)]
    [InlineData("[SequenceModel(Input = 3)] [Lstm(2, CoupledGates = true, InitialState = InitialState.Learned)]", 42 + 4, 30, 4)]
    [InlineData("[SequenceModel(Input = 3)] [Lstm(4, Projection = 2)]", 16 * (3 + 2 + 2) + 8, 16 * (3 + 2) + 8, 6)]
    [InlineData("[SequenceModel(Input = 3)] [Lstm(2, Normalize = true)]", 40 + 32 + 4, 40, 4)]
    [InlineData("[SequenceModel(Input = 2)] [Mgu(3)]", 42, 30, 3)]
    [InlineData("[SequenceModel(Input = 2)] [FastGrnn(3)]", 15 + 6 + 2, 15, 3)]
    [InlineData("[SequenceModel(Input = 40)] [Lstm(64)]", 27_136, 26_624, 128)]
    [InlineData("[SequenceModel(Input = 40)] [Gru(64, Layers = 2)] [Dense(5, Activation.Softmax)]", 20_352 + 24_960 + 325, 19_968 + 24_576 + 320, 128)]
    [InlineData("[SequenceModel(Input = 80)] [Dense(48, Activation.Relu)] [Gru(64, Layers = 2)] [Dense(5, Activation.Softmax)]", 51_061, 50_240, 128)]
    [InlineData("[SequenceModel(Input = 40, Task = SequenceTask.ManyToOne)] [Lstm(64)] [Dense(32)] [Dense(10, Activation.Softmax)]", 27_136 + 2_080 + 330, 26_624, 128)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Direction = Direction.Reverse)]", 63, 45, 3)]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3, Direction = Direction.Bidirectional)] [Dense(2)]", (2 * 63) + 14, (2 * 45) + 12, 6)]
    [InlineData("[SequenceModel(Input = 2, LookAhead = 4)] [Lstm(3, Layers = 2, Direction = Direction.Bidirectional)]", 2 * ((4 * 3 * 7) + (4 * 3 * 11)), 2 * ((4 * 3 * 5) + (4 * 3 * 9)), 24)]
    [InlineData("[SequenceModel(Input = 2, LookAhead = 4)] [Rnn(3, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)] [Dense(3, Residual = true)]", (2 * (21 + 24)) + 12, (2 * (15 + 18)) + 9, 12)]
    [InlineData("[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)] [Rnn(3, Residual = true)]", 24, 18, 6)]
    [InlineData("[SequenceModel(Input = 1)] [Rnn(1, Layers = 3)] [Lstm(1)]", 12 + 16, 6 + 8, 5)]
    // Attention pooling: A (I + 1) + A parameters, A I + A multiply-adds, the mean of I values, the largest score and the sum.
    [InlineData("[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)] [AttentionPooling(3)]", 18, 15, 6)]
    [InlineData("[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)] [Rnn(5)] [AttentionPooling(3)] [Dense(2)]", 55 + 21 + 12, 45 + 18, 5 + 7)]
    // Convolution: O (I K + 1) parameters, O I K multiply-adds, I (K - 1) D values of state; a stride counts the time step.
    [InlineData("[SequenceModel(Input = 4)] [Conv1D(5, Kernel = 3, Dilation = 2)]", 5 * 13, 5 * 12, 16)]
    [InlineData("[SequenceModel(Input = 4)] [Conv1D(5, Stride = 2)] [Gru(2)]", (5 * 13) + 54, (5 * 12) + 42, 8 + 2 + 1)]
    [InlineData("[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)] [Conv1D(5, Kernel = 2)] [Dense(2)]", 45 + 12, 40, 4 + 5)]
    public void Constants_are_the_numbers(string spec, int parameters, int multiplyAdds, int stateValues)
    {
        GeneratedAssembly assembly = new($"using Seq.Embedded;\n{spec}\npublic partial class M;");
        Assert.Equal(parameters, assembly.Constant("M", "ParameterCount"));
        Assert.Equal(4 * parameters, assembly.Constant("M", "WeightBytes"));
        Assert.Equal(multiplyAdds, assembly.Constant("M", "MultiplyAddsPerStep"));
        Assert.Equal(stateValues, assembly.Constant("M", "StateSize"));
        Assert.Equal(4 * stateValues, assembly.Constant("M", "StateBytes"));

        IReadOnlyList<LayerSummary> layers = (IReadOnlyList<LayerSummary>)assembly.Property("M", "Layers")!;
        Assert.Equal(parameters, layers.Sum(layer => layer.Parameters));
    }

    [Fact]
    public void Layers_are_listed_one_by_one()
    {
        GeneratedAssembly assembly = new("using Seq.Embedded;\n[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)] [Rnn(3, Activation = Activation.Relu)] [Gru(2, Layers = 2, Reset = GruReset.BeforeProduct)] [Dense(5, Activation.Softmax, Name = \"head\")]\npublic partial class M;");
        Assert.Equal(
            [
                new LayerSummary("rnn", "RNN relu", 4, 3, 27, 21),
                new LayerSummary("gru", "GRU reset before the product layer 1 of 2", 3, 2, 42, 30),
                new LayerSummary("gru", "GRU reset before the product layer 2 of 2", 2, 2, 36, 24),
                new LayerSummary("head", "Dense softmax", 2, 5, 15, 10, PerSequence: true),
            ],
            (IReadOnlyList<LayerSummary>)assembly.Property("M", "Layers")!);
        Assert.Equal(21 + 30 + 24, assembly.Constant("M", "MultiplyAddsPerStep"));
        Assert.Equal(10, assembly.Constant("M", "MultiplyAddsPerSequence"));
    }

    [Fact]
    public void Layers_above_a_stride_state_it()
    {
        GeneratedAssembly assembly = new("using Seq.Embedded;\n[SequenceModel(Input = 4)] [Conv1D(3, Kernel = 5, Stride = 2, Activation = Activation.Relu)] [Conv1D(2, Kernel = 2, Stride = 3, Dilation = 4)] [Rnn(2)]\npublic partial class M;");
        Assert.Equal(
            [
                new LayerSummary("conv1d1", "Conv1D kernel 5 stride 2 relu", 4, 3, 63, 60) { Stride = 2 },
                new LayerSummary("conv1d2", "Conv1D kernel 2 stride 3 dilation 4", 3, 2, 14, 12) { Stride = 6 },
                new LayerSummary("rnn", "RNN tanh", 2, 2, 12, 8) { Stride = 6 },
            ],
            (IReadOnlyList<LayerSummary>)assembly.Property("M", "Layers")!);
        Assert.Equal(60 + 12 + 8, assembly.Constant("M", "MultiplyAddsPerStep"));
        Assert.Equal((4 * 4) + (4 * 3) + 2 + 1, assembly.Constant("M", "StateSize"));
    }

    [Fact]
    public void Open_model_counts_its_outputs()
    {
        GeneratedAssembly assembly = new(
            """
            using Seq.Embedded;
            [SequenceModel(Input = 80)] [Dense(48, Activation.Relu)] [Gru(64, Layers = 2)] [Dense(Activation.Softmax)]
            public partial class M
            {
                public static string Numbers()
                {
                    M m = Create(5, 1);
                    return $"{m.OutputSize} {m.ParameterCount} {m.WeightBytes} {m.MultiplyAddsPerStep} {m.Layers[3].Parameters} {m.Layers[3].MultiplyAdds} {m.Layers[3].Outputs}";
                }
            }
            """);
        Assert.Equal("5 51061 204244 50240 325 320 5", assembly.Call("M", "Numbers"));
    }

    // GRU of 220 units: its 770 KB of weights are visited forwards and backwards in turn; 219 and 221 units end in a block with empty lanes.
    // Of 64 and 80 units two blocks at a time: their 81 and 116 KB do not fit into the first-level cache, but a part of them does.
    [Theory]
    [InlineData("Gru(219)", true)]
    [InlineData("Gru(220)", true)]
    [InlineData("Gru(221, Reset = GruReset.BeforeProduct)", true)]
    [InlineData("Lstm(200)", true)]
    [InlineData("Lstm(250, Projection = 101)", true)]
    [InlineData("Lstm(201, Normalize = true, Peepholes = true)", true)]
    [InlineData("Mgu(277)", true)]
    [InlineData("FastGrnn(399)", true)]
    [InlineData("Dense(16_000)", true)]
    [InlineData("Gru(64)", true)]
    [InlineData("Gru(80)", true)]
    [InlineData("Gru(32)", false)]
    [InlineData("Lstm(64)", false)]
    public void Order_of_the_blocks_changes_no_bit(string layer, bool alternates)
    {
        string source =
            $$"""
            using System;
            using Seq.Embedded;
            [SequenceModel(Input = 40)] [{{layer}}]
            public partial class M
            {
                public static string Work()
                {
                    M model = Create(3);
                    float[] input = new float[InputSize], zero = new float[StateSize], forwards = new float[OutputSize], backwards = new float[OutputSize];
                    for (int i = 0; i < input.Length; i++)
                    {
                        input[i] = (((i * 37) % 11) - 5) / 8f;
                    }

                    Stream stream = model.CreateStream();
                    stream.Step(input, forwards);
                    stream.RestoreState(zero);
                    stream.Step(input, backwards);
                    return $"{forwards.AsSpan().SequenceEqual(backwards)} {Array.IndexOf(backwards, 0f)}";
                }
            }
            """;
        Assert.Equal(alternates, Generation.Run(source).Sources.Single().SourceText.ToString().Contains("descending ?", StringComparison.Ordinal));
        Assert.Equal("True -1", new GeneratedAssembly(source).Call("M", "Work"));
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 5)] [Gru(7, Layers = 2, Dropout = 0.5)] [Rnn(3)] [Lstm(2)] [Gru(3, Reset = GruReset.BeforeProduct)] [Dense(4, Activation.Softmax)]")]
    [InlineData("[SequenceModel(Input = 5)] [Gru(2, Name = \"a\", Reset = GruReset.BeforeProduct)] [Gru(2, Name = \"am2\")] [Dense(4, Activation.Softmax, Name = \"aLast\")]")]
    public void Compiled_code_runs_with_overflow_checks(string spec)
    {
        GeneratedAssembly assembly = new(
            $$"""
            using System;
            using Seq.Embedded;
            using Seq.Embedded.Training;
            {{spec}}
            public partial class M
            {
                public static string Work()
                {
                    M model = Create(3);
                    float[] inputs = new float[70 * InputSize], whole = new float[70 * OutputSize], stepped = new float[70 * OutputSize];
                    for (int i = 0; i < inputs.Length; i++)
                    {
                        inputs[i] = ((i * 37) % 11) - 5;
                    }

                    model.CreateStream().Run(inputs, whole);
                    Stream stream = model.CreateStream();
                    for (int t = 0; t < 70; t++)
                    {
                        stream.Step(inputs.AsSpan(t * InputSize, InputSize), stepped.AsSpan(t * OutputSize, OutputSize));
                    }

                    using Trainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 70 });
                    int[] labels = new int[70];
                    double first = 0, last = 0;
                    for (int i = 0; i < 20; i++)
                    {
                        trainer.Clear();
                        trainer.Add(inputs);
                        trainer.Forward(false);
                        last = trainer.CrossEntropy(0, labels);
                        first = i == 0 ? last : first;
                        trainer.Backward();
                        trainer.Update(0.01f);
                    }

                    return $"{whole.AsSpan().SequenceEqual(stepped)} {last < first}";
                }
            }
            """);
        Assert.Equal("True True", assembly.Call("M", "Work"));
    }
}
