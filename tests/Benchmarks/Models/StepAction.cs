namespace Seq.Embedded.Benchmarks;

/// <summary>One time step, or a whole sequence, of a stream: bound to its method directly, so that a call costs one jump.</summary>
internal delegate void StepAction(ReadOnlySpan<float> inputs, Span<float> outputs);
