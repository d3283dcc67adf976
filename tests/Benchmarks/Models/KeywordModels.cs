namespace Seq.Embedded.Benchmarks;

// The keyword model of the benchmark, and the same with the softmax that its training needs.

[SequenceModel(Input = 40)]
[Gru(64, Layers = 2)]
[Dense(12)]
internal sealed partial class KeywordModel;

[SequenceModel(Input = 40)]
[Gru(64, Layers = 2)]
[Dense(12, Activation.Softmax)]
internal sealed partial class KeywordClassifier;
