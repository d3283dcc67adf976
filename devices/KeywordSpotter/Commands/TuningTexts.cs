using System.Globalization;
using KeywordSpotter.Evaluation;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tuning;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws tune</c> and <c>kws enroll</c> say about a tuned model.</summary>
internal static class TuningTexts
{
    public static string Of(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Misses before and after, of each keyword, in the clips and in what is replayed.</summary>
    public static string Table(TunedModel tuned, IReadOnlyList<string> keywords, IReadOnlyList<string> added)
    {
        var lines = new List<string> { $"{"missed, each by a model that has not heard it",-48} {"before",12} {"after",12}" };
        SpotterModel model = tuned.Model;
        for (int i = 0; i < model.Keywords.Count; i++)
        {
            Add($"{model.Keywords[i]}{(added.Contains(model.Keywords[i]) ? ", new" : "")}", result => result.Own);
            Add($"{model.Keywords[i]}, replayed", result => result.Replayed);

            void Add(string name, Func<TuningResult, Tally> part)
            {
                if (part(tuned.After).Clips[i] > 0)
                {
                    lines.Add($"{name,-48} {Missed(part(tuned.Before), i),12} {Missed(part(tuned.After), i),12}");
                }
            }
        }

        lines.Add(Of($"{$"false accepts in {60 * tuned.After.Hours:0.0} minutes without a keyword",-48} {tuned.Before.FalseAccepts,12} {tuned.After.FalseAccepts,12}"));
        for (int i = 0; i < keywords.Count; i++)
        {
            lines.Add(Of($"{keywords[i]}: threshold {Threshold(model, keywords[i]):0.000}, about {tuned.Rates[i]:0.00} false accepts per hour"));
        }

        return string.Join('\n', lines) + '\n';
    }

    /// <summary>The same in a line, for the metadata.</summary>
    public static string Figures(TunedModel tuned, IReadOnlyList<string> keywords)
    {
        var parts = new List<string>();
        for (int i = 0; i < keywords.Count; i++)
        {
            int number = Array.IndexOf([.. tuned.Model.Keywords], keywords[i]);
            parts.Add(Of($"{keywords[i]} missed {Missed(tuned.After.Own, number)}, about {tuned.Rates[i]:0.00} false accepts per hour at {Threshold(tuned.Model, keywords[i]):0.000}"));
        }

        Tally replayed = tuned.After.Replayed;
        parts.Add($"replayed keywords missed {replayed.Clips.Sum() - replayed.Detected.Sum()} of {replayed.Clips.Sum()}");
        return string.Join("; ", parts);
    }

    public static string Missed(Tally tally, int keyword) => $"{tally.Clips[keyword] - tally.Detected[keyword]} of {tally.Clips[keyword]}";

    private static float Threshold(SpotterModel model, string keyword) => model.Detector.Thresholds[Array.IndexOf([.. model.Keywords], keyword)];
}
