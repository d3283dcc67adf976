namespace Seq.Embedded.Training;

/// <summary>An axis of time of a model: what one row after the other stands for.</summary>
/// <param name="Stride">Time steps of the input from one step of the axis to the next: step j stands for time step j * Stride, and T time steps give ceil(T / Stride).</param>
public readonly record struct TimeAxis(int Stride)
{
    /// <summary>One step a time step of the input.</summary>
    public static TimeAxis Input { get; } = new(1);

    /// <summary>Number of steps of a sequence: ceil(T / Stride).</summary>
    /// <param name="inputSteps">Time steps of the input (T).</param>
    public int GetSteps(int inputSteps) => (int)((inputSteps + (Stride - 1L)) / Stride);
}
