namespace KeywordSpotter.Evaluation;

/// <summary>Misses against false accepts at one threshold for all keywords.</summary>
internal readonly record struct CurvePoint(float Threshold, double MissRate, double FalseAcceptsPerHour);
