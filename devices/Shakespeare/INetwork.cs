using Seq.Embedded.Decoding;
using Seq.Embedded.Training;

namespace Shakespeare;

/// <summary>What networks of all sizes have in common.</summary>
internal interface INetwork
{
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>A stream of its own, at the beginning of a text.</summary>
    ISequenceDecoder CreateDecoder();

    NetworkTrainer CreateTrainer(TrainerOptions options);

    void Save(string path, IReadOnlyDictionary<string, string>? metadata);
}
