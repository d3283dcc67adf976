using System.Numerics.Tensors;
using Seq.Embedded.Training;

namespace KeywordSpotter.Training;

/// <summary>
/// The loss of one sequence of a <see cref="JointModel"/>, with a softmax over each group of outputs:
/// <code>loss = Detector(keywords) + a mean_t CrossEntropy(phonemes) + b mean_t CrossEntropy(vocabulary)</code>
/// over the steps whose targets are known; those where nothing is spoken weigh less. One thread.
/// </summary>
internal sealed class JointLoss
{
    private const float SilenceWeight = 0.2f;

    private readonly JointOutputs _outputs;
    private readonly DetectorLoss _keywordLoss;
    private readonly double _phonemeWeight;
    private readonly double _wordWeight;
    private readonly float[] _posteriors;
    private readonly float[] _gradient;

    /// <param name="outputs">The groups.</param>
    /// <param name="options">Weights.</param>
    /// <param name="smoothing">Steps over which the detector averages.</param>
    /// <param name="warmUp">Steps that it ignores at first.</param>
    /// <param name="steps">The most of a sequence.</param>
    public JointLoss(JointOutputs outputs, TrainingOptions options, int smoothing, int warmUp, int steps)
    {
        _outputs = outputs;
        _keywordLoss = new DetectorLoss(outputs.Keywords, smoothing, warmUp, options.NegativeWeight);
        _phonemeWeight = options.PhonemeWeight;
        _wordWeight = options.VocabularyWeight;
        _posteriors = new float[steps * outputs.Keywords];
        _gradient = new float[steps * outputs.Keywords];
    }

    /// <summary>Loss and gradient.</summary>
    /// <param name="logits">Outputs of the network (T, O).</param>
    /// <param name="keyword">Output of the keyword that is spoken, 0 for none.</param>
    /// <param name="phonemes">The class of each step (T), or <see cref="Transcript.Unknown"/>.</param>
    /// <param name="words">The same for the vocabulary (T).</param>
    /// <param name="scale">Factor of both.</param>
    /// <param name="gradient">Receives the gradient with respect to the logits (T, O).</param>
    /// <returns>The loss in nats, times the scale.</returns>
    public double Compute(ReadOnlySpan<float> logits, int keyword, ReadOnlySpan<int> phonemes, ReadOnlySpan<int> words, double scale, Span<float> gradient)
    {
        gradient.Clear();
        return Detect(logits, keyword, scale, gradient)
            + Classify(logits, _outputs.Keywords, _outputs.Phonemes, phonemes, scale * _phonemeWeight, gradient)
            + Classify(logits, _outputs.Keywords + _outputs.Phonemes, _outputs.Words, words, scale * _wordWeight, gradient);
    }

    private double Detect(ReadOnlySpan<float> logits, int label, double scale, Span<float> gradient)
    {
        int width = _outputs.Keywords;
        Span<float> posteriors = _posteriors.AsSpan(0, logits.Length / _outputs.Count * width), inner = _gradient.AsSpan(0, posteriors.Length);
        for (int from = 0, to = 0; to < posteriors.Length; from += _outputs.Count, to += width)
        {
            TensorPrimitives.SoftMax(logits.Slice(from, width), posteriors.Slice(to, width));
        }

        double loss = _keywordLoss.Compute(posteriors, label, scale, inner);
        for (int from = 0, to = 0; from < posteriors.Length; from += width, to += _outputs.Count)
        {
            // dL/dz = p (dL/dp - sum of p dL/dp)
            Span<float> p = posteriors.Slice(from, width), g = inner.Slice(from, width);
            TensorPrimitives.Subtract(g, TensorPrimitives.Dot<float>(p, g), g);
            TensorPrimitives.Multiply(p, g, gradient.Slice(to, width));
        }

        return loss;
    }

    /// <summary>-sum_t w_t ln p_t(target) / sum_t w_t.</summary>
    private double Classify(ReadOnlySpan<float> logits, int first, int width, ReadOnlySpan<int> targets, double scale, Span<float> gradient)
    {
        float total = 0;
        for (int step = 0; step < targets.Length && width > 0; step++)
        {
            total += Weight(targets[step]);
        }

        double loss = 0;
        for (int step = 0, at = first; step < targets.Length && total > 0; step++, at += _outputs.Count)
        {
            if (targets[step] == Transcript.Unknown)
            {
                continue;
            }

            // The gradient of the cross-entropy is p, less 1 at the target; p of logits far below the highest is 0.
            float weight = Weight(targets[step]) / total * (float)scale;
            Span<float> row = gradient.Slice(at, width);
            ReadOnlySpan<float> z = logits.Slice(at, width);
            TensorPrimitives.Subtract(z, TensorPrimitives.Max(z), row);
            float shifted = row[targets[step]];
            TensorPrimitives.Exp<float>(row, row);
            float sum = TensorPrimitives.Sum<float>(row);
            loss += weight * (Math.Log(sum) - shifted);
            TensorPrimitives.Multiply(row, weight / sum, row);
            row[targets[step]] -= weight;
        }

        return loss;
    }

    private static float Weight(int target) => target switch
    {
        Transcript.Unknown => 0,
        0 => SilenceWeight,
        _ => 1,
    };
}
