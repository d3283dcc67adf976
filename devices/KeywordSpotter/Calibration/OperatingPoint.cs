using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Calibration;

/// <summary>What thresholds for one rate of false accepts give on what was replayed.</summary>
/// <param name="Rate">False accepts per hour that are to be expected.</param>
/// <param name="Settings">The thresholds.</param>
/// <param name="Tally">What was found and what was not.</param>
internal sealed record OperatingPoint(double Rate, DetectorSettings Settings, Tally Tally);
