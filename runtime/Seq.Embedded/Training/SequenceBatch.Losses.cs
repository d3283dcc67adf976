using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>The losses of a sequence and the gradients of its outputs.</summary>
internal sealed partial class SequenceBatch
{
    /// <summary>Sets the gradient of the logits of a sequence and returns its loss; nothing changes when an exception is thrown.</summary>
    internal double CrossEntropy(int index, ReadOnlySpan<int> labels, float scale, ReadOnlySpan<float> classWeights, float labelSmoothing)
    {
        ReadOnlySpan<float> outputs = GetOutputs(index);
        Span<float> gradients = GetOutputGradients(index);
        int size = _layout.OutputSize;
        Shapes.Check(labels.Length, outputs.Length / size, nameof(labels));
        SoftmaxCrossEntropy.CheckClasses(classWeights, labelSmoothing, size);
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] != SoftmaxCrossEntropy.Ignore && unchecked((uint)labels[row]) >= (uint)size)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(labels), labels[row],
                    $"The label of row {row} must be 0 to {size - 1}, or {SoftmaxCrossEntropy.Ignore} for a row to ignore.");
            }
        }

        _atLogits[index] = true;
        double loss = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            int at = row * size;
            loss += SoftmaxCrossEntropy.Compute(outputs.Slice(at, size), labels[row], scale, gradients.Slice(at, size), classWeights, labelSmoothing);
        }

        return loss * scale;
    }

    /// <summary>As <see cref="CrossEntropy"/>, for a sigmoid output.</summary>
    internal double BinaryCrossEntropy(int index, ReadOnlySpan<float> targets, float scale, ReadOnlySpan<float> weights)
    {
        CheckTargets(index, targets, weights);
        int size = _layout.OutputSize;
        for (int row = 0; row < targets.Length / size; row++)
        {
            if (WeightedRows.WeightOf(weights, row) != 0)
            {
                Training.BinaryCrossEntropy.CheckTargets(targets.Slice(row * size, size));
            }
        }

        _atLogits[index] = true;
        return scale * WeightedRows.Sum(Training.BinaryCrossEntropy.Compute, size, GetOutputs(index), targets, weights, scale, GetOutputGradients(index));
    }

    /// <summary>Sets the gradient of the outputs of a sequence and returns its loss; nothing changes when an exception is thrown.</summary>
    internal double MeanSquaredError(int index, ReadOnlySpan<float> targets, float scale, ReadOnlySpan<float> weights)
    {
        CheckTargets(index, targets, weights);
        _atLogits[index] = false;
        return scale
            * WeightedRows.Sum(Training.MeanSquaredError.Compute, _layout.OutputSize, GetOutputs(index), targets, weights, scale, GetOutputGradients(index));
    }

    /// <summary>As <see cref="CrossEntropy"/>, for labels without times.</summary>
    internal double Ctc(int index, ReadOnlySpan<int> labels, int blank, float scale)
    {
        CtcWorkspace workspace = _ctc ?? throw new InvalidOperationException($"CTC needs {nameof(TrainerOptions.MaxLabels)} in the trainer's options: the most labels of a target.");
        double loss = CtcLoss.Compute(GetOutputs(index), labels, blank, scale, GetOutputGradients(index), workspace);
        _atLogits[index] = true;
        return double.IsPositiveInfinity(loss) ? loss : scale * loss;
    }

    /// <summary>As <see cref="MeanSquaredError"/>, for the detector of a word.</summary>
    internal double Detector(int index, int label, DetectorLoss loss, double scale)
    {
        if (loss.Outputs != _layout.OutputSize)
        {
            throw new ArgumentException($"The loss is for {loss.Outputs} outputs; the model has {_layout.OutputSize}.", nameof(loss));
        }

        double value = loss.Compute(GetOutputs(index), label, scale, GetOutputGradients(index));
        _atLogits[index] = false;
        return value;
    }

    private void CheckTargets(int index, ReadOnlySpan<float> targets, ReadOnlySpan<float> weights)
    {
        int length = GetOutputs(index).Length;
        Shapes.Check(targets.Length, length, nameof(targets));
        WeightedRows.Check(weights, length / _layout.OutputSize);
    }
}
