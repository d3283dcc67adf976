using System.Globalization;
using System.Text;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>What a model loses by weights of 8 bits: both replayed the same recordings, misses compared at the same false accepts.</summary>
internal sealed class WeightComparison
{
    private static readonly float[] s_thresholds = [.. Enumerable.Range(1, 100).Select(i => i / 100f)];

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
        Tally[] before = Count(floats, set, threads, stop), after = Count(int8, set, threads, stop);
        int allowed = before[^1].FalseAccepts;
        return new WeightComparison(Figures.Of(before, allowed), Figures.Of(after, allowed));
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

    /// <summary>One tally for each threshold, and the last for the model's own.</summary>
    private static Tally[] Count(SpotterModel model, EvaluationSet set, int threads, CancellationToken stop)
    {
        ReplayedItem[] items = set.Replay(model, threads, stop);
        DetectorSettings[] settings = [.. s_thresholds.Select(model.Detector.WithThreshold), model.Detector];
        return Parallelism.Map(settings, threads, stop, one => Tally.Count(items, one, model.Features.SecondsPerVector, set.Folders.Count));
    }

    private static string Percent(double rate) => (100 * rate).ToString("0.0", CultureInfo.InvariantCulture).PadLeft(7) + " %";

    private static string Points(double before, double after) => (100 * (after - before)).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture).PadLeft(9) + " points";

    /// <param name="OwnMissRate">At the model's own thresholds.</param>
    /// <param name="OwnFalseAccepts">At the model's own thresholds.</param>
    /// <param name="Threshold">That with the fewest misses among those with no more false accepts than allowed.</param>
    /// <param name="MissRate">At that threshold.</param>
    private sealed record Figures(double OwnMissRate, int OwnFalseAccepts, float Threshold, double MissRate)
    {
        public static Figures Of(Tally[] tallies, int allowed)
        {
            Tally own = tallies[^1];
            int best = s_thresholds.Length - 1;
            for (int i = best - 1; i >= 0; i--)
            {
                best = tallies[i].FalseAccepts <= allowed && tallies[i].MissRate < tallies[best].MissRate ? i : best;
            }

            return new Figures(own.MissRate, own.FalseAccepts, s_thresholds[best], tallies[best].MissRate);
        }
    }
}
