namespace Seq.Embedded.Arm;

/// <summary>Something that is computed call by call, with its state going from one call to the next; the same calls give the same bits everywhere.</summary>
/// <param name="outputs">Number of values that a call gives.</param>
/// <param name="calls">Number of calls that a comparison takes.</param>
public abstract class Workload(int outputs, int calls)
{
    /// <summary>Number of values that a call gives.</summary>
    public int Outputs => outputs;

    /// <summary>Number of calls that a comparison takes.</summary>
    public int Calls => calls;

    /// <summary>Draws the inputs of the next call.</summary>
    public abstract void Draw();

    /// <summary>The next call, all that is measured.</summary>
    /// <param name="results"><see cref="Outputs"/> values.</param>
    public abstract void Next(Span<float> results);
}
