using System.Reflection;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Models.Tests.Cases;

/// <summary>A generated model behind one interface for all.</summary>
internal sealed class TestModel(ModelCase model, object instance)
{
    public ModelCase Case { get; } = model;

    public delegate int AddSequence(ReadOnlySpan<float> inputs);

    public delegate int AddSequenceFrom(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState);

    /// <summary>The generated model itself.</summary>
    public object Instance { get; } = instance;

    public int OutputSize => Get<int>("OutputSize");

    public int StateSize => Get<int>("StateSize");

    public int ParameterCount => Get<int>("ParameterCount");

    public int WeightBytes => Get<int>("WeightBytes");

    public int MultiplyAddsPerStep => Get<int>("MultiplyAddsPerStep");

    public string Spec => Get<string>("Spec");

    public IReadOnlyList<LayerSummary> Layers => Get<IReadOnlyList<LayerSummary>>("Layers");

    public IReadOnlyList<string> LayerNames => Get<IReadOnlyList<string>>("LayerNames");

    public IReadOnlyDictionary<string, string> Metadata => Get<IReadOnlyDictionary<string, string>>("Metadata");

    /// <summary>Values of the output of a sequence of T steps.</summary>
    public int OutputLength(int steps) => Case.ManyToOne ? OutputSize : (steps + Case.OutputStride - 1) / Case.OutputStride * OutputSize;

    /// <summary>A stream; that of a model that reads whole sequences takes those of so many time steps.</summary>
    public TestStream CreateStream(int maxSteps = 100) => new(this, Case.ReadsWholeSequence ? Call(Instance, "CreateStream", maxSteps) : Call(Instance, "CreateStream"));

    /// <summary>What a trainer of so many options would take.</summary>
    public long GetTrainerMemoryBytes(TrainerOptions options) =>
        (long)Call(Instance, "GetTrainerMemoryBytes", Case.IsOpen ? [options, OutputSize] : [options]);

    public SequenceTrainer CreateTrainer(TrainerOptions options) => (SequenceTrainer)Call(Instance, "CreateTrainer", options);

    /// <summary>Adds a sequence to a trainer of this model.</summary>
    public void Add(SequenceTrainer trainer, ReadOnlySpan<float> inputs) => Adder(trainer)(inputs);

    /// <summary>What adds sequences to a trainer of this model and allocates nothing.</summary>
    public AddSequence Adder(SequenceTrainer trainer)
    {
        if (!Case.TakesTokens)
        {
            return trainer.Add;
        }

        TrainerCalls.AddTokens add = trainer.Adder<TrainerCalls.AddTokens>();
        return inputs =>
        {
            Span<int> tokens = stackalloc int[inputs.Length];
            return add(Tokens(inputs, tokens));
        };
    }

    /// <summary>Adds a sequence that begins with a given state.</summary>
    public void Add(SequenceTrainer trainer, ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState) => AdderFrom(trainer)(inputs, initialState);

    /// <summary>What adds sequences that begin with a given state, and allocates nothing.</summary>
    public AddSequenceFrom AdderFrom(SequenceTrainer trainer)
    {
        if (!Case.TakesTokens)
        {
            return trainer.Add;
        }

        TrainerCalls.AddTokensFrom add = trainer.Adder<TrainerCalls.AddTokensFrom>();
        return (inputs, initialState) =>
        {
            Span<int> tokens = stackalloc int[inputs.Length];
            return add(Tokens(inputs, tokens), initialState);
        };
    }

    /// <summary>The tokens that values stand for.</summary>
    public ReadOnlySpan<int> Tokens(ReadOnlySpan<float> values, Span<int> tokens)
    {
        for (int i = 0; i < values.Length; i++)
        {
            tokens[i] = Case.Token(values[i]);
        }

        return tokens;
    }

    public TestModel FromTrainer(SequenceTrainer trainer) => new(Case, Call(trainer, "ToModel", [null]));

    public TestModel AverageOf(SequenceTrainer trainer) => new(Case, Call(trainer, "ToAverageModel", [null]));

    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null) => Call(Instance, "Save", path, metadata);

    /// <summary>Saves the weights as floats; those of 8 bits as training has them.</summary>
    public void SaveFloats(string path)
    {
        if (Case.IsInt8)
        {
            using SequenceTrainer trainer = CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 1 });
            SaveFloats(trainer, path);
        }
        else
        {
            Save(path);
        }
    }

    /// <summary>Saves the weights of a trainer of a model with 8-bit weights.</summary>
    public static void SaveFloats(SequenceTrainer trainer, string path) => Call(trainer, "SaveFloats", path, null);

    /// <summary>All tensors of a trainer of a model with 8-bit weights, as training has them.</summary>
    public static Dictionary<string, float[]> Floats(SequenceTrainer trainer)
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("model.safetensors");
        SaveFloats(trainer, path);
        return SafeTensorsFile.Read(path).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());
    }

    /// <summary>All tensors, as floats, by their names in the file.</summary>
    public Dictionary<string, float[]> Tensors()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("model.safetensors");
        SaveFloats(path);
        return SafeTensorsFile.Read(path).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());
    }

    /// <summary>The model with random numbers added to each tensor whose values are all the same; itself where there is none.</summary>
    public TestModel Spread()
    {
        using TemporaryFolder folder = new();
        string path = folder.GetPath("model.safetensors");
        SaveFloats(path);
        SafeTensorsFile file = SafeTensorsFile.Read(path);
        bool any = false;
        List<SafeTensor> spread = [];
        foreach (SafeTensor tensor in file.Tensors)
        {
            float[] values = tensor.ToArray();
            if (values.Distinct().Count() == 1 && IsVector(tensor.Name))
            {
                any = true;
                float[] added = TestData.Values(values.Length, spread.Count + 77);
                spread.Add(SafeTensor.Create(tensor.Name, tensor.Shape.AsSpan(), [.. values.Zip(added, (value, more) => value + (0.5f * more))]));
            }
            else
            {
                spread.Add(tensor);
            }
        }

        if (!any)
        {
            return this;
        }

        SafeTensorsWriter.Write(path, spread, file.Metadata);
        return Case.Load(path);
    }

    private static bool IsVector(string tensor) => new[] { ".norm_", ".h0_", ".c0_", ".bias_gate_", ".bias_update_", ".zeta_", ".nu_" }.Any(part => tensor.Contains(part, StringComparison.Ordinal));

    /// <summary>The gradients of a trainer of this model by the names of their tensors.</summary>
    public Dictionary<string, float[]> Gradients(SequenceTrainer trainer) => new TestModel(Case, Call(trainer, "GradientsAsModel")).Tensors();

    private static object Call(object target, string method, params object?[] arguments) =>
        target.GetType().GetMethod(method)!.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    /// <summary>A constant, or a property of the class or of the model.</summary>
    private T Get<T>(string name)
    {
        Type type = Instance.GetType();
        return (T)(type.GetField(name)?.GetValue(null) ?? type.GetProperty(name)!.GetValue(Instance))!;
    }
}
