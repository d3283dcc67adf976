using Seq.Embedded.Kernels;

namespace Seq.Embedded.Training;

/// <summary>
/// Connectionist temporal classification: the loss of a softmax output for a sequence of labels whose times are not known, and its gradient
/// with respect to the logits.
/// </summary>
/// <remarks>
/// Source: Graves, Fernandez, Gomez, Schmidhuber, "Connectionist Temporal Classification", ICML 2006. A path names one class per time step;
/// its labels are what is left when classes that repeat without a blank between them are taken as one, and blanks are taken out.
/// States: the labels with a blank before, between and after them, S = 2 L + 1; c(s) is the class of state s.
/// <code>
/// alpha_t(s) = p_t(c(s)) * (alpha_t-1(s) + alpha_t-1(s - 1) + [c(s) is a label other than c(s - 2)] alpha_t-1(s - 2))
/// beta_t(s)  = the same from the end backward, without the factor of time t
/// P = alpha_T(S) + alpha_T(S - 1)
/// loss = -ln P
/// logitsGradient_t(k) = scale * (p_t(k) - sum over s of class k of alpha_t(s) beta_t(s) / P)
/// </code>
/// All of it as logarithms in double precision, with p at least 1.17549435e-38. The time is proportional to T S.
/// </remarks>
public static class CtcLoss
{
    /// <summary>Loss and gradient of one sequence.</summary>
    /// <remarks>
    /// A target that needs more time steps than there are (its labels, and a blank between equal ones) has an infinite loss, as in PyTorch,
    /// and a gradient of zero, as there with <c>zero_infinity</c>. An empty target is that of blanks alone.
    /// A NaN posterior makes its gradient NaN, and on a path of the target the loss too. Allocates nothing.
    /// </remarks>
    /// <param name="posteriors">p (T, C): the output of the softmax; T from 0 to the workspace's MaxSteps.</param>
    /// <param name="labels">The target (L): classes other than the blank; L from 0 to the workspace's MaxLabels.</param>
    /// <param name="blank">The class that stands for no label.</param>
    /// <param name="scale">Factor of the gradient, for example 1 / (sequences of the batch); the loss is not scaled.</param>
    /// <param name="logitsGradient">Receives the gradient (T, C), replacing what it held; may be the same memory as the posteriors.</param>
    /// <param name="workspace">Memory for T, L and C.</param>
    /// <returns>The loss in nats.</returns>
    /// <exception cref="ArgumentException">The posteriors are no rows of C values, the gradient differs from them in length, or T or L is out of
    /// its range. Nothing has been written.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The blank is no class, or a label no class or the blank. Nothing has been written.</exception>
    public static double Compute(
        ReadOnlySpan<float> posteriors, ReadOnlySpan<int> labels, int blank, float scale, Span<float> logitsGradient, CtcWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Check(posteriors, labels, blank, logitsGradient, workspace);
        int steps = posteriors.Length / workspace.Classes;
        if (steps < StepsNeeded(labels))
        {
            logitsGradient.Clear();
            return double.PositiveInfinity;
        }

        double logProbability = steps == 0 ? 0 : Forward(posteriors, labels, blank, workspace);
        Backward(posteriors, labels, blank, scale, logProbability, logitsGradient, workspace);
        return -logProbability;
    }

    /// <summary>The fewest time steps of a path: one a label, and one for the blank between equal labels.</summary>
    private static int StepsNeeded(ReadOnlySpan<int> labels)
    {
        int steps = labels.Length;
        for (int i = 1; i < labels.Length; i++)
        {
            steps += labels[i] == labels[i - 1] ? 1 : 0;
        }

        return steps;
    }

    /// <summary>Fills ln alpha of all time steps and returns ln P.</summary>
    private static double Forward(ReadOnlySpan<float> posteriors, ReadOnlySpan<int> labels, int blank, CtcWorkspace workspace)
    {
        int classes = workspace.Classes, steps = posteriors.Length / classes, states = (2 * labels.Length) + 1;
        Span<double> alpha = workspace.Forward.AsSpan(0, steps * states), emissions = workspace.Emissions.AsSpan(0, states);
        alpha.Fill(LogSpace.Zero);
        ReadOnlySpan<double> before = default;
        for (int t = 0; t < steps; t++)
        {
            Span<double> now = alpha.Slice(t * states, states);
            Emit(posteriors.Slice(t * classes, classes), labels, blank, emissions);

            // From the first state that can still reach the end, to the last that the beginning can have reached.
            int first = Math.Max(0, states - (2 * (steps - t))), end = Math.Min(states, 2 * (t + 1));
            for (int s = first; s < end; s++)
            {
                double sum = 0;
                if (t > 0)
                {
                    sum = s == 0 ? before[0] : LogSpace.Add(before[s], before[s - 1]);
                    sum = CanSkipTo(s, labels) ? LogSpace.Add(sum, before[s - 2]) : sum;
                }

                now[s] = emissions[s] + sum;
            }

            before = now;
        }

        return states == 1 ? before[0] : LogSpace.Add(before[states - 1], before[states - 2]);
    }

    /// <summary>Goes through ln beta from the last time step to the first and sets the gradient.</summary>
    private static void Backward(
        ReadOnlySpan<float> posteriors, ReadOnlySpan<int> labels, int blank, float scale, double logProbability, Span<float> gradient, CtcWorkspace workspace)
    {
        int classes = workspace.Classes, steps = posteriors.Length / classes, states = (2 * labels.Length) + 1;
        Span<double> beta = workspace.Backward.AsSpan(0, states), emissions = workspace.Emissions.AsSpan(0, states);
        Span<double> occupancy = workspace.Occupancy;
        beta.Fill(LogSpace.Zero);
        beta[Math.Max(0, states - 2)..].Clear();
        for (int t = steps - 1; t >= 0; t--)
        {
            ReadOnlySpan<double> alpha = workspace.Forward.AsSpan(t * states, states);
            ReadOnlySpan<float> p = posteriors.Slice(t * classes, classes);

            // Before the gradient, which may lie in the same memory.
            Emit(p, labels, blank, emissions);
            occupancy.Clear();
            for (int s = 0; s < states; s++)
            {
                if (alpha[s] != LogSpace.Zero && beta[s] != LogSpace.Zero)
                {
                    occupancy[ClassOf(s, labels, blank)] += Math.Exp(alpha[s] + beta[s] - logProbability);
                }
            }

            for (int k = 0; k < classes; k++)
            {
                gradient[(t * classes) + k] = (float)(scale * (p[k] - occupancy[k]));
            }

            // In place: a state reads those after it only.
            for (int s = 0; s < states; s++)
            {
                double sum = beta[s] + emissions[s];
                sum = s + 1 < states ? LogSpace.Add(sum, beta[s + 1] + emissions[s + 1]) : sum;
                beta[s] = s + 2 < states && CanSkipTo(s + 2, labels) ? LogSpace.Add(sum, beta[s + 2] + emissions[s + 2]) : sum;
            }
        }
    }

    private static void Emit(ReadOnlySpan<float> posteriors, ReadOnlySpan<int> labels, int blank, Span<double> emissions)
    {
        double silence = LogSpace.Log(posteriors[blank]);
        for (int i = 0; i < labels.Length; i++)
        {
            emissions[2 * i] = silence;
            emissions[(2 * i) + 1] = LogSpace.Log(posteriors[labels[i]]);
        }

        emissions[^1] = silence;
    }

    private static int ClassOf(int state, ReadOnlySpan<int> labels, int blank) => (state & 1) == 0 ? blank : labels[state >> 1];

    /// <summary>Whether a path can leave out the blank before a state: that of a label which follows another one.</summary>
    private static bool CanSkipTo(int state, ReadOnlySpan<int> labels) =>
        state >= 3 && (state & 1) == 1 && labels[state >> 1] != labels[(state >> 1) - 1];

    private static void Check(
        ReadOnlySpan<float> posteriors, ReadOnlySpan<int> labels, int blank, ReadOnlySpan<float> logitsGradient, CtcWorkspace workspace)
    {
        int classes = workspace.Classes, steps = Shapes.Rows(posteriors.Length, classes, nameof(posteriors));
        Shapes.Check(logitsGradient.Length, posteriors.Length, nameof(logitsGradient));
        if (steps > workspace.MaxSteps)
        {
            throw new ArgumentException($"The posteriors have {steps} time steps; allowed: 0 to {workspace.MaxSteps} (MaxSteps).", nameof(posteriors));
        }

        if (labels.Length > workspace.MaxLabels)
        {
            throw new ArgumentException($"The target has {labels.Length} labels; allowed: 0 to {workspace.MaxLabels} (MaxLabels).", nameof(labels));
        }

        if (unchecked((uint)blank) >= (uint)classes)
        {
            throw new ArgumentOutOfRangeException(nameof(blank), blank, $"The blank must be 0 to {classes - 1}.");
        }

        for (int i = 0; i < labels.Length; i++)
        {
            if (unchecked((uint)labels[i]) >= (uint)classes || labels[i] == blank)
            {
                throw new ArgumentOutOfRangeException(nameof(labels), labels[i], $"Label {i} must be 0 to {classes - 1}, and not {blank}, the blank.");
            }
        }
    }
}
