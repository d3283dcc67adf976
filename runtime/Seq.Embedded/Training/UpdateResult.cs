namespace Seq.Embedded.Training;

/// <summary>What <see cref="SequenceTrainer.Update"/> did.</summary>
/// <param name="GradientNorm">L2 norm of the gradient of all weights before any clipping; NaN or infinite where the gradient is not finite.</param>
/// <param name="Applied">True: the optimiser made its step. False: the loss or the gradient was not finite (or the gradient's squares), and the last good weights are back.</param>
public readonly record struct UpdateResult(double GradientNorm, bool Applied);
