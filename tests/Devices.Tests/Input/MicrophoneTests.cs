using System.Runtime.InteropServices;
using System.Text.Json;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Input;

/// <summary>The microphone, played by ALSA's "file" plug-in. Where libasound is not installed, the message that says so.</summary>
public sealed partial class MicrophoneTests(TrainedModel model)
{
    private static readonly bool s_hasLibrary = NativeLibrary.TryLoad("libasound.so.2", out _);

    [Fact]
    public void Listen_hears_a_word_from_the_microphone()
    {
        if (!s_hasLibrary)
        {
            CommandRun.Of("listen", "mic", "--model", model.Path).AssertFailed(1, "libasound.so.2", "apt-get install");
            return;
        }

        float[] audio = [.. SmallAudio.Background(950, 2), .. SmallAudio.Word(SmallAudio.Sink, 951, out double end, after: 1)];
        Configure(audio);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var output = new StoppingWriter(stop);
        var error = new StringWriter();

        int status = Program.Run(["listen", "mic:played", "--model", model.Path, "--json"], () => Stream.Null, output, error, stop.Token);

        Assert.Equal((0, ""), (status, error.ToString()));
        JsonElement line = JsonDocument.Parse(output.ToString().Split('\n')[0]).RootElement;
        Assert.Equal(SmallAudio.Sink, line.GetProperty("keyword").GetString());
        Assert.InRange(line.GetProperty("time").GetDouble(), 2 + end - 0.35, 2 + end + 0.35);
    }

    [Fact]
    public void Listen_unknown_microphone_is_bad_input()
    {
        string[] parts = s_hasLibrary ? ["no-such-device", "cannot open"] : ["libasound.so.2"];
        CommandRun.Of("listen", "mic:no-such-device", "--model", model.Path).AssertFailed(1, parts);
    }

    [Fact]
    public void Read_gives_the_samples_of_the_device()
    {
        if (!s_hasLibrary)
        {
            Assert.Throws<AudioDeviceException>(() => AlsaCapture.Open("played", 16000));
            return;
        }

        float[] audio = [.. Enumerable.Range(0, 4000).Select(i => (i - 2000) / 4000f)];
        Configure(audio);
        using AlsaCapture capture = AlsaCapture.Open("played", 16000);
        var samples = new float[4000];
        for (int got = 0; got < samples.Length;)
        {
            got += capture.Read(samples.AsSpan(got));
        }

        Assert.Equal((16000, 1, 0L), (capture.SampleRate, capture.Channels, capture.Overruns));
        Assert.All(audio.Zip(samples), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    /// <summary>
    /// A PCM named "played" whose input is a file; the C library's environment, not the copy that .NET keeps.
    /// libasound reads its configuration anew when the variable or the file has changed.
    /// </summary>
    private void Configure(float[] audio)
    {
        string raw = model.In($"played-{Guid.NewGuid():N}.raw");
        File.WriteAllBytes(raw, SmallAudio.Raw(audio));
        string configuration = Path.ChangeExtension(raw, ".conf");
        File.WriteAllText(configuration, $$"""
            pcm.nothing { type null }
            pcm.played { type file slave.pcm nothing file /dev/null infile "{{raw}}" format raw }
            """);
        Assert.Equal(0, SetEnvironment("ALSA_CONFIG_PATH", configuration, 1));
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    private sealed class StoppingWriter(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            stop.Cancel();
        }
    }
}
