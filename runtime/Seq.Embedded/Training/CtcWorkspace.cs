namespace Seq.Embedded.Training;

/// <summary>The memory of <see cref="CtcLoss"/>, taken once. One thread at a time may use it.</summary>
public sealed class CtcWorkspace
{
    /// <summary>Takes 8 (T S + 2 S + C) bytes, with S = 2 L + 1.</summary>
    /// <param name="maxSteps">The most time steps of a sequence (T); 1 or more.</param>
    /// <param name="maxLabels">The most labels of a target (L); 0 or more.</param>
    /// <param name="classes">Classes of the softmax, the blank among them (C); 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of its range, or T S is more than an array can hold.</exception>
    public CtcWorkspace(int maxSteps, int maxLabels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSteps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLabels);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        MaxSteps = maxSteps;
        MaxLabels = maxLabels;
        Classes = classes;
        Forward = new double[GetValues(maxSteps, maxLabels)];
        long states = GetStates(maxLabels);
        Backward = new double[states];
        Emissions = new double[states];
        Occupancy = new double[classes];
    }

    /// <summary>The most time steps of a sequence.</summary>
    public int MaxSteps { get; }

    /// <summary>The most labels of a target.</summary>
    public int MaxLabels { get; }

    /// <summary>Classes of the softmax, the blank among them.</summary>
    public int Classes { get; }

    /// <summary>ln alpha (T, S).</summary>
    internal double[] Forward { get; }

    /// <summary>ln beta (S) of one time step.</summary>
    internal double[] Backward { get; }

    /// <summary>ln p (S) of the classes of all states at one time step.</summary>
    internal double[] Emissions { get; }

    /// <summary>Probability (C) that a path is in a state of the class at one time step.</summary>
    internal double[] Occupancy { get; }

    /// <summary>The bytes that a workspace takes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">T S is more than an array can hold.</exception>
    internal static long GetBytes(int maxSteps, int maxLabels, int classes) =>
        sizeof(double) * (GetValues(maxSteps, maxLabels) + (2 * GetStates(maxLabels)) + classes);

    private static long GetValues(int maxSteps, int maxLabels)
    {
        long values = maxSteps * GetStates(maxLabels);
        return values <= Array.MaxLength
            ? values
            : throw new ArgumentOutOfRangeException(
                nameof(maxLabels), maxLabels,
                $"{maxSteps} time steps (MaxSteps) and {maxLabels} labels (MaxLabels) need a buffer of {values} values; allowed: up to {Array.MaxLength}.");
    }

    /// <summary>A blank before, between and after the labels.</summary>
    private static long GetStates(int labels) => (2L * labels) + 1;
}
