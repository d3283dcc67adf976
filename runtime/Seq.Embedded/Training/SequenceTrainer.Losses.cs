namespace Seq.Embedded.Training;

public abstract partial class SequenceTrainer
{
    /// <summary>
    /// Cross-entropy of a softmax output (<see cref="SoftmaxCrossEntropy"/>), summed over the labelled rows; sets the sequence's gradient (of
    /// the logits: p - y). Allocates nothing, and changes nothing when it throws.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="labels">A class per output row; -1: the row does not count.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (rows of the batch), or, as PyTorch's mean has it,
    /// 1 / (<see cref="SoftmaxCrossEntropy.GetTotalWeight"/> of all labels of the batch).</param>
    /// <param name="classWeights">A weight per class, 0 or more; none: all 1.</param>
    /// <param name="labelSmoothing">Share of a label that is spread over all classes, 0 to 1.</param>
    /// <returns>The loss in nats, times the scale.</returns>
    /// <exception cref="InvalidOperationException">The model has no softmax output, or Forward has not been called.</exception>
    /// <exception cref="ArgumentException">The number of labels is not that of the output rows, or that of weights not that of classes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, a label is neither -1 nor a class, a weight is negative
    /// or not finite, or the smoothing is outside its range.</exception>
    public double CrossEntropy(
        int index, ReadOnlySpan<int> labels, float scale = 1, ReadOnlySpan<float> classWeights = default, float labelSmoothing = 0)
    {
        Require(Phase.Forward, nameof(CrossEntropy), nameof(Forward));
        RequireOutput("Cross-entropy", Activation.Softmax);
        return Noted(_batch.CrossEntropy(index, labels, scale, classWeights, labelSmoothing));
    }

    /// <summary>
    /// Binary cross-entropy of a sigmoid output (<see cref="Training.BinaryCrossEntropy"/>), summed over rows and outputs; sets the
    /// sequence's gradient (of the logits: p - y). Allocates nothing, and changes nothing when it throws.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="targets">y, of the shape of <see cref="GetOutputs"/>, each from 0 to 1.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (rows of the batch * O).</param>
    /// <param name="weights">A factor per output row, 0 or more; none: all 1. A row of weight 0 does not count, whatever its targets.</param>
    /// <returns>The loss in nats, times the scale.</returns>
    /// <exception cref="InvalidOperationException">The model has no sigmoid output (nor is one plus the layer's input, or the last row of a convolution), or Forward has not been called.</exception>
    /// <exception cref="ArgumentException">The number of targets is not that of the outputs, or that of weights not that of rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, a target of a row that counts is not from 0 to 1, or a weight
    /// is negative or not finite.</exception>
    public double BinaryCrossEntropy(int index, ReadOnlySpan<float> targets, float scale = 1, ReadOnlySpan<float> weights = default)
    {
        Require(Phase.Forward, nameof(BinaryCrossEntropy), nameof(Forward));
        RequireOutput("Binary cross-entropy", Activation.Sigmoid);
        return Noted(_batch.BinaryCrossEntropy(index, targets, scale, weights));
    }

    /// <summary>
    /// Mean squared error of the outputs of a row (<see cref="Training.MeanSquaredError"/>), summed over rows; sets the sequence's gradient.
    /// Allocates nothing, and changes nothing when it throws.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="targets">Of the shape of <see cref="GetOutputs"/>.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (rows of the batch).</param>
    /// <param name="weights">A factor per output row, 0 or more; none: all 1. A row of weight 0 does not count, whatever its targets.</param>
    /// <returns>The loss, times the scale.</returns>
    /// <exception cref="InvalidOperationException">Forward has not been called.</exception>
    /// <exception cref="ArgumentException">The number of targets is not that of the outputs, or that of weights not that of rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, or a weight is negative or not finite.</exception>
    public double MeanSquaredError(int index, ReadOnlySpan<float> targets, float scale = 1, ReadOnlySpan<float> weights = default)
    {
        Require(Phase.Forward, nameof(MeanSquaredError), nameof(Forward));
        return Noted(_batch.MeanSquaredError(index, targets, scale, weights));
    }

    /// <summary>
    /// Connectionist temporal classification (<see cref="CtcLoss"/>) of a softmax output per time step, for labels whose times are not
    /// known; sets the sequence's gradient (of the logits). Allocates nothing, and changes nothing when it throws.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="labels">The target: up to <see cref="TrainerOptions.MaxLabels"/> classes other than the blank; may be empty.</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (sequences of the batch).</param>
    /// <returns>The loss in nats, times the scale; +infinity, with a gradient of zero, for a target that does not fit into the time steps.</returns>
    /// <exception cref="InvalidOperationException">The model has no softmax output per time step, MaxLabels is 0, or Forward has not been called.</exception>
    /// <exception cref="ArgumentException">There are more labels than MaxLabels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, the blank is no class, or a label is no class or the blank.</exception>
    public double Ctc(int index, ReadOnlySpan<int> labels, int blank = 0, float scale = 1)
    {
        Require(Phase.Forward, nameof(Ctc), nameof(Forward));
        RequireOutput("CTC", Activation.Softmax);
        RequireOutputPerStep("CTC");
        double loss = _batch.Ctc(index, labels, blank, scale);
        return double.IsPositiveInfinity(loss) ? loss : Noted(loss);
    }

    /// <summary>
    /// The loss of a word detector (<see cref="DetectorLoss"/>) of a softmax output per time step, for words whose times are not known;
    /// sets the sequence's gradient (of the probabilities). Allocates nothing, and changes nothing when it throws.
    /// </summary>
    /// <param name="index">The sequence.</param>
    /// <param name="label">Output of the word that is spoken in it, or 0 for none.</param>
    /// <param name="loss">Smoothing, warm-up and weights; one object serves all sequences, one after the other.</param>
    /// <param name="scale">Factor of the gradient and of the loss, for example 1 / (sequences of the batch).</param>
    /// <returns>The loss in nats, times the scale; 0, with a gradient of zero, for a sequence that is not longer than the warm-up.</returns>
    /// <exception cref="InvalidOperationException">The model has no softmax output per time step, or Forward has not been called.</exception>
    /// <exception cref="ArgumentException">The loss is for another number of outputs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch has no such sequence, or the label is no output.</exception>
    public double Detector(int index, int label, DetectorLoss loss, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Require(Phase.Forward, nameof(Detector), nameof(Forward));
        RequireOutput("The detector loss", Activation.Softmax);
        RequireOutputPerStep("The detector loss");
        return Noted(_batch.Detector(index, label, loss, scale));
    }

    private void RequireOutputPerStep(string loss)
    {
        if (_layout.OutputAxis < 0)
        {
            throw new InvalidOperationException($"{loss} needs an output per time step; this model has one per sequence ({nameof(SequenceTask)}.{nameof(SequenceTask.ManyToOne)}).");
        }
    }

    private void RequireOutput(string loss, Activation activation)
    {
        if (_layout.OutputActivation != activation)
        {
            string more = _layout.OutputActivation == Activation.None ? ", or its outputs are more than this layer's: a sum with its input, or the last row of a convolution" : "";
            throw new InvalidOperationException($"{loss} needs a last layer with Activation.{activation}; this model's has Activation.{_layout.OutputActivation}{more}.");
        }
    }
}
