using System.Globalization;
using KeywordSpotter.Data;
using KeywordSpotter.Reports;
using KeywordSpotter.Training;

namespace KeywordSpotter.Commands;

/// <summary>What <c>kws train</c> says about a run, on the screen and in the files it writes.</summary>
internal static class TrainingTexts
{
    public const string RecipeKey = "training.recipe";
    public const string ResultKey = "training.result";

    public static string Of(TrainingData data)
    {
        var keywords = new List<string>();
        for (int i = 0; i < data.Keywords.Count; i++)
        {
            keywords.Add($"{data.Keywords[i]} {data.Training[i].Length}+{data.Validation[i].Length}");
        }

        Background training = data.TrainingBackground;
        Background validation = data.ValidationBackground;
        return $"clips for training+validation: {string.Join(", ", keywords)}; running background {training.Speech.Length}+{validation.Speech.Length}, "
            + $"other words {training.Words.Length}+{validation.Words.Length}; noise recordings {data.Noise.Length}"
            + (data.Vocabulary.Words.Count > 0 ? $"; vocabulary {data.Vocabulary.Words.Count} words, {data.Vocabulary.Clips.Sum(clips => clips.Length)} clips" : "")
            + (data.Phonemes.Names.Count > 0 ? $"; phonemes {data.Phonemes.Names.Count}" : "");
    }

    public static string Of(EpochReport report, TrainingOptions options)
    {
        string time = TimeText.Of(report.TimeLeft);
        return string.Create(CultureInfo.InvariantCulture, $"epoch {report.Number}/{options.Epochs}  loss {report.Loss:0.0000}{Results(report)}  {time} left{(report.Best ? "  *" : "")}");
    }

    /// <summary>The epoch that is kept.</summary>
    public static string Kept(EpochReport report) => $"epoch {report.Number}{Results(report)}";

    /// <summary>The texts that are stored with a model.</summary>
    public static Dictionary<string, string> Notes(TrainingOptions options, EpochReport report) => new()
    {
        [RecipeKey] = RecipeOptions.Describe(options),
        [ResultKey] = Kept(report),
    };

    /// <summary>The whole command, as one would type it to train the same model again.</summary>
    public static string Command(TrainingTask task, TrainingOptions options)
    {
        List<string> words = ["kws", "train", "--data", task.Folders.Data];
        void Add(string option, IReadOnlyList<string> values) => words.AddRange(values.Count > 0 ? [option, .. values] : []);
        Add("--extra", task.Folders.Extra);
        Add("--background", task.Folders.Background);
        Add("--noise", task.Folders.Noise);
        Add("--vocabulary", task.Folders.Vocabulary);
        Add("--phonemes", task.Folders.Phonemes);
        Add("--start", task.Start is { } start ? [start] : []);
        Add("--out", [task.Output]);
        return $"{CommandText.Of(words)} {RecipeOptions.Describe(options)}";
    }

    private static string Results(EpochReport report) => report.Validation is { } result
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"  missed {100 * result.MissRate:0.0} %  false accepts {result.FalseAccepts} in {60 * result.Hours:0.0} min  accuracy {100 * result.Accuracy:0.0} %  threshold {result.Threshold:0.00}")
        : "";
}
