using KeywordSpotter.Spotting;
using Seq.Embedded;
using Seq.Embedded.Audio;

namespace KeywordSpotter;

/// <summary>
/// The spotter: 80 features per 20 ms of audio (its <see cref="FrontEnd"/>) into the network, one posterior per label out (label 0 is background).
/// The last layer has no size of its own: a model has as many outputs as it was created or loaded with.
/// </summary>
[SequenceModel]
[AudioFeatures(SampleRate = 16_000, Window = 25, Hop = 10, Bands = 40, Kind = FeatureKind.Pcen, Stack = 2, Stride = 2, OutputScale = 0.7)]
[Dense(48, Activation.Relu, Name = "dense", Dropout = 0.15)]
[Gru(64, Layers = 2, Dropout = 0.15, Name = "gru")]
[Dense(Activation.Softmax, Name = "head")]
public sealed partial class KeywordModel : INetwork
{
    WeightFormat INetwork.Format => WeightFormat.Float32;

    NetworkStream INetwork.CreateStream()
    {
        Stream stream = CreateStream();
        return new NetworkStream(stream.Step, stream.Reset);
    }
}
