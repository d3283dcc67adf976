namespace Seq.Embedded.Models.Tests.Models;

// The models of tests/Vectors/onnxruntime_models.py; the name of a class says which files are its.

[SequenceModel(Input = 6)]
[Gru(13)]
public sealed partial class OnnxGruAfterModel;

[SequenceModel(Input = 6)]
[Gru(13, Reset = GruReset.BeforeProduct)]
public sealed partial class OnnxGruBeforeModel;

[SequenceModel(Input = 5)]
[Lstm(10)]
public sealed partial class OnnxLstmModel;
