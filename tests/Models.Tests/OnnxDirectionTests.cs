using Seq.Embedded.Models.Tests.Models;

namespace Seq.Embedded.Models.Tests;

/// <summary>Bidirectional and reverse layers with given initial states against ONNX Runtime: files of tests/Vectors/onnxruntime_models.py.</summary>
public class OnnxDirectionTests
{
    private const int MaxSteps = 11;
    private const double Tolerance = 2e-6;

    private delegate void RunFromState(ReadOnlySpan<float> inputs, ReadOnlySpan<float> initialState, Span<float> outputs);

    [Theory]
    [InlineData(nameof(OnnxGruBidirectionalModel))]
    [InlineData(nameof(OnnxGruBeforeBidirectionalModel))]
    [InlineData(nameof(OnnxLstmBidirectionalModel))]
    [InlineData(nameof(OnnxRnnReverseModel))]
    public void Outputs_from_given_states_are_those_of_ONNX_Runtime(string name)
    {
        Dictionary<string, float[]> vectors = VectorFiles.VectorsOf(name);
        RunFromState run = CreateStream(name, VectorFiles.WeightsOf(name));
        int sequences = vectors.Keys.Count(key => key.StartsWith("outputs.", StringComparison.Ordinal));
        for (int i = 0; i < sequences; i++)
        {
            float[] outputs = new float[vectors[$"outputs.{i}"].Length];
            run(vectors[$"inputs.{i}"], vectors[$"initial.{i}"], outputs);
            Compare.Close(name, $"outputs.{i}", Array.ConvertAll(vectors[$"outputs.{i}"], value => (double)value), outputs, Tolerance, floor: 1);
        }
    }

    private static RunFromState CreateStream(string name, string weights) => name switch
    {
        nameof(OnnxGruBidirectionalModel) => OnnxGruBidirectionalModel.Load(weights).CreateStream(MaxSteps).Run,
        nameof(OnnxGruBeforeBidirectionalModel) => OnnxGruBeforeBidirectionalModel.Load(weights).CreateStream(MaxSteps).Run,
        nameof(OnnxLstmBidirectionalModel) => OnnxLstmBidirectionalModel.Load(weights).CreateStream(MaxSteps).Run,
        _ => OnnxRnnReverseModel.Load(weights).CreateStream(MaxSteps).Run,
    };
}
