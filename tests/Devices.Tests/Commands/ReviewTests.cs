using System.Text;
using System.Text.Json;
using KeywordSpotter.Listening;

namespace KeywordSpotter.Tests.Commands;

public sealed class ReviewTests(TrainedModel model)
{
    private static readonly DateTime s_time = new(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Review_list_tells_what_the_names_say()
    {
        string folder = Folder("review-list", "alexa", "hey robin");

        CommandRun text = CommandRun.Of("review", folder, "--list");
        CommandRun json = CommandRun.Of("review", folder, "--list", "--json");

        Assert.Equal(2, text.Lines.Length);
        Assert.Contains("2026-11-22 00:00:01 UTC  hey robin  0.51  near miss", text.Lines[1]);
        JsonElement clip = JsonDocument.Parse(json.Lines[1]).RootElement;
        Assert.Equal(Name(1, "hey robin"), clip.GetProperty("file").GetString());
        Assert.Equal("hey robin", clip.GetProperty("keyword").GetString());
        Assert.Equal("2026-11-22T00:00:01.0000000Z", clip.GetProperty("utc").GetString());
        Assert.Equal((0.51, true), (clip.GetProperty("score").GetDouble(), clip.GetProperty("near_miss").GetBoolean()));
    }

    [Fact]
    public void Review_file_moves_a_clip_where_its_verdict_belongs()
    {
        string folder = Folder("review-file", "alexa", "hey robin", "alexa", "alexa");

        Assert.Equal(0, CommandRun.Of("review", folder, "--file", Name(0, "alexa"), "negative").Status);
        Assert.Equal(0, CommandRun.Of("review", folder, "--file", Name(1, "hey robin"), "positive").Status);
        Assert.Equal(0, CommandRun.Of("review", folder, "--file", Name(2, "alexa"), "discard").Status);
        Assert.Equal(0, CommandRun.Of("review", folder, "--file", Name(3, "alexa"), "positive", "--keyword", "computer").Status);

        Assert.Equal("clip 0", File.ReadAllText(Path.Combine(folder, "negative", Name(0, "alexa"))));
        Assert.Equal("clip 1", File.ReadAllText(Path.Combine(folder, "positive", "hey robin", Name(1, "hey robin"))));
        Assert.Equal("clip 3", File.ReadAllText(Path.Combine(folder, "positive", "computer", Name(3, "alexa"))));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "new")));
    }

    [Fact]
    public void Review_file_overwrites_nothing()
    {
        string folder = Folder("review-twice", "alexa");
        Directory.CreateDirectory(Path.Combine(folder, "negative"));
        File.WriteAllText(Path.Combine(folder, "negative", Name(0, "alexa")), "older");

        CommandRun.Of("review", folder, "--file", Name(0, "alexa"), "negative");

        Assert.Equal("older", File.ReadAllText(Path.Combine(folder, "negative", Name(0, "alexa"))));
        Assert.Equal("clip 0", File.ReadAllText(Path.Combine(folder, "negative", Name(0, "alexa")[..^4] + "-2.wav")));
    }

    [Fact]
    public void Review_keys_file_skip_replay_and_quit()
    {
        string folder = Folder("review-keys", "alexa", "alexa", "alexa", "alexa", "alexa");
        string played = model.In("review-played.txt");

        CommandRun run = CommandRun.OfInput(Encoding.ASCII.GetBytes("p\nrn\nxd\ns\nq"), "review", folder, "--play", $"echo >> '{played}'; true");

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "positive", "alexa")));
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "negative")));
        Assert.Equal([Name(3, "alexa"), Name(4, "alexa")], Directory.GetFiles(Path.Combine(folder, "new")).Select(Path.GetFileName).Order());
        Assert.Equal(6, File.ReadAllLines(played).Length); // five clips, one of them twice
    }

    [Fact]
    public void Review_key_files_a_clip_as_another_keyword()
    {
        string folder = Folder("review-other", "alexa", "computer", "alexa");
        Directory.CreateDirectory(Path.Combine(folder, "positive", "jarvis"));

        CommandRun run = CommandRun.OfInput(Encoding.ASCII.GetBytes("k3k2k0n"), "review", folder, "--play", "true");

        Assert.Contains("(1 alexa, 2 computer, 3 jarvis, 0 none)", run.Output);
        Assert.True(File.Exists(Path.Combine(folder, "positive", "jarvis", Name(0, "alexa"))));
        Assert.True(File.Exists(Path.Combine(folder, "positive", "computer", Name(1, "computer"))));
        Assert.True(File.Exists(Path.Combine(folder, "negative", Name(2, "alexa"))));
    }

    [Fact]
    public void Review_clip_that_has_gone_is_told_and_the_next_is_asked_for()
    {
        string folder = Folder("review-gone", "alexa", "alexa");

        CommandRun run = CommandRun.OfInput(Encoding.ASCII.GetBytes("pn"), "review", folder, "--play", $"rm -f '{Path.Combine(folder, "new", Name(0, "alexa"))}'; true");

        Assert.Equal(0, run.Status);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
        Assert.True(File.Exists(Path.Combine(folder, "negative", Name(1, "alexa"))));
    }

    [Fact]
    public void Review_folders_are_their_owners_alone()
    {
        string folder = Folder("review-private", "alexa");

        CommandRun.Of("review", folder, "--file", Name(0, "alexa"), "positive");

        foreach (string path in (string[])[Path.Combine(folder, "positive"), Path.Combine(folder, "positive", "alexa")])
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            }
        }
    }

    [Fact]
    public void Review_end_of_input_leaves_the_rest_where_it_is()
    {
        string folder = Folder("review-end", "alexa", "alexa");

        Assert.Equal(0, CommandRun.OfInput(Encoding.ASCII.GetBytes("d"), "review", folder, "--play", "true").Status);

        Assert.Equal(Name(1, "alexa"), Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(folder, "new")))));
    }

    [Fact]
    public void Review_player_that_fails_is_told_and_verdicts_still_count()
    {
        string folder = Folder("review-player", "alexa");

        CommandRun run = CommandRun.OfInput(Encoding.ASCII.GetBytes("n"), "review", folder, "--play", "exit 7;");

        Assert.Contains("status 7", run.Error);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "negative")));
    }

    [Fact]
    public void Review_keyword_of_a_file_name_cannot_lead_out_of_the_folder()
    {
        string folder = Folder("review-escape", "../../x");

        CommandRun.Of("review", folder, "--file", Name(0, "../../x"), "positive").AssertFailed(1, "../../x", "allowed");

        Assert.True(File.Exists(Path.Combine(folder, "new", Name(0, "../../x"))));
    }

    [Fact]
    public void Review_mistakes_are_told()
    {
        string folder = Folder("review-mistakes", "alexa");

        CommandRun.Of("review").AssertFailed(2, "DIR");
        CommandRun.Of("review", model.In("no-such-folder")).AssertFailed(1, "no-such-folder", "new");
        CommandRun.Of("review", folder, "--json").AssertFailed(2, "--list");
        CommandRun.Of("review", folder, "--list", "--file", "x", "positive").AssertFailed(2, "--list", "--file");
        CommandRun.Of("review", folder, "--file", "x").AssertFailed(2, "NAME positive");
        CommandRun.Of("review", folder, "--file", "x", "maybe").AssertFailed(2, "maybe", "NAME discard");
        CommandRun.Of("review", folder, "--file", "x.wav", "discard").AssertFailed(1, "x.wav", "--list");
        CommandRun.Of("review", folder, "--file", "../x", "discard").AssertFailed(1, "../x");
        CommandRun.Of("review", folder, "--file", "x", "negative", "--keyword", "y").AssertFailed(2, "--keyword");
    }

    private static string Name(int second, string keyword) => new KeptClip(s_time.AddSeconds(second), 0.51f, second == 1, keyword).FileName;

    private string Folder(string name, params string[] keywords)
    {
        string folder = model.In(name);
        Directory.CreateDirectory(Path.Combine(folder, "new"));
        for (int i = 0; i < keywords.Length; i++)
        {
            File.WriteAllText(Path.Combine(folder, "new", Name(i, keywords[i])), $"clip {i}");
        }

        return folder;
    }
}
