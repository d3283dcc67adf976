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
    private readonly SpotterModel _model;

    private EvaluationSet(SpotterModel model, List<Item> items, IReadOnlyList<string> folders, LeadIns leadIns)
    {
        _model = model;
        _items = items;
        _leadIns = leadIns;
        Folders = folders;
    }

    /// <summary>Names of the folders of other words.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>Finds the files.</summary>
    /// <param name="model">Its keywords decide which folders are positives.</param>
    /// <param name="data">Folder of folders of clips, or null.</param>
    /// <param name="background">Folders of audio without keywords.</param>
    /// <exception cref="InputException">A folder is missing or empty.</exception>
    public static EvaluationSet Find(SpotterModel model, string? data, IReadOnlyList<string> background)
    {
        var items = new List<Item>();
        var folders = new List<string>();
        var backgroundFiles = new List<string>(background.SelectMany(folder => AudioFolder.FindWavs(folder, "--background")));
        foreach (string folder in data is null ? [] : AudioFolder.FindLabels(data))
        {
            string[] files = AudioFolder.FindWavs(folder, "--data");
            string name = Path.GetFileName(folder);
            int keyword = IndexOf(model.Keywords, name);
            if (keyword < 0 && AudioFolder.IsBackground(folder))
            {
                backgroundFiles.AddRange(files);
                continue;
            }

            if (keyword < 0)
            {
                folders.Add(name);
            }

            items.AddRange(files.Select(file => new Item([file], keyword, keyword < 0 ? folders.Count - 1 : -1)));
        }

        LeadIns leadIns = LeadIns.From(backgroundFiles, model.Features.SampleRate);
        items.AddRange(backgroundFiles.Chunk(FilesPerStream).Select(files => new Item(files, -1, -1)));
        return new EvaluationSet(model, items, folders, leadIns);
    }

    /// <summary>Replays everything.</summary>
    public ReplayedItem[] Replay(int threads, CancellationToken stop) =>
        Parallelism.Map(_items, threads, stop, () => new Replayer(_model), Replay);

    private ReplayedItem Replay(Item item, Replayer replayer)
    {
        // The name, not the path: the same clips give the same figures wherever they lie.
        Draws draws = new(HeldOut.Hash(Path.GetFileName(item.Files[0])));
        bool clip = item.Keyword >= 0 || item.Folder >= 0;
        replayer.Begin((clip ? _leadIns : LeadIns.Quiet(_model.Features.SampleRate)).Draw(ref draws));
        foreach (string file in item.Files)
        {
            using WavSource source = WavSource.Open(file);
            var reader = new MonoReader(source, _model.Features.SampleRate);
            while (reader.TryRead(out ReadOnlySpan<float> block))
            {
                replayer.Feed(block);
            }
        }

        return new ReplayedItem(replayer.End(ref draws), item.Keyword, item.Folder);
    }

    private static int IndexOf(IReadOnlyList<string> keywords, string name)
    {
        for (int i = 0; i < keywords.Count; i++)
        {
            if (keywords[i].Equals(name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }

    private sealed record Item(string[] Files, int Keyword, int Folder);
}
