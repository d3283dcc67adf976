using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>The smoothed posteriors of one replayed stream: enough to try any threshold without listening again.</summary>
/// <param name="Scores">(steps, outputs).</param>
/// <param name="Outputs">Outputs of the model: background and keywords.</param>
/// <param name="FirstStep">First step after the lead-in; what is detected before does not count.</param>
/// <param name="Seconds">Length of the audio that counts, without lead-in and tail.</param>
internal sealed record ScoreTrack(float[] Scores, int Outputs, int FirstStep, double Seconds)
{
    /// <summary>Runs the detector over the track.</summary>
    public IEnumerable<Detection> Detect(DetectorSettings settings, double secondsPerStep)
    {
        var detector = new Detector(settings, secondsPerStep);
        for (int at = 0; at < Scores.Length; at += Outputs)
        {
            if (detector.Push(Scores.AsSpan(at, Outputs), out Detection detection) && detection.Step >= FirstStep)
            {
                yield return detection;
            }
        }

        if (detector.Finish(out Detection last) && last.Step >= FirstStep)
        {
            yield return last;
        }
    }
}
