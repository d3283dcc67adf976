using System.Text;
using KeywordSpotter.Health;
using KeywordSpotter.Serving;
using KeywordSpotter.Spotting;
using KeywordSpotter.Tests.Health;

namespace KeywordSpotter.Tests.Serving;

/// <summary>Clients that break the rules, vanish, or are too many.</summary>
public sealed class ServeRobustnessTests(TrainedModel model)
{
    private const string Start = "{\"type\": \"audio-start\", \"data\": {\"rate\": 16000, \"width\": 2, \"channels\": 1}}\n";

    [Theory]
    [InlineData("\n\r\nx\n", "no JSON at its byte 1; allowed: an object")]
    [InlineData("GET / HTTP/1.1\r\n", "no JSON")]
    [InlineData("[]\n", "allowed: an object")]
    [InlineData("{}\n", "no 'type'")]
    [InlineData("{\"type\": 7}\n", "'type' is 7")]
    [InlineData("{\"type\": \"ping\"} x\n", "no JSON")]
    [InlineData("{\"type\": \"ping\", \"data\": []}\n", "'data' is a list")]
    [InlineData("{\"type\": \"ping\", \"data_length\": -1}\n", "'data_length' is -1")]
    [InlineData("{\"type\": \"ping\", \"data_length\": 8193}\n", "allowed: a whole number from 0 to 8192")]
    [InlineData("{\"type\": \"ping\", \"data_length\": 1.5}\n", "'data_length' is 1.5")]
    [InlineData("{\"type\": \"ping\", \"data_length\": 2}\n[]", "allowed: an object")]
    [InlineData("{\"type\": \"ping\", \"data_length\": 2}\n{x", "no JSON")]
    [InlineData("{\"type\": \"ping\", \"payload_length\": 1048577}\n", "allowed: a whole number from 0 to 1048576")]
    [InlineData("{\"type\": \"ping\", \"payload_length\": 99999999999999999999}\n", "'payload_length' is 99999999999999999999")]
    [InlineData("{\"type\": \"detect\", \"data\": {\"names\": \"rise\"}}\n", "'names'")]
    [InlineData("{\"type\": \"detect\", \"data\": {\"names\": [1]}}\n", "'names'")]
    [InlineData("{\"type\": \"ping\", \"data\": {\"text\": \"\\ud800\"}}\n", "no UTF-8")]
    [InlineData("{\"type\": \"audio-start\"}\n", "'rate', 'width' and 'channels'")]
    [InlineData("{\"type\": \"audio-start\", \"data\": {\"rate\": 0, \"width\": 2, \"channels\": 1}}\n", "'rate' is 0")]
    [InlineData("{\"type\": \"audio-start\", \"data\": {\"rate\": 16000, \"width\": 1, \"channels\": 1}}\n", "'width' is 1")]
    [InlineData("{\"type\": \"audio-start\", \"data\": {\"rate\": 16000, \"width\": 2, \"channels\": 9}}\n", "'channels' is 9")]
    [InlineData("{\"type\": \"audio-start\", \"data\": {\"rate\": 16000.5, \"width\": 2, \"channels\": 1}}\n", "'rate' is 16000.5")]
    [InlineData("{\"type\": \"audio-chunk\", \"payload_length\": 2}\n", "'rate', 'width' and 'channels'")]
    [InlineData(Start + "{\"type\": \"audio-chunk\", \"payload_length\": 3}\nabc", "'payload_length' is 3; allowed: a multiple of 2")]
    [InlineData(Start + "{\"type\": \"audio-chunk\", \"data\": {\"rate\": 8000}, \"payload_length\": 2}\nab", "'rate', 'width' and 'channels'")]
    [InlineData(Start + "{\"type\": \"audio-chunk\", \"data\": {\"rate\": 8000, \"width\": 2, \"channels\": 1}, \"payload_length\": 2}\nab", "format changed")]
    [InlineData(Start + "{\"type\": \"audio-chunk\", \"payload_length\": 20}\nabcd", "ended within a message")]
    [InlineData("{\"type\": \"pi", "ended within a message")]
    public void Malformed_messages_are_refused(string sent, string reason)
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.SendRaw(sent);
        client.EndSending();

        Assert.Contains(reason, client.ExpectError("bad-message"));
        server.WaitForError(reason);
        using WyomingClient other = server.Connect();
        other.Send("ping");
        other.Expect("pong");
    }

    [Fact]
    public void A_header_without_end_is_refused()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.SendRaw(new string(' ', 3 * MessageReader.MaxHeaderBytes));

        Assert.Contains("more than 8192 bytes", client.ExpectError("bad-message"));
    }

    [Fact]
    public void Too_many_clients_are_turned_away_until_one_leaves()
    {
        using var server = new RunningServer("--model", model.Path, "--max-clients", "2");
        using WyomingClient first = server.Connect();
        using WyomingClient second = server.Connect();
        first.Send("ping");
        first.Expect("pong");
        second.Send("ping");
        second.Expect("pong");

        using (WyomingClient third = server.Connect())
        {
            Assert.Contains("2 clients already", third.ExpectError("too-many-clients"));
        }

        first.EndSending();
        Assert.Null(first.Receive());
        using WyomingClient fourth = server.Connect();
        fourth.Send("ping");
        fourth.Expect("pong");
    }

    [Fact]
    public void A_silent_client_is_dropped()
    {
        using var server = new RunningServer("--model", model.Path, "--idle-seconds", "1");
        using WyomingClient client = server.Connect();
        client.SendRaw("{\"type\":"); // also in the middle of a message

        Assert.Null(client.Receive());
    }

    [Fact]
    public void A_client_that_does_not_read_is_dropped()
    {
        var limits = new ServerLimits(1, TimeSpan.FromMinutes(1)) { Patience = TimeSpan.FromMilliseconds(200) };
        using var server = new DirectServer(model, limits);
        using var client = new WyomingClient(server.Uri);

        byte[] requests = [.. Enumerable.Repeat(Encoding.UTF8.GetBytes("{\"type\": \"describe\"}\n"), 10_000).SelectMany(bytes => bytes)];
        void Flood()
        {
            while (true)
            {
                client.SendRaw(requests); // the answers fill the buffers of both ends
            }
        }

        Assert.Throws<IOException>(Flood);
    }

    [Fact]
    public void Random_bytes_and_cut_messages_end_sessions_only()
    {
        using var server = new RunningServer("--model", model.Path);
        byte[] valid =
        [
            .. WyomingClient.Bytes("describe"),
            .. WyomingClient.Bytes("detect", "{\"names\": [\"rise\"]}"),
            .. WyomingClient.Bytes("audio-start", "{\"rate\": 16000, \"width\": 2, \"channels\": 1}"),
            .. WyomingClient.Bytes("audio-chunk", "{\"rate\": 16000, \"width\": 2, \"channels\": 1}", new byte[2048]),
            .. WyomingClient.Bytes("audio-stop", "{\"timestamp\": 1}"),
        ];
        var random = new Random(17);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = valid[..random.Next(valid.Length)];
            if (i % 3 == 0)
            {
                random.NextBytes(bytes);
            }

            for (int change = 0; i % 3 == 1 && change < 5 && bytes.Length > 0; change++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            using WyomingClient client = server.Connect();
            client.SendRaw(bytes);
            client.EndSending();
            while (client.Receive() is not null)
            {
            }
        }

        using WyomingClient last = server.Connect();
        last.SendStream(HeardAudio.Word(model, SmallAudio.Rise, 800));
        last.Expect("detection");
        Assert.DoesNotContain("internal error", server.WaitForError("serving"));
    }

    [Fact]
    public void A_thousand_connections_leave_nothing_behind()
    {
        using var server = new DirectServer(model, new ServerLimits(1000, TimeSpan.FromMinutes(1)));
        for (int i = 0; i < 1000; i++)
        {
            using var client = new WyomingClient(server.Uri);
            if (i % 2 == 0)
            {
                client.Send("ping");
            }
        }

        using (var client = new WyomingClient(server.Uri))
        {
            client.Send("ping");
            client.Expect("pong");
        }

        Assert.True(SpinWait.SpinUntil(() => server.Clients == 0, TimeSpan.FromSeconds(20)), $"{server.Clients} clients are left");
    }

    [Fact]
    public void The_service_manager_is_told()
    {
        using var socket = new NotifySocket();
        using var notifier = new ServiceNotifier(socket.Address, TimeSpan.FromTicks(1));
        using var server = new DirectServer(model, new ServerLimits(1, TimeSpan.FromMinutes(1)), notifier);

        Assert.Equal($"READY=1\nSTATUS=serving at {server.Uri}", socket.Receive());
        Assert.Equal("WATCHDOG=1", socket.Receive());
        using (var client = new WyomingClient(server.Uri))
        {
            client.Send("ping");
            client.Expect("pong");
            string message = socket.Receive();
            while (message == "WATCHDOG=1")
            {
                message = socket.Receive();
            }

            Assert.Equal($"STATUS=serving at {server.Uri}; clients: 1", message);
        }

        server.Stop();
        string last = socket.Receive();
        while (!last.StartsWith("STOPPING=1", StringComparison.Ordinal))
        {
            last = socket.Receive();
        }
    }

    [Fact]
    public void Chunks_allocate_nothing()
    {
        SpotterModel weights = SpotterModel.Load(model.Path).WithThreshold(1);
        long Allocated(int chunks, int rate, int channels)
        {
            string format = $"{{\"rate\": {rate}, \"width\": 2, \"channels\": {channels}, \"timestamp\": 5}}";
            byte[] start = WyomingClient.Bytes("audio-start", format);
            byte[] samples = new byte[2048 * channels];
            new Random(3).NextBytes(samples); // loud enough for the gate
            byte[] chunk = WyomingClient.Bytes("audio-chunk", format, samples);
            using var stream = new MemoryStream([.. start, .. Enumerable.Repeat(chunk, chunks).SelectMany(bytes => bytes)], writable: false);
            var session = new ClientSession("test", stream, weights, weights.Detector, new ServerLimits(1, TimeSpan.FromMinutes(1)), new SilentLog());
            long before = GC.GetAllocatedBytesForCurrentThread();
            session.Run();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(stream.Length, stream.Position);
            return allocated;
        }

        foreach ((int rate, int channels) in ((int, int)[])[(16000, 1), (48000, 2)])
        {
            Allocated(1, rate, channels); // what happens once
            Assert.Equal(Allocated(20, rate, channels), Allocated(200, rate, channels));
        }
    }

    [Fact]
    public void Unknown_keywords_are_told_once_in_a_line_that_can_be_printed()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();
        for (int i = 0; i < 50; i++)
        {
            client.Send("detect", "{\"names\": [\"a\\u001b[2J\\nkws: \\u202e" + new string('x', 200) + "\", \"b\"]}");
        }

        client.Send("ping");
        client.Expect("pong");
        client.SendRaw("x\n");
        string said = server.WaitForError("no JSON"); // is behind all other lines

        Assert.Contains("'a\\u001b[2J\\u000akws: \\u202exxx", said);
        Assert.Contains("x...' is no keyword of the model; allowed: ", said);
        Assert.Equal(2, said.Split("client 1 ").Length - 1);
        Assert.DoesNotContain('\u001b', said);
    }

    [Fact]
    public void Too_many_names_are_refused()
    {
        using var server = new RunningServer("--model", model.Path);
        using WyomingClient client = server.Connect();

        client.Send("detect", "{\"names\": [" + string.Join(", ", Enumerable.Repeat("\"a\"", 101)) + "]}");

        Assert.Contains("'names' has more than 100", client.ExpectError("bad-message"));
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData(Start)]
    [InlineData(Start + "{\"type\": \"audio-chunk\", \"payload_length\": 20}\nab")]
    public void Silence_within_a_message_or_a_stream_ends_the_session(string sent)
    {
        var limits = new ServerLimits(1, TimeSpan.FromHours(1)) { Silence = TimeSpan.FromMilliseconds(200) };
        using var server = new DirectServer(model, limits);
        using var client = new WyomingClient(server.Uri);
        client.Send("ping");
        client.Expect("pong");

        client.SendRaw(sent);

        Assert.Null(client.Receive());
    }

    [Fact]
    public void A_message_that_trickles_is_refused()
    {
        var limits = new ServerLimits(1, TimeSpan.FromHours(1)) { Message = TimeSpan.Zero };
        var reader = new MessageReader(new TrickleStream("{\"type\": \"ping\"}\n"u8.ToArray()), limits);

        ProtocolException exception = Assert.Throws<ProtocolException>(() => reader.TryRead(out _));

        Assert.Contains("has not come within 0 s", exception.Message);
    }

    [Fact]
    public void An_idle_client_makes_room_for_another()
    {
        var limits = new ServerLimits(1, TimeSpan.FromHours(1)) { Silence = TimeSpan.Zero };
        using var server = new DirectServer(model, limits);
        using var idle = new WyomingClient(server.Uri);
        idle.Send("ping");
        idle.Expect("pong");

        Assert.True(SpinWait.SpinUntil(() => server.LongestIdle > TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        using var other = new WyomingClient(server.Uri);
        other.Send("ping");

        other.Expect("pong");
        Assert.Null(idle.Receive());
    }

    [Fact]
    public void A_keyword_is_off_the_clock_of_the_watchdog_while_it_is_reported()
    {
        SpotterModel weights = SpotterModel.Load(model.Path);
        byte[] audio = SmallAudio.Raw(HeardAudio.Word(model, SmallAudio.Rise, 700));
        const string format = "{\"rate\": 16000, \"width\": 2, \"channels\": 1}";
        byte[] sent = [.. WyomingClient.Bytes("audio-start", format), .. WyomingClient.Bytes("audio-chunk", format, audio), .. WyomingClient.Bytes("audio-stop")];
        using var both = new MemoryStream();
        both.Write(sent);
        both.Position = 0;
        var log = new ClockLog();
        var session = new ClientSession("test", both, weights, weights.Detector, new ServerLimits(1, TimeSpan.FromMinutes(1)), log);
        log.Session = session;

        session.Run();

        Assert.Equal(TimeSpan.Zero, log.WorkingFor);
    }

    [Fact]
    public void Output_that_is_not_read_keeps_no_client_waiting()
    {
        using var blocked = new BlockedWriter();
        using var server = new DirectServer(model, new ServerLimits(1, TimeSpan.FromMinutes(1)) { Patience = TimeSpan.FromSeconds(1) }, output: blocked);
        using var client = new WyomingClient(server.Uri);
        client.SendStream(HeardAudio.Word(model, SmallAudio.Rise, 800));
        client.Expect("detection");
        client.SendStream(HeardAudio.Word(model, SmallAudio.Rise, 800));
        client.Expect("detection");
        client.Send("ping");
        client.Expect("pong");
    }

    /// <summary>Looks at the session's clock when a keyword is reported.</summary>
    private sealed class ClockLog : ISessionLog
    {
        public ClientSession? Session { get; set; }

        public TimeSpan? WorkingFor { get; private set; }

        public void Detected(string client, string keyword, float score) => WorkingFor = Session!.WorkingFor;

        public void Refused(string client, string reason)
        {
            // The stream is its own answer: what follows the audio is no message of a client.
        }
    }

    /// <summary>A terminal that nobody reads.</summary>
    private sealed class BlockedWriter : StringWriter
    {
        private readonly ManualResetEventSlim _read = new();

        public override void WriteLine(string? value) => _read.Wait();

        protected override void Dispose(bool disposing) => _read.Set();
    }

    /// <summary>One byte at a time.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanTimeout => true;

        public override int ReadTimeout { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            long now = Environment.TickCount64;
            SpinWait.SpinUntil(() => Environment.TickCount64 > now);
            return base.Read(buffer, offset, 1);
        }
    }

    private sealed class SilentLog : ISessionLog
    {
        public void Detected(string client, string keyword, float score) => Assert.Fail(keyword);

        public void Refused(string client, string reason) => Assert.Fail(reason);
    }

    /// <summary>The server without the command around it.</summary>
    private sealed class DirectServer : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly WyomingServer _server;
        private readonly ServiceNotifier _notifier;
        private readonly Thread _thread;

        public DirectServer(TrainedModel model, ServerLimits limits, ServiceNotifier? notifier = null, TextWriter? output = null)
        {
            SpotterModel weights = SpotterModel.Load(model.Path);
            var terminal = new Terminal(() => Stream.Null, output ?? TextWriter.Null, output ?? TextWriter.Null, _stop.Token);
            _notifier = notifier ?? new ServiceNotifier(null, null);
            _server = new WyomingServer(ServerAddress.Parse("tcp://127.0.0.1:0"), weights, weights.Detector, limits, terminal);
            _thread = new Thread(() => _server.Run(_notifier));
            _thread.Start();
        }

        public string Uri => _server.Uri;

        public int Clients => _server.Clients;

        public TimeSpan LongestIdle => _server.LongestIdle;

        public void Stop()
        {
            _stop.Cancel();
            _thread.Join();
        }

        public void Dispose()
        {
            Stop();
            _server.Dispose();
            _stop.Dispose();
        }
    }
}
