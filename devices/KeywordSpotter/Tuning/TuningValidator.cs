using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tuning;

/// <summary>
/// Plays what was held back, of the clips and of the examples for replay, and finds the best threshold for the keywords that are tuned. Epochs are
/// compared by their cost there: that of <see cref="Validator"/> for the clips plus that for the replayed examples.
/// </summary>
/// <param name="clips">Items of the clips, with the model's numbers of the keywords.</param>
/// <param name="replay">The examples for replay; null for none.</param>
/// <param name="held">Those of them that are held back.</param>
/// <param name="labels">The model's number of each keyword of the replay set, -1 for none.</param>
/// <param name="tuned">Numbers of the keywords whose threshold is free.</param>
/// <param name="threads">Streams that run at once.</param>
internal sealed class TuningValidator(Validator clips, ReplaySet? replay, int[] held, int[] labels, int[] tuned, int threads)
{
    /// <summary>The model with the best threshold for what is tuned, or with those that it has.</summary>
    /// <param name="model">The model.</param>
    /// <param name="choose">Whether to choose a threshold; false for the model's own, that of each keyword.</param>
    /// <param name="stop">Ends the work early.</param>
    public TuningResult Measure(SpotterModel model, bool choose, CancellationToken stop)
    {
        ReplayedItem[] own = clips.Replay(model, stop);
        ReplayedItem[] replayed = Parallelism.Map(held, threads, stop, () => new Replayer(model), (example, replayer) =>
        {
            var features = new float[replay!.Steps * replay.Features.FeatureCount];
            replay.CopyTo(example, features);
            int keyword = replay.GetLabel(example) - 1;
            keyword = keyword < 0 ? -1 : labels[keyword];
            return new ReplayedItem(replayer.ReplayFeatures(features), keyword, keyword < 0 ? 0 : -1);
        });
        double step = model.Features.SecondsPerVector;
        double hours = ReplayedItem.Hours(own, item => item.IsBackground);
        TuningResult Count(float chosen, DetectorSettings settings)
        {
            Tally ownTally = Tally.Count(own, settings, step, folders: 1);
            Tally replayTally = Tally.Count(replayed, settings, step, folders: 1);
            return new TuningResult(chosen, Validator.Cost(ownTally, hours) + (held.Length > 0 ? Validator.Cost(replayTally, 0) : 0), ownTally, replayTally);
        }

        if (!choose)
        {
            return Count(float.NaN, model.Detector);
        }

        TuningResult[] results = Parallelism.Map(Validator.Thresholds, threads, stop, threshold => Count(threshold, With(model.Detector, threshold)));
        (int best, double cost) = Validator.Choose(Array.ConvertAll(results, result => result.Cost), middle: true);
        return results[best] with { Cost = cost };
    }

    /// <summary>The settings with a threshold for the keywords that are tuned; the others keep theirs.</summary>
    public DetectorSettings With(DetectorSettings settings, float threshold)
    {
        float[] thresholds = [.. settings.Thresholds];
        foreach (int keyword in tuned)
        {
            thresholds[keyword] = threshold;
        }

        return settings with { Thresholds = thresholds };
    }
}
