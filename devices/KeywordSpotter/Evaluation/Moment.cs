using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>A moment of a replayed stream.</summary>
/// <param name="Item">The stream.</param>
/// <param name="Keyword">The keyword that may be heard there.</param>
/// <param name="Score">Its highest smoothed posterior.</param>
/// <param name="Seconds">From the start of the audio that counts to the end of what was taken for the word.</param>
internal sealed record Moment(ReplayedItem Item, int Keyword, float Score, double Seconds)
{
    /// <summary>What is played and kept of a moment: so much before the end of the word, and after it.</summary>
    public const double SecondsBefore = 1.6;
    public const double SecondsAfter = 0.4;

    /// <summary>The file and the seconds in it.</summary>
    public (string Name, double Seconds) Place => Item.Audio!.Locate(Seconds);

    /// <summary>Its two seconds, at the sample rate of the model; empty where they were not kept.</summary>
    public float[] ReadAudio() => Item.Audio!.Read(Seconds, SecondsBefore, SecondsAfter);

    /// <summary>Where a detection lies.</summary>
    public static Moment Of(ReplayedItem item, Detection detection, DetectorSettings settings, SpotterModel model) => new(
        item,
        detection.Keyword,
        detection.Score,
        Math.Max(0, Spotter.EndSeconds(detection, settings, model.Features) - (item.Track.FirstStep * model.Features.SecondsPerVector)));

    /// <summary>The moments with the highest scores in audio without keywords, at least the refractory time apart: what to listen to when something seems wrong.</summary>
    /// <param name="items">What was replayed.</param>
    /// <param name="settings">Of the detector; its thresholds do not matter.</param>
    /// <param name="model">The model.</param>
    /// <param name="count">The most that are wanted.</param>
    public static List<Moment> FindHighest(IEnumerable<ReplayedItem> items, DetectorSettings settings, SpotterModel model, int count)
    {
        var moments = new List<Moment>();
        foreach (ReplayedItem item in items.Where(item => item.IsBackground))
        {
            float[] scores = item.Track.Smooth(settings);
            int gap = Math.Max(1, (int)Math.Round(settings.RefractorySeconds / model.Features.SecondsPerVector));
            var peaks = new List<Detection>();
            for (int keyword = 0; keyword < model.Keywords.Count; keyword++)
            {
                foreach ((float score, int step) in ScorePeaks.Find(scores, item.Track.Outputs, keyword, item.Track.FirstStep, gap, float.Epsilon).Take(count))
                {
                    peaks.Add(new Detection(step, keyword, score));
                }
            }

            // Of several keywords at one moment the highest is shown.
            var apart = new List<Detection>();
            foreach (Detection peak in peaks.OrderByDescending(peak => peak.Score).ThenBy(peak => peak.Step))
            {
                if (!apart.Exists(other => Math.Abs(other.Step - peak.Step) < gap))
                {
                    apart.Add(peak);
                }
            }

            moments.AddRange(apart.Take(count).Select(peak => Of(item, peak, settings, model)));
        }

        return [.. moments.OrderByDescending(moment => moment.Score).Take(count)];
    }
}
