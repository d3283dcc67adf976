using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Tuning;

/// <summary>How a model does on clips, background and examples that it has not heard.</summary>
/// <param name="Own">What it finds in the clips that it is tuned for, and in background.</param>
/// <param name="Replayed">What it finds in replayed examples.</param>
/// <param name="Hours">Length of what has no keyword in it.</param>
internal sealed record TuningResult(Tally Own, Tally Replayed, double Hours)
{
    /// <summary>Reports of any keyword where there was none.</summary>
    public int FalseAccepts => Own.FalseAccepts + Replayed.FalseAccepts;
}
