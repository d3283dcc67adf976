using Seq.Embedded;
using Seq.Embedded.Decoding;
using Seq.Embedded.Training;

namespace Shakespeare;

/// <summary>The large network: 1.3 million parameters, with more dropout. Its 66 tokens are those of tiny Shakespeare, 65 characters, and one for unknown characters.</summary>
[SequenceModel(Input = 66)]
[OneHot]
[Lstm(320, Layers = 2, Dropout = 0.35, ForgetBias = 1, Name = "lstm")]
[Dense(66, Activation.Softmax, Name = "head")]
public sealed partial class LargeModel : INetwork
{
    ISequenceDecoder INetwork.CreateDecoder() => CreateStream();

    NetworkTrainer INetwork.CreateTrainer(TrainerOptions options)
    {
        Trainer trainer = CreateTrainer(options);
        return new NetworkTrainer(trainer, trainer.Add, () => trainer.ToModel());
    }
}
