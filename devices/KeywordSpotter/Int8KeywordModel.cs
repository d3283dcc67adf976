using KeywordSpotter.Spotting;
using Seq.Embedded;

namespace KeywordSpotter;

/// <summary>The same network as <see cref="KeywordModel"/> with 8-bit weights. Only streams of it are used: training is done in floats.</summary>
[SequenceModel(Input = 80, Weights = WeightFormat.Int8)]
[Dense(64, Activation.Relu, Name = "dense", Dropout = 0.15)]
[Gru(64, Layers = 3, Dropout = 0.15, Name = "gru")]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class Int8KeywordModel : INetwork
{
    WeightFormat INetwork.Format => WeightFormat.Int8;

    NetworkStream INetwork.CreateStream()
    {
        Stream stream = CreateStream();
        return new NetworkStream(stream.Step, stream.Reset);
    }
}
