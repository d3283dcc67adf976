namespace Seq.Embedded.Models.Tests;

/// <summary>
/// Recurrent layers with given initial states against ONNX Runtime: files of tests/Vectors/onnxruntime_models.py. Here those that stream, with
/// RestoreState and SaveState; models of the reverse direction take the state as an argument of Run (<see cref="OnnxDirectionTests"/>).
/// </summary>
public class OnnxVectorTests
{
    // Of the largest value, and of 1 where that is smaller. ONNX Runtime computes in float, too: its files are within 2.4e-7 of the formulas.
    private const double Tolerance = 2e-6;

    public static TheoryData<string> Models => [.. VectorFiles.ModelsOf("Onnx").Where(name => !name.Contains("Bidirectional", StringComparison.Ordinal) && !name.Contains("Reverse", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Models))]
    public void Outputs_and_final_states_are_those_of_ONNX_Runtime(string name)
    {
        TestModel model = VectorFiles.Load(name);
        Dictionary<string, float[]> vectors = VectorFiles.VectorsOf(name);
        int sequences = vectors.Keys.Count(key => key.StartsWith("outputs.", StringComparison.Ordinal));
        for (int i = 0; i < sequences; i++)
        {
            TestStream stream = model.CreateStream();
            stream.RestoreState(vectors[$"initial.{i}"]);
            float[] outputs = new float[vectors[$"outputs.{i}"].Length], final = new float[model.StateSize];
            stream.Run(vectors[$"inputs.{i}"], outputs);
            stream.SaveState(final);
            Compare.Close(name, $"outputs.{i}", Doubles(vectors[$"outputs.{i}"]), outputs, Tolerance, floor: 1);
            Compare.Close(name, $"final.{i}", Doubles(vectors[$"final.{i}"]), final, Tolerance, floor: 1);
        }
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
