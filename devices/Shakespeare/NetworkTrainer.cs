using Seq.Embedded.Training;

namespace Shakespeare;

/// <summary>Adds tokens that follow a state.</summary>
internal delegate int AddTokens(ReadOnlySpan<int> tokens, ReadOnlySpan<float> initialState);

/// <summary>The trainer of a network, and its members that differ from network to network.</summary>
/// <param name="Trainer">The trainer.</param>
/// <param name="Add">Adds a sequence.</param>
/// <param name="ToNetwork">The network with the weights as they are now.</param>
internal sealed record NetworkTrainer(SequenceTrainer Trainer, AddTokens Add, Func<INetwork> ToNetwork);
