namespace KeywordSpotter.Training;

/// <summary>How well a model does on the clips that were held back.</summary>
/// <param name="Threshold">The threshold that does best, for all keywords.</param>
/// <param name="Cost">What epochs are compared by; see <see cref="Validator"/>.</param>
/// <param name="MissRate">Part of the keyword clips that are missed at that threshold.</param>
/// <param name="FalseAccepts">Detections in running background at that threshold.</param>
/// <param name="Hours">Length of that background.</param>
/// <param name="Accuracy">Part of all clips (keywords and other words) that are treated rightly.</param>
/// <param name="Detail">Null where it is known that another epoch is kept.</param>
internal sealed record ValidationResult(
    float Threshold, double Cost, double MissRate, int FalseAccepts, double Hours, double Accuracy, ValidationDetail? Detail);
