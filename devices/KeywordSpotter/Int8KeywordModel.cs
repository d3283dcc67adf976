using KeywordSpotter.Spotting;
using Seq.Embedded;
using Seq.Embedded.Audio;

namespace KeywordSpotter;

/// <summary>The same network as <see cref="KeywordModel"/> with 8-bit weights. Only streams of it are used: training is done in floats.</summary>
[SequenceModel(Weights = WeightFormat.Int8)]
[AudioFeatures(SampleRate = 16_000, Window = 25, Hop = 10, Bands = 40, Kind = FeatureKind.Pcen, Stack = 2, Stride = 2, OutputScale = 0.7)]
[Dense(48, Activation.Relu, Name = "dense", Dropout = 0.15)]
[Gru(64, Layers = 2, Dropout = 0.15, Name = "gru")]
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
