using KeywordSpotter.Spotting;
using Seq.Embedded.Decoding;

namespace KeywordSpotter.Evaluation;

/// <summary>The posteriors of one replayed stream: enough to try any threshold and any smoothing without listening again.</summary>
/// <param name="Posteriors">(steps, outputs), as the network gives them.</param>
/// <param name="Outputs">Outputs of the model: background and keywords.</param>
/// <param name="FirstStep">First step after the lead-in; what is detected before does not count.</param>
/// <param name="Seconds">Length of the audio that counts, without lead-in and tail.</param>
internal sealed record ScoreTrack(float[] Posteriors, int Outputs, int FirstStep, double Seconds)
{
    /// <summary>Steps, those of lead-in and tail included.</summary>
    public int Steps => Posteriors.Length / Outputs;

    /// <summary>Smooths the posteriors and runs the detector over them, as a stream does.</summary>
    public IEnumerable<Detection> Detect(DetectorSettings settings, double secondsPerStep)
    {
        var detector = new Detector(settings, secondsPerStep);
        PosteriorSmoother smoother = settings.CreateSmoother();
        var smoothed = new float[Outputs];
        for (int at = 0; at < Posteriors.Length; at += Outputs)
        {
            smoother.Push(Posteriors.AsSpan(at, Outputs), smoothed);
            if (detector.Push(smoothed, out Detection detection) && detection.Step >= FirstStep)
            {
                yield return detection;
            }
        }

        if (detector.Finish(out Detection last) && last.Step >= FirstStep)
        {
            yield return last;
        }
    }

    /// <summary>The smoothed posteriors, (steps, outputs).</summary>
    public float[] Smooth(DetectorSettings settings)
    {
        PosteriorSmoother smoother = settings.CreateSmoother();
        var scores = new float[Posteriors.Length];
        for (int at = 0; at < scores.Length; at += Outputs)
        {
            smoother.Push(Posteriors.AsSpan(at, Outputs), scores.AsSpan(at, Outputs));
        }

        return scores;
    }
}
