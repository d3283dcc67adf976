using KeywordSpotter.Input;
using KeywordSpotter.Listening;
using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Listening;

public sealed class LiveViewTests(TrainedModel model)
{
    private static readonly DetectorSettings s_settings = new() { Thresholds = [0.5f, 0.9f] };

    [Fact]
    public void Compose_shows_level_scores_thresholds_and_the_last_words()
    {
        using var view = new LiveView(TextWriter.Null, ["rise", "sink"], s_settings);
        for (int i = 0; i < 7; i++)
        {
            view.Add(new HeardWord(i, i % 2 == 0 ? "rise" : "sink", 0.75f, i == 6));
        }

        string[] lines = view.Compose();

        Assert.Equal(1 + 2 + 1 + 5, lines.Length);
        Assert.StartsWith("level  [", lines[0]);
        Assert.StartsWith("rise  [", lines[1]);
        Assert.Equal(lines[1].IndexOf('[') + 1 + 20, lines[1].IndexOf('!')); // half of 40
        Assert.Equal(lines[2].IndexOf('[') + 1 + 36, lines[2].IndexOf('!'));
        Assert.Equal("    6.00 s  rise  0.75  near miss", lines[4]);
        Assert.Equal("    2.00 s  rise  0.75", lines[^1]);
    }

    [Fact]
    public void Say_shows_the_last_messages_below_the_words_until_the_end()
    {
        var error = new StringWriter { NewLine = "\n" };
        var messages = new LiveMessages(error);
        messages.WriteLine("before");
        var view = new LiveView(TextWriter.Null, ["rise", "sink"], s_settings);
        messages.View = view;
        for (int i = 0; i < 4; i++)
        {
            messages.WriteLine($"message\n{i}");
        }

        Assert.Equal(["message 1", "message 2", "message 3"], view.Compose()[^3..]);
        view.Dispose();
        messages.WriteLine("after");

        Assert.Equal("before\nafter\n", error.ToString());
    }

    [Fact]
    public void Dispose_leaves_the_terminal_as_it_was()
    {
        var output = new StringWriter { NewLine = "\n" };
        var view = new LiveView(output, ["rise", "sink"], s_settings);
        view.Dispose();
        view.Dispose();

        string text = output.ToString();
        Assert.StartsWith("\e[?25l", text);
        Assert.EndsWith("\e[?25h\e[?7h", text);
        Assert.Contains("\e[9A", text); // the second drawing begins where the first did
    }

    [Fact]
    public void Show_allocates_nothing()
    {
        SpotterModel loaded = SpotterModel.Load(model.Path);
        string path = model.In("live.wav");
        SmallAudio.Write(path, SmallAudio.Background(990, 5));
        using AudioInput input = new(WavSource.Open(path), loaded.Features.SampleRate);
        var spotter = new Spotter(loaded, loaded.Detector, gate: true, nearMisses: true);
        using var view = new LiveView(TextWriter.Null, loaded.Keywords, loaded.Detector);
        long allocated = 0;
        for (int i = 0; input.TryRead(out ReadOnlySpan<float> block); i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (spotter.TryNext(ref block, out _))
            {
            }

            view.Show(input, spotter);
            allocated += i == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }
}
