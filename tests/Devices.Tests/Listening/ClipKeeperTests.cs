using KeywordSpotter.Listening;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Listening;

public sealed class ClipKeeperTests(TrainedModel model)
{
    private static readonly DateTime s_time = new(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Keep_writes_two_seconds_around_the_end_of_the_word()
    {
        string folder = model.In("keep-two-seconds");
        float[] audio = [.. Enumerable.Range(0, 5 * 16000).Select(i => (i % 1000) / 1000f)];
        var ring = new AudioRing(audio.Length);
        ring.Push(audio);

        using (var keeper = new ClipKeeper(new KeepSettings { Folder = folder }, 16000, Fail))
        {
            keeper.Keep(ring, 3 * 16000, new HeardWord(3, "alexa", 0.9f, false), s_time);
        }

        string file = Assert.Single(Files(folder));
        Assert.Equal("20261122T000000.000Z_0.90_heard_alexa.wav", Path.GetFileName(file));
        float[] clip = WavFile.ReadMono(file, 16000);
        Assert.Equal(32000, clip.Length);
        int start = (int)(3.4 * 16000) - 32000;
        Assert.All(clip.Zip(audio.AsSpan(start, 32000).ToArray()), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Fact]
    public void Keep_deletes_the_oldest_beyond_the_number_and_nothing_else()
    {
        string folder = model.In("keep-number");
        Directory.CreateDirectory(Path.Combine(folder, "new"));
        File.WriteAllText(Path.Combine(folder, "new", "mine.wav"), "not a kept clip");
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);

        for (int part = 0; part < 3; part++)
        {
            using var keeper = new ClipKeeper(new KeepSettings { Folder = folder, MostClips = 5 }, 16000, Fail);
            for (int i = 0; i < 4; i++)
            {
                keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time.AddSeconds((4 * part) + i));
            }
        }

        Assert.Equal(
            ["20261122T000007", "20261122T000008", "20261122T000009", "20261122T000010", "20261122T000011", "mine.wav"],
            Files(folder).Select(file => Path.GetFileName(file).Split('.')[0] == "mine" ? "mine.wav" : Path.GetFileName(file).Split('.')[0]));
    }

    [Fact]
    public void Keep_deletes_the_oldest_beyond_the_bytes()
    {
        string folder = model.In("keep-bytes");
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);

        using (var keeper = new ClipKeeper(new KeepSettings { Folder = folder, MostBytes = 150_000 }, 16000, Fail)) // two clips of 64,044
        {
            for (int i = 0; i < 6; i++)
            {
                keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time.AddSeconds(i));
            }
        }

        Assert.Equal(2, Files(folder).Length);
        Assert.Contains("T000005", Files(folder)[^1]);
    }

    [Fact]
    public void Keep_two_words_of_the_same_instant_are_two_files()
    {
        string folder = model.In("keep-same");
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);

        using (var keeper = new ClipKeeper(new KeepSettings { Folder = folder }, 16000, Fail))
        {
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time);
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time);
        }

        Assert.Equal(2, Files(folder).Length);
    }

    [Fact]
    public void Keep_folder_that_fails_is_told_once_and_used_again_when_it_is_back()
    {
        string folder = model.In("keep-fails");
        string place = Path.Combine(folder, "new");
        var told = new List<string>();
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);
        using (var keeper = new ClipKeeper(new KeepSettings { Folder = folder }, 16000, told.Add))
        {
            Directory.Delete(place);
            File.WriteAllText(place, "in the way");
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time);
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time.AddSeconds(1));
            while (!keeper.IsIdle)
            {
                Thread.Yield();
            }

            File.Delete(place);
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time.AddSeconds(2));
        }

        Assert.Contains("listening goes on", Assert.Single(told));
        Assert.Contains("T000002", Assert.Single(Files(folder)));
    }

    [Fact]
    public void Keep_allocates_nothing_on_the_thread_of_the_audio()
    {
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);
        using var keeper = new ClipKeeper(new KeepSettings { Folder = model.In("keep-allocates") }, 16000, _ => { });
        keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 100; i++)
        {
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time.AddSeconds(i));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4000); // the line that says that the disk is too slow
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_bad_input()
    {
        string file = model.In("keep-is-a-file");
        File.WriteAllText(file, "x");

        InputException exception = Assert.Throws<InputException>(() => new ClipKeeper(new KeepSettings { Folder = file }, 16000, Fail));

        Assert.Contains("--keep", exception.Message);
    }

    [Fact]
    public void Folder_is_its_owners_alone()
    {
        string folder = model.In("keep-private");
        new ClipKeeper(new KeepSettings { Folder = folder }, 16000, Fail).Dispose();

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(folder, "new")));
        }
    }

    [Fact]
    public void Keep_in_a_folder_that_all_may_read_writes_clips_that_only_their_owner_may()
    {
        string folder = model.In("keep-private-clips");
        Directory.CreateDirectory(Path.Combine(folder, "new"));
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);

        using (var keeper = new ClipKeeper(new KeepSettings { Folder = folder }, 16000, Fail))
        {
            keeper.Keep(ring, 32000, new HeardWord(0, "alexa", 0.9f, false), s_time);
        }

        string file = Assert.Single(Files(folder));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void Keep_after_the_clock_has_gone_back_deletes_what_is_older_and_not_what_it_writes()
    {
        string folder = model.In("keep-clock");
        var ring = new AudioRing(32000);
        ring.Push(new float[32000]);
        var settings = new KeepSettings { Folder = folder, MostClips = 3 };
        using (var before = new ClipKeeper(settings, 16000, Fail))
        {
            for (int i = 0; i < 3; i++)
            {
                before.Keep(ring, 32000, new HeardWord(0, "old", 0.9f, false), s_time.AddSeconds(i));
            }
        }

        using (var keeper = new ClipKeeper(settings, 16000, Fail))
        {
            keeper.Keep(ring, 32000, new HeardWord(0, "first", 0.9f, false), s_time.AddDays(-1));
            keeper.Keep(ring, 32000, new HeardWord(0, "second", 0.9f, false), s_time.AddDays(-2));
        }

        Assert.Equal(["second", "first", "old"], Files(folder).Select(file => KeptClip.Parse(Path.GetFileName(file))!.Keyword));
        Assert.Contains("T000002", Files(folder)[^1]);
    }

    [Fact]
    public void Start_deletes_what_a_run_left_that_was_killed_while_it_wrote()
    {
        string folder = model.In("keep-left");
        string place = Path.Combine(folder, "new");
        Directory.CreateDirectory(place);
        string left = Path.Combine(place, $".20261122T000000.000Z_0.90_heard_alexa.wav.{Guid.NewGuid():n}.tmp");
        string mine = Path.Combine(place, ".mine.tmp");
        File.WriteAllText(left, "half");
        File.WriteAllText(mine, "whole");

        new ClipKeeper(new KeepSettings { Folder = folder }, 16000, Fail).Dispose();

        Assert.Equal([mine], Directory.GetFiles(place));
    }

    private static string[] Files(string folder)
    {
        string[] files = Directory.GetFiles(Path.Combine(folder, "new"));
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static void Fail(string message) => Assert.Fail(message);
}
