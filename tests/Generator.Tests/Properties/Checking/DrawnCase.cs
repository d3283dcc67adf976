using Seq.Embedded.Generator.Tests.Properties.Drawing;
using Seq.Embedded.Generator.Tests.Properties.Interpreting;
using Seq.Embedded.Weights;

namespace Seq.Embedded.Generator.Tests.Properties.Checking;

/// <summary>A generated model with drawn weights and inputs, and the interpreter of its spec over the same file.</summary>
internal sealed class DrawnCase
{
    private readonly RoundingTally _tally;

    public DrawnCase(Type type, DrawnSpec spec, RoundingTally tally)
    {
        _tally = tally;
        Random = new Random(spec.Seed);
        GeneratedModel created = GeneratedModel.Create(type, spec);
        using MemoryStream stream = new();
        SafeTensorsWriter.Write(stream, created.Save().Tensors.Where(tensor => !tensor.Name.EndsWith("_scale", StringComparison.Ordinal)).Select(Draw));
        stream.Position = 0;
        File = SafeTensorsFile.Read(stream, "drawn");
        Model = created.Load(File);
        Tensors = new Tensors(File);
        Interpreter = new SpecInterpreter(spec, Tensors);
        Sequences = [.. spec.Lengths.Select(DrawInputs)];
    }

    /// <summary>For what else the case draws.</summary>
    public Random Random { get; }

    public SafeTensorsFile File { get; }

    public GeneratedModel Model { get; }

    /// <summary>The tensors that <see cref="Interpreter"/> reads.</summary>
    public Tensors Tensors { get; }

    public SpecInterpreter Interpreter { get; }

    /// <summary>Inputs of each length of the spec, row by row.</summary>
    public float[][] Sequences { get; }

    /// <summary>The inputs as the interpreter reads them.</summary>
    public double[][] Rows(float[] inputs) => [.. inputs.Select(value => (double)value).Chunk(Model.ValuesPerStep)];

    /// <summary>The most time steps of a sequence.</summary>
    public int MaxSteps => Math.Max(1, Model.Spec.Lengths.Max());

    public GeneratedStream CreateStream() => Model.CreateStream(MaxSteps);

    /// <summary>A snapshot of drawn values, at the first time step of a stride; positive where one of them is a sum of weights.</summary>
    public float[] DrawState()
    {
        bool pools = Model.Spec.Layers.Any(layer => layer.Kind.EndsTime);
        float[] state = [.. Enumerable.Range(0, Model.StateSize).Select(_ => Uniform(1)).Select(value => pools ? Math.Abs(value) : value)];
        if (Model.Spec.KeepsPhase)
        {
            state[^1] = 0;
        }

        return state;
    }

    /// <summary>What rounding explains of one tensor that is compared.</summary>
    /// <param name="given">What it is computed from.</param>
    /// <param name="magnitude">Its largest value.</param>
    public Rounding RoundingOf(IReadOnlyList<double[]> given, double magnitude)
    {
        _tally.AddCompared();
        return new Rounding(_tally, Random, given, magnitude);
    }

    private float Uniform(double bound) => (float)(((2 * Random.NextDouble()) - 1) * bound);

    private float[] DrawInputs(int length)
    {
        float[] inputs = new float[length * Model.ValuesPerStep];
        foreach (ref float input in inputs.AsSpan())
        {
            input = Model.Spec.ReadsTokens ? Random.Next(Model.Spec.Input) : Uniform(2);
        }

        return inputs;
    }

    /// <summary>Weights of the size that models are created with; gains about one; and no tensor left at a value that hides it.</summary>
    private SafeTensor Draw(SafeTensor tensor)
    {
        bool gain = tensor.Name.Contains("norm_", StringComparison.Ordinal) && tensor.Name.EndsWith("weight", StringComparison.Ordinal);
        double bound = tensor.Shape.Length > 1 ? 1 / Math.Sqrt(tensor.Length / (double)tensor.Shape[0]) : 0.5;
        float[] values = new float[tensor.Length];
        foreach (ref float value in values.AsSpan())
        {
            value = Uniform(bound) + (gain ? 1 : 0);
        }

        return SafeTensor.Create(tensor.Name, tensor.Shape.AsSpan(), values);
    }
}
