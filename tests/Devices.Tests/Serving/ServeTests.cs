using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace KeywordSpotter.Tests.Serving;

public sealed class ServeTests(TrainedModel model)
{
    [Fact]
    public void Describe_is_answered_with_what_home_assistant_needs()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.Send("describe");

        JsonElement info = client.Expect("info");
        JsonElement program = Assert.Single(info.GetProperty("wake").EnumerateArray());
        JsonElement[] models = [.. program.GetProperty("models").EnumerateArray()];
        Assert.Equal("kws", program.GetProperty("name").GetString());
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink], models.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal([SmallAudio.Rise, SmallAudio.Sink], models.Select(item => item.GetProperty("phrase").GetString()));
        Assert.All([program, .. models], item =>
        {
            Assert.True(item.GetProperty("installed").GetBoolean());
            Assert.Equal(JsonValueKind.String, item.GetProperty("description").ValueKind);
            Assert.Equal(JsonValueKind.String, item.GetProperty("version").ValueKind);
            Assert.Equal("Seq.Embedded", item.GetProperty("attribution").GetProperty("name").GetString());
            Assert.Equal(JsonValueKind.String, item.GetProperty("attribution").GetProperty("url").ValueKind);
        });
        Assert.All(models, item => Assert.Equal(JsonValueKind.Array, item.GetProperty("languages").ValueKind));
        Assert.All(["asr", "tts", "handle", "intent", "mic", "snd"], name => Assert.Equal(0, info.GetProperty(name).GetArrayLength()));
    }

    [Fact]
    public void Detection_comes_while_the_audio_flows_with_the_time_stamp_of_its_chunk()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        double end = 0;
        float[] audio = HeardAudio.Find(
            model, 700, variant => [.. SmallAudio.Background(variant, 2), .. SmallAudio.Word(SmallAudio.Sink, variant, out end, after: 1.5)], SmallAudio.Sink);

        client.Send("detect", "{\"names\": null}");
        client.Start();
        client.SendAudio(SmallAudio.Raw(audio));
        JsonElement detection = client.Expect("detection"); // without an audio-stop: the client goes on listening

        Assert.Equal(SmallAudio.Sink, detection.GetProperty("name").GetString());
        Assert.InRange(detection.GetProperty("timestamp").GetInt64(), 1000 * (2 + end - 0.3), 1000 * (2 + end + 0.8));
        Assert.Matches($@"^client 1 127\.0\.0\.1:\d+  {SmallAudio.Sink}  [01]\.\d\d\n$", server.WaitForOutput());
    }

    [Fact]
    public void Audio_without_a_keyword_ends_with_not_detected()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.SendStream(HeardAudio.Find(model, 710, variant => SmallAudio.Background(variant, 3)));

        client.Expect("not-detected");
        client.EndSending();
        Assert.Null(client.Receive());
    }

    [Fact]
    public void Audio_with_a_keyword_at_its_very_end_ends_with_the_detection_alone()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.SendStream(HeardAudio.Find(model, 711, variant => SmallAudio.Word(SmallAudio.Rise, variant, out _, before: 1, after: 0.02), SmallAudio.Rise));
        client.Send("ping", "{\"text\": \"still there\"}");

        Assert.Equal(SmallAudio.Rise, client.Expect("detection").GetProperty("name").GetString());
        Assert.Equal("still there", client.Expect("pong").GetProperty("text").GetString());
    }

    [Theory]
    [InlineData(SmallAudio.Sink, SmallAudio.Sink)]
    [InlineData("SINK", SmallAudio.Sink)]
    [InlineData(SmallAudio.Rise, SmallAudio.Rise)]
    [InlineData("unheard_of")]
    public void Detect_limits_what_is_reported(string name, params string[] expected)
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        float[] audio = HeardAudio.Find(
            model,
            720,
            variant => [.. SmallAudio.Word(SmallAudio.Sink, variant, out _, before: 1, after: 1), .. SmallAudio.Word(SmallAudio.Rise, variant, out _, after: 1)],
            SmallAudio.Sink,
            SmallAudio.Rise);

        client.Send("detect", $"{{\"names\": [\"{name}\"]}}");
        client.SendStream(audio);

        Assert.All(expected, keyword => Assert.Equal(keyword, client.Expect("detection").GetProperty("name").GetString()));
        if (expected.Length == 0)
        {
            client.Expect("not-detected");
            server.WaitForError("'unheard_of' is no keyword of the model; allowed: rise, sink");
        }

        client.Send("ping");
        client.Expect("pong");
    }

    [Theory]
    [InlineData(48000, 2, 2)]
    [InlineData(44100, 3, 1)]
    [InlineData(16000, 4, 8)]
    [InlineData(22050, 2, 1)]
    public void Any_rate_width_and_number_of_channels_is_heard(int rate, int width, int channels)
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        float[] audio = Seq.Embedded.Audio.Resampler.Resample(HeardAudio.Word(model, SmallAudio.Sink, 730), SmallAudio.Rate, rate);
        byte[] bytes = new byte[audio.Length * width * channels];
        for (int i = 0; i < audio.Length * channels; i++)
        {
            byte[] value = BitConverter.GetBytes((int)Math.Clamp(audio[i / channels] * 2147483647.0, int.MinValue, int.MaxValue));
            value.AsSpan(4 - width).CopyTo(bytes.AsSpan(i * width));
        }

        client.Start(rate, width, channels);
        client.SendAudio(bytes, rate, width, channels);
        client.Stop();

        Assert.Equal(SmallAudio.Sink, client.Expect("detection").GetProperty("name").GetString());
    }

    [Fact]
    public void Other_messages_may_come_between_chunks()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        byte[] audio = SmallAudio.Raw(HeardAudio.Word(model, SmallAudio.Rise, 740));
        int middle = audio.Length / 2048 * 1024;

        client.Start();
        client.SendAudio(audio[..middle]);
        client.Send("ping", "{\"text\": null}");
        client.Send("transcribe", "{\"language\": \"en\", \"nested\": {\"deep\": [1, {\"rate\": -1}]}}", [1, 2, 3]);
        client.Send("describe");
        client.SendAudio(audio[middle..]);
        client.Stop();

        Assert.Equal(JsonValueKind.Null, client.Expect("pong").GetProperty("text").ValueKind);
        client.Expect("info");
        client.Expect("detection");
    }

    [Fact]
    public void Data_may_stand_in_the_header_and_chunks_may_come_without_a_start()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        byte[] audio = SmallAudio.Raw(HeardAudio.Word(model, SmallAudio.Rise, 750));

        client.SendRaw(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"payload_length\":{audio.Length},\"data\":{{\"channels\":1,\"width\":2,\"rate\":16000}},\"data_length\":null,\"type\":\"audio-chunk\"}}\r\n"));
        client.SendRaw(audio);
        client.Stop();

        JsonElement detection = client.Expect("detection");
        Assert.Equal(SmallAudio.Rise, detection.GetProperty("name").GetString());
    }

    [Fact]
    public void A_new_start_begins_a_new_stream_in_another_format()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        float[] word = HeardAudio.Word(model, SmallAudio.Rise, 760);

        client.Start();
        client.SendAudio(SmallAudio.Raw(SmallAudio.Background(761, 1)));
        client.Start(8000);
        client.SendAudio(SmallAudio.Raw(Seq.Embedded.Audio.Resampler.Resample(SmallAudio.Background(761, 1), 16000, 8000)), 8000);
        client.Start();
        client.SendAudio(SmallAudio.Raw(word));
        client.Stop();

        client.Expect("detection");
        client.Stop(); // of no stream
        client.Expect("not-detected");
    }

    [Fact]
    public void Clients_do_not_hear_each_other()
    {
        using var server = new RunningServer("--model", model.Path);
        string[] words = [SmallAudio.Rise, SmallAudio.Sink, SmallAudio.Sink, SmallAudio.Rise];
        WyomingClient[] clients = [.. words.Select(_ => server.Connect())];

        Parallel.For(0, words.Length, i => clients[i].SendStream(HeardAudio.Word(model, words[i], 770 + i)));

        for (int i = 0; i < words.Length; i++)
        {
            Assert.Equal(words[i], clients[i].Expect("detection").GetProperty("name").GetString());
            clients[i].EndSending();
            Assert.Null(clients[i].Receive());
            clients[i].Dispose();
        }
    }

    [Fact]
    public void Threshold_that_is_out_of_reach_finds_nothing()
    {
        using var server = new RunningServer("--model", model.Path, "--threshold", "1");
        using WyomingClient client = server.Connect();

        client.SendStream(HeardAudio.Word(model, SmallAudio.Rise, 780));

        client.Expect("not-detected");
    }

    [Fact]
    public void Stop_ends_all_sessions_and_frees_the_port()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient idle = server.Connect();
        using WyomingClient listening = server.Connect();
        listening.Start();
        listening.SendAudio(SmallAudio.Raw(SmallAudio.Background(790, 1)));
        idle.Send("ping");
        idle.Expect("pong");

        Assert.Equal(0, server.Stop());

        Assert.Null(idle.Receive());
        Assert.Null(listening.Receive());
        using var next = new RunningServer("--model", model.Path, "--uri", server.Uri);
        Assert.Equal(server.Uri, next.Uri);
    }

    [Fact]
    public void Address_in_use_is_bad_input()
    {
        using var server = new RunningServer("--model", model.Path);

        CommandRun.Of("serve", "--model", model.Path, "--uri", server.Uri).AssertFailed(1, server.Uri, "in use", "allowed");
    }

    [Fact]
    public void Unix_socket_is_served_replaced_when_left_over_and_removed_at_the_end()
    {
        string path = Path.Combine(Path.GetTempPath(), $"kws-{Guid.NewGuid():N}.sock");
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(path + "~"));
            File.Move(path + "~", path); // the end of the socket removes the name that it was made with
        }

        Assert.True(File.Exists(path));
        using (var server = new RunningServer("--model", model.Path, "--uri", $"unix://{path}"))
        {
            using WyomingClient client = server.Connect();
            client.Send("ping");
            client.Expect("pong");
            CommandRun.Of("serve", "--model", model.Path, "--uri", server.Uri).AssertFailed(1, path, "in use");
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Unix_socket_does_not_replace_a_file()
    {
        string path = model.In($"{Guid.NewGuid():N}.txt");
        File.WriteAllText(path, "mine");

        CommandRun.Of("serve", "--model", model.Path, "--uri", $"unix://{path}").AssertFailed(1, path);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("127.0.0.1:10400")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://127.0.0.1:65536")]
    [InlineData("tcp://example.org:10400")]
    [InlineData("tcp://::1:10400")]
    [InlineData("http://127.0.0.1:10400")]
    [InlineData("unix://relative.sock")]
    public void Other_addresses_are_bad_usage(string uri) =>
        CommandRun.Of("serve", "--model", model.Path, "--uri", uri).AssertFailed(2, $"'{uri}'", "tcp://HOST:PORT", "unix:///PATH");

    [Theory]
    [InlineData("tcp://localhost:0", false)]
    [InlineData("tcp://0.0.0.0:0", true)]
    public void An_address_that_others_reach_is_warned_of(string uri, bool isOpen)
    {
        using var server = new RunningServer("--model", model.Path, "--uri", uri);

        Assert.Equal(isOpen, server.WaitForError("serving").Contains("warning", StringComparison.Ordinal));
    }

    [Fact]
    public void Help_says_what_opening_the_address_means()
    {
        string help = string.Join(' ', CommandRun.Of("serve", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("tcp://127.0.0.1:10400, which only programs on this machine reach", help);
        Assert.Contains("no password and no encryption", help);
        Assert.Contains("never stored", help);
    }
}
