using KeywordSpotter.Data;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Evaluation;

/// <summary>The files of an evaluation: clips of keywords, clips of other words, background.</summary>
internal sealed class EvaluationSet
{
    /// <summary>Background files that are replayed as one stream; several streams run at once.</summary>
    private const int FilesPerStream = 16;

    private readonly List<Item> _items;
    private readonly LeadIns _leadIns;

    private EvaluationSet(List<Item> items, IReadOnlyList<string> folders, IReadOnlyList<string> remarks, LeadIns leadIns)
    {
        _items = items;
        _leadIns = leadIns;
        Folders = folders;
        Remarks = remarks;
    }

    /// <summary>Names of the folders of other words.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>What the user may not expect: keywords without clips, folders whose names differ from a keyword in case.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Whether there is a clip of any keyword.</summary>
    public bool HasKeywords => _items.Exists(item => item.Keyword >= 0);

    /// <summary>Finds the files. A file that lies in several of the folders is replayed once, as a clip of --data if it is one.</summary>
    /// <param name="model">Its keywords decide which folders are positives; case does not matter.</param>
    /// <param name="data">Folder of folders of clips, or null.</param>
    /// <param name="background">Folders of audio without keywords; those of --data that are named so count, too.</param>
    /// <exception cref="InputException">A folder is missing or empty.</exception>
    /// <exception cref="AudioFormatException">A file is no WAV file.</exception>
    public static EvaluationSet Find(SpotterModel model, string? data, IReadOnlyList<string> background) =>
        Find(model, data, (FindBackground(background, "--background"), double.PositiveInfinity), isRoom: false);

    /// <summary>The same for a room: it alone is background. What --data has of such is heard before its clips, and does not count.</summary>
    /// <param name="model">Its keywords decide which folders are positives; case does not matter.</param>
    /// <param name="data">Folder of folders of clips, or null.</param>
    /// <param name="room">Folders of audio without keywords; none where the room is listened to.</param>
    /// <param name="mostHours">Files of the room are taken in their order until they are so long.</param>
    /// <exception cref="InputException">A folder is missing or empty.</exception>
    /// <exception cref="AudioFormatException">A file is no WAV file.</exception>
    public static EvaluationSet FindRoom(SpotterModel model, string? data, IReadOnlyList<string> room, double mostHours) =>
        Find(model, data, (FindBackground(room, "--room"), mostHours), isRoom: true);

    private static EvaluationSet Find(SpotterModel model, string? data, (string[] Files, double MostHours) background, bool isRoom)
    {
        var items = new List<Item>();
        var folders = new List<string>();
        var remarks = new List<string>();
        var seen = new SeenFiles();
        var backgroundOfData = new List<string>();
        foreach (string folder in data is null ? [] : AudioFolder.FindLabels(data, "--data"))
        {
            string[] files = AudioFolder.FindWavs(folder, "--data");
            string name = Path.GetFileName(folder);
            int keyword = IndexOf(model.Keywords, name);
            if (keyword < 0 && AudioFolder.IsBackground(folder))
            {
                backgroundOfData.AddRange(files);
                continue;
            }

            files = seen.TakeNew(files);
            if (keyword < 0)
            {
                folders.Add(name);
            }
            else if (model.Keywords[keyword] != name)
            {
                remarks.Add($"{folder}: taken for the keyword '{model.Keywords[keyword]}', although its name differs in case");
            }

            items.AddRange(Array.ConvertAll(files, file => new Item([file], keyword, keyword < 0 ? folders.Count - 1 : -1)));
        }

        for (int keyword = 0; keyword < model.Keywords.Count && data is not null; keyword++)
        {
            if (!items.Exists(item => item.Keyword == keyword))
            {
                remarks.Add($"{data}: has no folder '{model.Keywords[keyword]}', so misses of this keyword are not measured");
            }
        }

        List<string> counted = [.. seen.TakeNew(background.Files)];
        Shorten(counted, background.MostHours);
        string[] uncounted = seen.TakeNew([.. backgroundOfData]);
        LeadIns leadIns = LeadIns.From([.. counted, .. uncounted], model.Features.SampleRate);
        if (!isRoom)
        {
            counted.AddRange(uncounted);
        }
        else if (uncounted.Length > 0)
        {
            remarks.Add($"{data}: its background is heard before the clips, but is no part of the room");
        }

        foreach (string[] files in counted.Chunk(FilesPerStream))
        {
            items.Add(new Item(files, -1, -1));
        }

        // A file that is none is told now, not after hours of those before it.
        AudioLength.Of([.. items.SelectMany(item => item.Files)], model.Features.SampleRate, Environment.ProcessorCount, CancellationToken.None);
        return new EvaluationSet(items, folders, remarks, leadIns);
    }

    /// <summary>Whether there is a background file.</summary>
    public bool HasBackground => _items.Exists(item => item.Keyword < 0 && item.Folder < 0);

    /// <summary>Replays everything to a model with the keywords and the sample rate of the one that the files were found for.</summary>
    public ReplayedItem[] Replay(SpotterModel model, int threads, CancellationToken stop) =>
        Parallelism.Map(_items, threads, stop, () => new Replayer(model), (item, replayer) => Replay(item, replayer, model.Features.SampleRate));

    private ReplayedItem Replay(Item item, Replayer replayer, int sampleRate)
    {
        bool clip = item.Keyword >= 0 || item.Folder >= 0;
        LeadIns leadIns = clip ? _leadIns : LeadIns.Quiet(sampleRate);
        var starts = new List<double>();
        ScoreTrack track = replayer.Replay(item.Files[0], leadIns, () =>
        {
            foreach (string file in item.Files)
            {
                starts.Add(replayer.Seconds);
                using var input = new AudioInput(WavSource.Open(file), sampleRate);
                while (input.TryRead(out ReadOnlySpan<float> block))
                {
                    replayer.Feed(block);
                }
            }
        });
        return new ReplayedItem(track, item.Keyword, item.Folder) { Audio = new FileAudio(item.Files, starts, sampleRate) };
    }

    /// <summary>The WAV files of folders, and those that are named themselves.</summary>
    private static string[] FindBackground(IReadOnlyList<string> paths, string option)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            files.AddRange(File.Exists(path) ? [path] : AudioFolder.FindWavs(path, option));
        }

        return [.. files];
    }

    /// <summary>Drops the files after those that make up so many hours.</summary>
    private static void Shorten(List<string> files, double mostHours)
    {
        double seconds = 0;
        for (int i = 0; i < files.Count && double.IsFinite(mostHours); i++)
        {
            if (seconds >= mostHours * 3600)
            {
                files.RemoveRange(i, files.Count - i);
                return;
            }

            seconds += AudioLength.Of([files[i]], 1, 1, CancellationToken.None).Seconds;
        }
    }

    /// <summary>The keyword of that name, one that differs only in case if there is no other, or -1.</summary>
    private static int IndexOf(IReadOnlyList<string> keywords, string name)
    {
        string[] names = [.. keywords];
        int exact = Array.IndexOf(names, name);
        return exact >= 0 ? exact : Array.FindIndex(names, keyword => keyword.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private sealed record Item(string[] Files, int Keyword, int Folder);
}
