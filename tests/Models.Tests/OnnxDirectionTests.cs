using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests;

/// <summary>Bidirectional and reverse layers with given initial states against ONNX Runtime: files of tests/Vectors/onnxruntime_models.py.</summary>
public class OnnxDirectionTests
{
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(nameof(OnnxGruBidirectionalModel))]
    [InlineData(nameof(OnnxGruBeforeBidirectionalModel))]
    [InlineData(nameof(OnnxLstmBidirectionalModel))]
    [InlineData(nameof(OnnxRnnReverseModel))]
    public void Outputs_and_final_states_from_given_states_are_those_of_ONNX_Runtime(string name)
    {
        TestModel model = VectorFiles.Load(name);
        TestStream stream = model.CreateStream();
        Dictionary<string, float[]> vectors = VectorFiles.VectorsOf(name);
        int sequences = vectors.Keys.Count(key => key.StartsWith("outputs.", StringComparison.Ordinal));
        for (int i = 0; i < sequences; i++)
        {
            float[] outputs = new float[vectors[$"outputs.{i}"].Length], final = new float[model.StateSize];
            stream.Run(vectors[$"inputs.{i}"], vectors[$"initial.{i}"], outputs);
            stream.SaveState(final);
            Compare.Close(name, $"outputs.{i}", Doubles(vectors[$"outputs.{i}"]), outputs, Tolerance, floor: 1);
            Compare.Close(name, $"final.{i}", Doubles(vectors[$"final.{i}"]), final, Tolerance, floor: 1);
        }
    }

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, value => (double)value);
}
