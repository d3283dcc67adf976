namespace Seq.Embedded.Training;

/// <summary>What <see cref="SequenceTrainer.Update"/> did.</summary>
/// <param name="GradientNorm">L2 norm of the gradient of all weights before any clipping; NaN or infinite where the gradient is not finite.</param>
/// <param name="Applied">True: the optimiser made its step. False: it made none, as a loss of the batch or the gradient was not finite, or its step was taken back at once,
/// as it made a weight, moment or average infinite or NaN.</param>
public readonly record struct UpdateResult(double GradientNorm, bool Applied);
