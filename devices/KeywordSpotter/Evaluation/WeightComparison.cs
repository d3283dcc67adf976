using System.Globalization;
using System.Text;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>What a model loses by weights of 8 bits: both replayed the same recordings, misses compared at the same false accepts.</summary>
internal sealed class WeightComparison
{
    private const int Thresholds = 100;

    private readonly Figures _floats;
    private readonly Figures _int8;

    private WeightComparison(Figures floats, Figures int8)
    {
        _floats = floats;
        _int8 = int8;
    }

    /// <summary>
    /// Replays everything twice. "The same" false accepts are those of the floats at the model's own thresholds; the misses there are the fewest that any one threshold
    /// for all keywords gives with no more of them.
    /// </summary>
    public static WeightComparison Create(SpotterModel floats, SpotterModel int8, EvaluationSet set, int threads, CancellationToken stop)
    {
        Figures before = Figures.Of(floats, set, threads, allowed: null, stop);
        return new WeightComparison(before, Figures.Of(int8, set, threads, before.OwnFalseAccepts, stop));
    }

    public string ToTable()
    {
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"{"",-40} {"floats",9} {"8 bits",9} {"change",16}");
        Line($"{"missed at the model's own threshold",-40} {Percent(_floats.OwnMissRate)} {Percent(_int8.OwnMissRate)} {Points(_floats.OwnMissRate, _int8.OwnMissRate)}");
        Line($"{"false accepts there",-40} {_floats.OwnFalseAccepts,9} {_int8.OwnFalseAccepts,9} {_int8.OwnFalseAccepts - _floats.OwnFalseAccepts,16:+0;-0;0}");
        Line($"{$"missed at {_floats.OwnFalseAccepts} false accepts or fewer",-40} {Percent(_floats.MissRate)} {Percent(_int8.MissRate)} {Points(_floats.MissRate, _int8.MissRate)}");
        Line($"{"threshold there",-40} {_floats.Threshold,9:0.00} {_int8.Threshold,9:0.00}");
        return text.ToString();
    }

    private static string Percent(double rate) => (100 * rate).ToString("0.0", CultureInfo.InvariantCulture).PadLeft(7) + " %";

    private static string Points(double before, double after) => (100 * (after - before)).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture).PadLeft(9) + " points";

    /// <param name="OwnMissRate">At the model's own thresholds.</param>
    /// <param name="OwnFalseAccepts">At the model's own thresholds.</param>
    /// <param name="Threshold">That with the fewest misses among those with no more false accepts than allowed.</param>
    /// <param name="MissRate">At that threshold.</param>
    private sealed record Figures(double OwnMissRate, int OwnFalseAccepts, float Threshold, double MissRate)
    {
        /// <param name="model">The model.</param>
        /// <param name="set">What it listens to.</param>
        /// <param name="threads">Streams that are replayed at once.</param>
        /// <param name="allowed">The most false accepts; null for those at the model's own thresholds.</param>
        /// <param name="stop">Ends the work early.</param>
        public static Figures Of(SpotterModel model, EvaluationSet set, int threads, int? allowed, CancellationToken stop)
        {
            ReplayedItem[] items = set.Replay(model, threads, stop);
            Tally Count(DetectorSettings settings) => Tally.Count(items, settings, model.Features.SecondsPerVector, set.Folders.Count);
            Tally own = Count(model.Detector);
            float threshold = 1;
            double missRate = 1;
            for (int i = Thresholds; i > 0; i--)
            {
                stop.ThrowIfCancellationRequested();
                float candidate = (float)i / Thresholds;
                Tally tally = Count(model.Detector.WithThreshold(candidate));
                if (tally.FalseAccepts <= (allowed ?? own.FalseAccepts) && tally.MissRate < missRate)
                {
                    threshold = candidate;
                    missRate = tally.MissRate;
                }
            }

            return new Figures(own.MissRate, own.FalseAccepts, threshold, missRate);
        }
    }
}
