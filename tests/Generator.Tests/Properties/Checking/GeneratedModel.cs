using System.Reflection;
using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Training;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>A generated model of a drawn spec behind one interface for all.</summary>
internal sealed class GeneratedModel
{
    private readonly object _instance;

    private GeneratedModel(DrawnSpec spec, object instance)
    {
        Spec = spec;
        _instance = instance;
    }

    private delegate int AddTokens(ReadOnlySpan<int> tokens);

    public DrawnSpec Spec { get; }

    public int OutputSize => Get<int>("OutputSize");

    public int StateSize => Get<int>("StateSize");

    public int ParameterCount => Get<int>("ParameterCount");

    /// <summary>Values of one time step of the inputs, also where they are tokens.</summary>
    public int ValuesPerStep => Spec.ReadsTokens ? 1 : Spec.Input;

    /// <summary>Values of the outputs of a sequence that has outputs at so many steps.</summary>
    public int OutputLength(int steps) => (Spec.ManyToOne ? 1 : steps) * OutputSize;

    public static GeneratedModel Create(Type type, DrawnSpec spec) => new(spec, spec.IsOpen
        ? Call(type, null, "Create", [typeof(int), typeof(int)], spec.OpenOutputs, spec.Seed)
        : Call(type, null, "Create", [typeof(int)], spec.Seed));

    public GeneratedModel Load(SafeTensorsFile file) => new(Spec, Call(_instance.GetType(), null, "Load", [typeof(SafeTensorsFile)], file));

    /// <summary>The file that the model saves.</summary>
    public SafeTensorsFile Save() => Save(_instance);

    public GeneratedStream CreateStream(int maxSteps) => new(this, Spec.IsWholeSequence
        ? Call(_instance.GetType(), _instance, "CreateStream", [typeof(int)], maxSteps)
        : Call(_instance.GetType(), _instance, "CreateStream", []));

    public SequenceTrainer CreateTrainer(TrainerOptions options) => (SequenceTrainer)Call(_instance.GetType(), _instance, "CreateTrainer", [typeof(TrainerOptions)], options);

    /// <summary>Adds a sequence to the batch of a trainer of this model.</summary>
    public int Add(SequenceTrainer trainer, float[] inputs) =>
        Spec.ReadsTokens ? trainer.GetType().GetMethod("Add", [typeof(ReadOnlySpan<int>)])!.CreateDelegate<AddTokens>(trainer)(Tokens(inputs)) : trainer.Add(inputs);

    /// <summary>The gradients of a trainer by the names of their tensors.</summary>
    public static Dictionary<string, float[]> Gradients(SequenceTrainer trainer) =>
        Save(Call(trainer.GetType(), trainer, "GradientsAsModel", [])).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.ToArray());

    public static int[] Tokens(ReadOnlySpan<float> inputs) => Array.ConvertAll(inputs.ToArray(), value => (int)value);

    private static SafeTensorsFile Save(object model)
    {
        string path = Path.GetTempFileName();
        try
        {
            model.GetType().GetMethod("Save")!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, [path, null], null);
            return SafeTensorsFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static object Call(Type type, object? target, string method, Type[] types, params object[] arguments)
    {
        MethodInfo? found = type.GetMethod(method, types);
        Assert.True(found is not null, $"{type.Name} has no method {method}({string.Join(", ", types.Select(parameter => parameter.Name))}).");
        return found.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    /// <summary>A constant, or a property of the class or of the model.</summary>
    private T Get<T>(string name)
    {
        Type type = _instance.GetType();
        return (T)(type.GetField(name)?.GetValue(null) ?? type.GetProperty(name)!.GetValue(_instance))!;
    }
}
