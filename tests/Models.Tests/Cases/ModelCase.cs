using System.Reflection;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>One generated model, found by its attribute: a model declared in Models/ is tested by every theory without further code.</summary>
internal sealed class ModelCase
{
    private const int OutputsOfOpenModels = 3;

    private static readonly IReadOnlyList<ModelCase> s_every =
        [.. typeof(ModelCase).Assembly.GetTypes().Where(type => type.IsDefined(typeof(SequenceModelAttribute), inherit: false)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new ModelCase(type))];

    private readonly Type _type;

    private ModelCase(Type type)
    {
        _type = type;
        SequenceModelAttribute model = type.GetCustomAttribute<SequenceModelAttribute>()!;
        Layers = [.. type.GetCustomAttributes(inherit: false).OfType<LayerAttribute>()];
        TakesTokens = Layers[0] is EmbeddingAttribute or OneHotAttribute;
        InputSize = model.Input;
        IsInt8 = model.Weights == WeightFormat.Int8;
        LookAhead = model.LookAhead;
        HasReverse = Layers.OfType<RecurrentLayerAttribute>().Any(layer => layer.Direction != Direction.Forward);
        ManyToOne = model.Task == SequenceTask.ManyToOne;
    }

    /// <summary>All models without a decoder and without 8-bit weights: those have tests of their own.</summary>
    public static IReadOnlyList<ModelCase> All => [.. s_every.Where(model => !model.IsInt8 && !model.Layers.Any(layer => layer is DecoderAttribute))];

    /// <summary>All models without a decoder, with 8-bit weights.</summary>
    public static IReadOnlyList<ModelCase> Int8 => [.. s_every.Where(model => model.IsInt8 && !model.Layers.Any(layer => layer is DecoderAttribute))];

    public string Name => _type.Name;

    /// <summary>The size of a vector, or of the vocabulary.</summary>
    public int InputSize { get; }

    /// <summary>True where an input is a token.</summary>
    public bool TakesTokens { get; }

    /// <summary>Values of an input in the tests: a token is given as one value, see <see cref="Token"/>.</summary>
    public int Input => TakesTokens ? 1 : InputSize;

    /// <summary>True where the weights have 8 bits.</summary>
    public bool IsInt8 { get; }

    public bool ManyToOne { get; }

    /// <summary>Time steps of a chunk, or 0.</summary>
    public int LookAhead { get; }

    /// <summary>The layers as declared, input to output.</summary>
    public IReadOnlyList<LayerAttribute> Layers { get; }

    public bool IsOpen => Layers[^1] is DenseAttribute { Units: 0 };

    public bool Softmax => Layers[^1] is DenseAttribute { Activation: Activation.Softmax };

    /// <summary>Time steps from one output of a many-to-many model to the next.</summary>
    public int OutputStride => ManyToOne ? 1 : Layers.OfType<Conv1DAttribute>().Aggregate(1, (stride, layer) => stride * layer.Stride);

    /// <summary>True where a layer goes through time in reverse: the model is not streamed step by step.</summary>
    public bool HasReverse { get; }

    /// <summary>True where sequences begin anew: windows and means over time read what was before.</summary>
    public bool BeginsAnew => Layers.Any(layer => layer is AttentionPoolingAttribute or Conv1DAttribute { Kernel: > 1 } or Conv1DAttribute { Stride: > 1 });

    public bool ReadsWholeSequence => HasReverse && LookAhead == 0;

    /// <summary>True where a layer drops outputs in training; the last one never does.</summary>
    public bool HasDropout => Layers.Where((layer, i) => i < Layers.Count - 1 || layer is RecurrentLayerAttribute { Layers: > 1 }).Any(layer => layer.Dropout > 0);

    /// <summary>The token that a value stands for, so that tests of all models draw their inputs in the same way.</summary>
    public int Token(double value) => (int)(Math.Abs(double.IsFinite(value) ? value : 0) * 1e4 % InputSize);

    public static ModelCase Get(string name) => s_every.Single(model => model.Name == name);

    public static ModelCase Of<TModel>() => Get(typeof(TModel).Name);

    /// <summary>A new model. Trained vectors that start with one value for all units get different ones, so that tests see each of them.</summary>
    public TestModel Create(int seed = 1, int outputs = OutputsOfOpenModels) => CreateAsIs(seed, outputs).Spread();

    /// <summary>A new model as the library creates it.</summary>
    public TestModel CreateAsIs(int seed = 1, int outputs = OutputsOfOpenModels) =>
        new(this, Call("Create", IsOpen ? [typeof(int), typeof(int)] : [typeof(int)], IsOpen ? [outputs, seed] : [seed]));

    public TestModel Load(string path) => new(this, Call("Load", [typeof(string)], [path]));

    public TestModel Load(SafeTensorsFile file) => new(this, Call("Load", [typeof(SafeTensorsFile)], [file]));

    public override string ToString() => Name;

    private object Call(string method, Type[] types, object[] arguments) =>
        _type.GetMethod(method, types)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
