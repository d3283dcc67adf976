namespace Seq.Embedded.Generator.Cells;

/// <summary>The inputs of several time steps side by side, that of the time step itself last.</summary>
/// <param name="Kernel">How many there are.</param>
/// <param name="Stride">Time steps from one window to the next.</param>
/// <param name="Dilation">Time steps from one input of a window to the next.</param>
internal sealed record TimeWindow(int Kernel, int Stride, int Dilation)
{
    /// <summary>Inputs before that of the time step which a window reaches back to.</summary>
    public int Reach => (Kernel - 1) * Dilation;

    /// <summary>False where it is the input of every time step alone.</summary>
    public bool GoesThroughTime => Kernel > 1 || Stride > 1;
}
