using System.Reflection;
using Seq.Embedded.Decoding;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>One generated encoder-decoder model, found by its attributes.</summary>
internal sealed class DecoderCase
{
    private static readonly IReadOnlyList<DecoderCase> s_every =
        [.. typeof(DecoderCase).Assembly.GetTypes().Where(type => type.IsDefined(typeof(DecoderAttribute), inherit: false)).OrderBy(type => type.Name, StringComparer.Ordinal).Select(type => new DecoderCase(type))];

    private readonly Type _type;

    private DecoderCase(Type type)
    {
        _type = type;
        LayerAttribute[] layers = [.. type.GetCustomAttributes(inherit: false).OfType<LayerAttribute>()];
        int decoder = Array.FindIndex(layers, layer => layer is DecoderAttribute);
        Layers = layers;
        Encoder = layers[..decoder];
        Decoder = layers[(decoder + 1)..];
        Vocabulary = ((DecoderAttribute)layers[decoder]).VocabularySize;
        InputSize = type.GetCustomAttribute<SequenceModelAttribute>()!.Input;
        IsInt8 = type.GetCustomAttribute<SequenceModelAttribute>()!.Weights == WeightFormat.Int8;
        TakesTokens = layers[0] is EmbeddingAttribute or OneHotAttribute;
        IsOneToMany = !Encoder.Any(layer => layer is RecurrentLayerAttribute);
    }

    /// <summary>All models but those with 8-bit weights.</summary>
    public static IReadOnlyList<DecoderCase> All => [.. s_every.Where(model => !model.IsInt8)];

    public static IReadOnlyList<DecoderCase> Int8 => [.. s_every.Where(model => model.IsInt8)];

    public static TheoryData<string> Int8Names => [.. Int8.Select(model => model.Name)];

    public static TheoryData<string> Names => [.. All.Select(model => model.Name)];

    public string Name => _type.Name;

    public LayerAttribute[] Layers { get; }

    public LayerAttribute[] Encoder { get; }

    public LayerAttribute[] Decoder { get; }

    /// <summary>Tokens of the target.</summary>
    public int Vocabulary { get; }

    /// <summary>Size of a vector of the source, or number of its tokens.</summary>
    public int InputSize { get; }

    public bool TakesTokens { get; }

    public bool IsInt8 { get; }

    public bool IsOneToMany { get; }

    public static DecoderCase Get(string name) => s_every.Single(model => model.Name == name);

    public object Create(int seed) => Call(null, "Create", seed);

    public ISequenceDecoder CreateStream(object model, int maxSourceSteps) =>
        (ISequenceDecoder)(IsOneToMany ? Call(model, "CreateStream") : Call(model, "CreateStream", maxSourceSteps));

    public SequenceTrainer CreateTrainer(object model, TrainerOptions options) => (SequenceTrainer)Call(model, "CreateTrainer", options);

    /// <summary>A source of so many time steps: values, or tokens as whole numbers; one step where the model is one-to-many.</summary>
    public float[] Source(int steps, int seed)
    {
        float[] values = TestData.Values((IsOneToMany ? 1 : steps) * (TakesTokens ? 1 : InputSize), seed);
        return TakesTokens ? Array.ConvertAll(values, value => (float)(int)(Math.Abs(value) * 1000 % InputSize)) : values;
    }

    public int[] Target(int steps, int seed) => [.. new int[steps].Select((_, t) => new Random((1000 * seed) + t).Next(Vocabulary))];

    /// <summary>What encodes a source with a stream, and allocates nothing.</summary>
    public Action<float[]> EncoderOf(ISequenceDecoder stream)
    {
        if (!TakesTokens)
        {
            EncodeVectors encode = (EncodeVectors)Delegate.CreateDelegate(typeof(EncodeVectors), stream, "Encode");
            return source => encode(source);
        }

        EncodeTokens encodeTokens = (EncodeTokens)Delegate.CreateDelegate(typeof(EncodeTokens), stream, "Encode");
        return source => encodeTokens(Tokens(source, stackalloc int[source.Length]));
    }

    /// <summary>What adds pairs to a trainer, and allocates nothing.</summary>
    public Action<float[], int[]> Adder(SequenceTrainer trainer)
    {
        if (!TakesTokens)
        {
            TrainerCalls.AddVectorPair add = trainer.Adder<TrainerCalls.AddVectorPair>();
            return (source, target) => add(source, target);
        }

        TrainerCalls.AddTokenPair addTokens = trainer.Adder<TrainerCalls.AddTokenPair>();
        return (source, target) => addTokens(Tokens(source, stackalloc int[source.Length]), target);
    }

    /// <summary>Encode, then a step for every token: the probabilities (T, V).</summary>
    public float[] Steps(ISequenceDecoder stream, float[] source, int[] target)
    {
        EncoderOf(stream)(source);
        float[] probabilities = new float[target.Length * Vocabulary];
        for (int t = 0; t < target.Length; t++)
        {
            stream.Step(target[t], probabilities.AsSpan(t * Vocabulary, Vocabulary));
        }

        return probabilities;
    }

    /// <summary>All tensors as floats by their names in the file.</summary>
    public Dictionary<string, float[]> Tensors(object model)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("model.safetensors");
        if (IsInt8)
        {
            using SequenceTrainer trainer = CreateTrainer(model, new TrainerOptions { MaxBatch = 1, MaxSteps = 1 });
            Call(trainer, "SaveFloats", path, null);
        }
        else
        {
            Call(model, "Save", path, null);
        }

        return SafeTensorsFile.Read(path).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());
    }

    public Dictionary<string, float[]> Gradients(SequenceTrainer trainer) => Tensors(Call(trainer, "GradientsAsModel"));

    public T Constant<T>(string name) => (T)(_type.GetField(name)?.GetValue(null) ?? _type.GetProperty(name)!.GetValue(null))!;

    private static ReadOnlySpan<int> Tokens(ReadOnlySpan<float> values, Span<int> tokens)
    {
        for (int i = 0; i < values.Length; i++)
        {
            tokens[i] = (int)values[i];
        }

        return tokens;
    }

    private object Call(object? target, string method, params object?[] arguments) =>
        (target?.GetType() ?? _type).GetMethod(method, [.. arguments.Select(argument => argument?.GetType() ?? typeof(IReadOnlyDictionary<string, string>))])!
            .Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private delegate void EncodeVectors(ReadOnlySpan<float> source);

    private delegate void EncodeTokens(ReadOnlySpan<int> source);
}
