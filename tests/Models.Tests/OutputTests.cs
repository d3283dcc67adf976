using Seq.Embedded.Models.Tests.Reference;

namespace Seq.Embedded.Models.Tests;

/// <summary>Outputs against the double-precision reference.</summary>
public class OutputTests
{
    // Relative to the largest output, and to 1 where that is smaller: 17 units in the last place of a float at 1.
    private const double Tolerance = 2e-6;

    private static readonly int[] Lengths = [1, 2, 17, 50];

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Run_gives_the_outputs_of_the_reference(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 3);
        ReferenceModel reference = new(model);
        foreach (float[] inputs in TestData.Sequences(model.Case, 1, Lengths))
        {
            double[][] expected = reference.Forward(reference.Rows(inputs, model.Case.Input));
            Compare.Close(name, $"outputs of {inputs.Length / model.Case.Input} steps", [.. expected.SelectMany(row => row)], model.CreateStream().Run(inputs), Tolerance, floor: 1);
        }
    }

    [Theory]
    [ClassData(typeof(ModelNames))]
    public void Constants_agree_with_the_tensors_of_the_file(string name)
    {
        TestModel model = ModelCase.Get(name).Create();
        Dictionary<string, float[]> tensors = model.Tensors();

        Assert.Equal(tensors.Values.Sum(tensor => tensor.Length), model.ParameterCount);
        Assert.Equal(4 * model.ParameterCount, model.WeightBytes);
        Assert.Equal(model.ParameterCount, model.Layers.Sum(layer => layer.Parameters));
        bool IsMultiplied(string tensor) => tensor.Contains("weight", StringComparison.Ordinal) && !tensor.Contains(".norm_", StringComparison.Ordinal) && !(model.Case.TakesTokens && tensor.StartsWith(model.Layers[0].Name + ".weight", StringComparison.Ordinal) && !tensor.Contains("_hh_", StringComparison.Ordinal));
        Assert.Equal(tensors.Where(tensor => IsMultiplied(tensor.Key)).Sum(tensor => tensor.Value.Length), model.Layers.Sum(layer => layer.MultiplyAdds));
        int perSequence = model.Case.ManyToOne ? model.Case.Layers.Reverse().TakeWhile(IsOfOneStep).Count() : 0;
        Assert.Equal(model.Layers.SkipLast(perSequence).Sum(layer => layer.MultiplyAdds), model.MultiplyAddsPerStep);
        Assert.Equal(model.Case.InputSize, model.Layers[0].Inputs);
        RecurrentLayerAttribute[] recurrent = [.. model.Case.Layers.OfType<RecurrentLayerAttribute>()];
        int sides = model.Case.Layers[^1] is RecurrentLayerAttribute { Direction: Direction.Bidirectional, Merge: DirectionMerge.Concatenate } ? 2 : 1;
        Assert.Equal(model.OutputSize, model.Case.Layers[^1] is AttentionPoolingAttribute ? model.Layers[^2].Inputs : sides * model.Layers[^1].Outputs);
        int states = recurrent.Sum(layer => layer.Layers * (layer is Models.MixingAttribute or Models.GrowingAttribute ? 2 * layer.Units : layer is LstmAttribute { Projection: var p } ? layer.Units + (p > 0 ? p : layer.Units) : layer.Units) * (layer.Direction == Direction.Bidirectional ? 2 : 1));

        // The output of the last time step is no state of a cell where the input is added to it.
        int last = model.Case.ManyToOne && recurrent is [.., { Residual: true } top] ? top.Units : 0;
        int pooling = model.Layers.Where(layer => layer.Kind == "Attention pooling").Sum(layer => layer.Inputs + 2);
        Assert.Equal(states + last + StateOfConvolutions(model) + pooling, model.StateSize);
    }

    /// <summary>True where every row is made of one row of the input alone.</summary>
    private static bool IsOfOneStep(LayerAttribute layer) => layer is DenseAttribute or Conv1DAttribute { Kernel: 1, Stride: 1 };

    /// <summary>Their last inputs, the last row of one that a many-to-one model ends in, and the time step within the stride.</summary>
    private static int StateOfConvolutions(TestModel model)
    {
        int values = 0, stride = 1, index = 0;
        LayerAttribute? lastInTime = model.Case.Layers.Last(layer => !IsOfOneStep(layer) || !model.Case.ManyToOne);
        foreach (Conv1DAttribute layer in model.Case.Layers.OfType<Conv1DAttribute>())
        {
            LayerSummary summary = model.Layers.Where(summary => summary.Kind.StartsWith("Conv1D", StringComparison.Ordinal)).ElementAt(index++);
            values += (layer.Kernel - 1) * layer.Dilation * summary.Inputs;
            values += model.Case.ManyToOne && layer == lastInTime ? layer.Channels : 0;
            stride *= layer.Stride;
            Assert.Equal(stride, summary.Stride);
        }

        return values + (stride > 1 && !model.Case.ReadsWholeSequence ? 1 : 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(131)]
    public void Open_outputs_of_every_size_agree_with_the_reference(int outputs)
    {
        foreach (ModelCase open in ModelCase.All.Where(model => model.IsOpen))
        {
            TestModel model = open.Create(seed: 5, outputs);
            Assert.Equal(outputs, model.OutputSize);
            ReferenceModel reference = new(model);
            float[] inputs = TestData.Values(7 * open.Input, outputs);
            double[][] expected = reference.Forward(reference.Rows(inputs, open.Input));
            Compare.Close(open.Name, $"{outputs} outputs", [.. expected.SelectMany(row => row)], model.CreateStream().Run(inputs), Tolerance, floor: 1);
        }
    }

    [Fact]
    public void All_kinds_of_models_are_declared()
    {
        LayerAttribute[] layers = [.. ModelCase.All.SelectMany(model => model.Layers)];
        Assert.True(ModelCase.All.Count >= 40, $"{ModelCase.All.Count} models");
        Assert.Equal([1, 2, 3], layers.OfType<RecurrentLayerAttribute>().Select(layer => layer.Layers).Distinct().Order());
        Assert.Equal(Enum.GetValues<Activation>(), layers.OfType<DenseAttribute>().Select(layer => layer.Activation).Distinct().Order());
        Assert.Equal([Activation.Relu, Activation.Tanh], layers.OfType<RnnAttribute>().Select(layer => layer.Activation).Distinct().Order());
        Assert.Equal(Enum.GetValues<GruReset>(), layers.OfType<GruAttribute>().Select(layer => layer.Reset).Distinct().Order());
        Assert.Contains(layers, layer => layer is LstmAttribute);
        Assert.Contains(layers, layer => layer is MguAttribute);
        Assert.Contains(layers, layer => layer is FastGrnnAttribute);
        HashSet<(Type, Direction)> directions = [.. layers.OfType<RecurrentLayerAttribute>().Select(layer => (layer.GetType(), layer.Direction))];
        foreach (Type cell in (Type[])[typeof(RnnAttribute), typeof(GruAttribute), typeof(LstmAttribute), typeof(MguAttribute), typeof(FastGrnnAttribute)])
        {
            Assert.All(Enum.GetValues<Direction>(), direction => Assert.Contains((cell, direction), directions));
        }

        Assert.Equal(Enum.GetValues<DirectionMerge>(), layers.OfType<RecurrentLayerAttribute>().Select(layer => layer.Merge).Distinct().Order());
        Assert.Contains(layers, layer => layer is DenseAttribute { Residual: true });
        Assert.Equal([0, 1, 2, 3, 8], ModelCase.All.Select(model => model.LookAhead).Distinct().Order());
        Assert.Contains(ModelCase.All, model => model.ManyToOne && model.IsOpen);
    }
}
