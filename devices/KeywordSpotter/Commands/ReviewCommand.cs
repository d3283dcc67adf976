using System.Globalization;
using System.Text;
using System.Text.Json;
using Devices.Usage;
using KeywordSpotter.Review;

namespace KeywordSpotter.Commands;

/// <summary><c>kws review DIR</c>: what was kept is heard again and filed, so that <c>kws tune --reviewed DIR</c> can learn from it.</summary>
internal static class ReviewCommand
{
    private const string Keys = "p positive, k another keyword, n negative, d discard, r replay, s skip, q quit";

    private static readonly (string Name, Verdict Verdict)[] s_verdicts =
        [("positive", Verdict.Positive), ("negative", Verdict.Negative), ("discard", Verdict.Discard)];

    public static Command Create(Terminal terminal)
    {
        Option list = Option.Switch("--list", "List the clips in DIR/new, the oldest first, and do nothing else.");
        Option json = SharedOptions.Json("With --list: an object per line, {\"file\", \"utc\", \"keyword\", \"score\", \"near_miss\"}.");
        Option file = Option.Texts("--file", "name positive|negative|discard", "File one clip without asking.");
        Option keyword = Option.Text("--keyword", "name", "With --file NAME positive: the keyword that was spoken, where it is not the one that was heard.");
        Option play = Option.Text("--play", "command", $"Program that plays a file, run by /bin/sh with the file as its last argument. [{Player.Usual}]");
        return new Command
        {
            Name = "review",
            Summary = "Plays the clips that kws listen --keep DIR has kept, and files each as positive, negative or discards it.",
            Argument = ("DIR", $"The folder. Clips wait in DIR/new; positive ones go to DIR/positive/KEYWORD, negative ones to DIR/negative. Keys: {Keys}."),
            Options = [list, json, file, keyword, play],
            Run = arguments =>
            {
                string folder = arguments.Argument ?? throw new UsageException("DIR is missing: the folder of kws listen --keep DIR");
                if (arguments.Has(json) && !arguments.Has(list))
                {
                    throw new UsageException("--json goes with --list, which is missing");
                }

                if (arguments.Has(list) && arguments.Has(file))
                {
                    throw new UsageException("--list and --file are given; allowed: one of them");
                }

                (string Name, Verdict Verdict)? filed = arguments.Has(file) ? ReadFile(arguments.Texts(file)) : null;
                if (arguments.Has(keyword) && filed?.Verdict != Verdict.Positive)
                {
                    throw new UsageException("--keyword goes with --file NAME positive, which is missing");
                }

                var review = new ReviewFolder(folder);
                if (arguments.Has(list))
                {
                    List(terminal, review, arguments.Has(json));
                }
                else if (filed is { } one)
                {
                    terminal.Output.WriteLine(Filed(review.File(review.Find(one.Name), one.Verdict, arguments.Text(keyword))));
                }
                else
                {
                    Ask(terminal, review, new Player(arguments.Text(play) ?? Player.Usual));
                }

                return CommandLine.Done;
            },
        };
    }

    private static (string Name, Verdict Verdict) ReadFile(IReadOnlyList<string> words)
    {
        int verdict = words.Count == 2 ? Array.FindIndex(s_verdicts, known => known.Name == words[1]) : -1;
        return verdict >= 0
            ? (words[0], s_verdicts[verdict].Verdict)
            : throw new UsageException($"--file is '{string.Join(' ', words)}'; allowed: NAME positive, NAME negative or NAME discard");
    }

    private static void List(Terminal terminal, ReviewFolder review, bool json)
    {
        foreach (ReviewClip clip in review.List())
        {
            terminal.Output.WriteLine(json ? ToJson(clip) : $"{clip.Name}  {Describe(clip)}");
        }
    }

    private static void Ask(Terminal terminal, ReviewFolder review, Player player)
    {
        IReadOnlyList<ReviewClip> clips = review.List();
        terminal.Output.WriteLine(clips.Count == 0 ? "no clip waits for review" : $"{clips.Count} clips: {Keys}");
        using var keys = new TerminalKeys(terminal);
        for (int i = 0; i < clips.Count; i++)
        {
            terminal.Output.Write($"{i + 1}/{clips.Count}  {Describe(clips[i])}  ");
            terminal.Output.Flush();
            if (!Ask(terminal, review, clips[i], player, keys))
            {
                terminal.Output.WriteLine();
                return;
            }
        }
    }

    /// <returns>False where nothing more is to be asked.</returns>
    private static bool Ask(Terminal terminal, ReviewFolder review, ReviewClip clip, Player player, TerminalKeys keys)
    {
        bool play = true;
        while (true)
        {
            if (play && player.Play(clip.Path) is { } failure)
            {
                terminal.Error.WriteLine($"kws: {failure}");
            }

            play = false;
            switch (keys.Read())
            {
                case null or 'q':
                    return false;
                case 's':
                    terminal.Output.WriteLine("skipped");
                    return true;
                case 'r':
                    play = true;
                    break;
                case 'k':
                    if (AskKeyword(terminal, review, keys) is { } keyword && File(terminal, review, clip, Verdict.Positive, keyword))
                    {
                        return true;
                    }

                    break;
                case { } key when "pnd".IndexOf(key, StringComparison.Ordinal) is >= 0 and int index:
                    if (File(terminal, review, clip, s_verdicts[index].Verdict))
                    {
                        return true;
                    }

                    break;
                default:
                    terminal.Output.Write($"({Keys})  ");
                    terminal.Output.Flush();
                    break;
            }
        }
    }

    /// <returns>False where the clip is still to be asked for, because it could not be filed and is there.</returns>
    private static bool File(Terminal terminal, ReviewFolder review, ReviewClip clip, Verdict verdict, string? keyword = null)
    {
        try
        {
            terminal.Output.WriteLine(Filed(review.File(clip, verdict, keyword)));
            return true;
        }
        catch (Exception exception) when (exception is InputException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"kws: {exception.Message}");
            return !System.IO.File.Exists(clip.Path); // listening has pushed it out, or somebody else has filed it
        }
    }

    /// <summary>Which keyword was spoken, by its number.</summary>
    /// <returns>Null for none of them.</returns>
    private static string? AskKeyword(Terminal terminal, ReviewFolder review, TerminalKeys keys)
    {
        string[] keywords = [.. review.Keywords().Take(9)]; // as many as there are digits
        terminal.Output.Write($"({string.Join(", ", keywords.Select((keyword, i) => $"{i + 1} {keyword}"))}, 0 none)  ");
        terminal.Output.Flush();
        int index = (keys.Read() ?? '0') - '1';
        return index >= 0 && index < keywords.Length ? keywords[index] : null;
    }

    private static string Filed(string? path) => path ?? "discarded";

    private static string Describe(ReviewClip clip) => clip.Kept is { } kept
        ? string.Create(CultureInfo.InvariantCulture, $"{kept.Utc:yyyy-MM-dd HH:mm:ss} UTC  {kept.Keyword}  {kept.Score:0.00}{(kept.IsNearMiss ? "  near miss" : "")}")
        : clip.Name;

    private static string ToJson(ReviewClip clip)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("file", clip.Name);
            if (clip.Kept is { } kept)
            {
                json.WriteString("utc", kept.Utc.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("keyword", kept.Keyword);
                json.WriteNumber("score", Math.Round((double)kept.Score, 2));
                json.WriteBoolean("near_miss", kept.IsNearMiss);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
