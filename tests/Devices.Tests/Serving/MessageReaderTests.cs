using System.Text;
using KeywordSpotter.Serving;

namespace KeywordSpotter.Tests.Serving;

public sealed class MessageReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Messages_are_the_same_however_their_bytes_arrive(int pieceBytes)
    {
        byte[] payload = [.. Enumerable.Range(0, 30_000).Select(i => (byte)(i * 7))]; // longer than the buffer, with line breaks in it
        byte[] bytes =
        [
            .. WyomingClient.Bytes("audio-start", "{\"rate\": 48000, \"width\": 4, \"channels\": 2, \"timestamp\": 1.75}"),
            .. WyomingClient.Bytes("audio-chunk", "{\"timestamp\": 20}", payload),
            .. WyomingClient.Bytes("voice-started", null, [1, 2, 3]), // skipped
            .. WyomingClient.Bytes("detect", "{\"names\": [\"hey robin\", \"caf\\u00e9\"], \"context\": {\"a\": [null]}}"),
            .. WyomingClient.Bytes("audio-stop"),
        ];
        var reader = new MessageReader(new PieceStream(bytes, pieceBytes));

        Assert.True(reader.TryRead(out Message start));
        Assert.Equal(new Message { Kind = MessageKind.AudioStart, Rate = 48000, Width = 4, Channels = 2, Timestamp = 1 }, start);
        Assert.True(reader.TryRead(out Message chunk));
        Assert.Equal(new Message { Kind = MessageKind.AudioChunk, Timestamp = 20 }, chunk);
        Assert.Equal(payload.Length, reader.PayloadLeft);
        var read = new List<byte>();
        while (reader.PayloadLeft > 0)
        {
            ReadOnlySpan<byte> piece = reader.ReadPayload(8, 4096);
            Assert.True(piece.Length is > 0 and <= 4096 && piece.Length % 8 == 0);
            read.AddRange(piece);
        }

        Assert.Equal(payload, read);
        Assert.True(reader.TryRead(out Message other));
        Assert.Equal(MessageKind.Other, other.Kind);
        Assert.True(reader.TryRead(out Message detect));
        Assert.Equal(["hey robin", "caf\u00e9"], detect.Names!);
        Assert.True(reader.TryRead(out Message stop));
        Assert.Equal(MessageKind.AudioStop, stop.Kind);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Data_behind_the_header_goes_before_data_in_it()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("{\"type\": \"audio-start\", \"data\": {\"rate\": 8000, \"width\": 2}, \"data_length\": 15}\n{\"rate\": 16000}\n");
        var reader = new MessageReader(new MemoryStream(bytes));

        Assert.True(reader.TryRead(out Message message));
        Assert.Equal(new Message { Kind = MessageKind.AudioStart, Rate = 16000, Width = 2 }, message);
    }

    [Fact]
    public void The_longest_header_is_read_and_a_longer_one_refused()
    {
        byte[] Header(int length)
        {
            byte[] bytes = Encoding.UTF8.GetBytes("{\"type\": \"ping\"}".PadRight(length));
            bytes[^1] = (byte)'\n';
            return bytes;
        }

        Assert.True(new MessageReader(new MemoryStream(Header(MessageReader.MaxHeaderBytes))).TryRead(out _));
        Assert.Throws<ProtocolException>(() => new MessageReader(new MemoryStream(Header(MessageReader.MaxHeaderBytes + 1))).TryRead(out _));
    }

    [Fact]
    public void Random_bytes_are_refused_and_nothing_else_happens()
    {
        byte[] valid = WyomingClient.Bytes("detect", "{\"names\": [\"a\", \"b\\u00e9\"], \"rate\": 1, \"timestamp\": 1.5, \"text\": \"x\"}", [1, 2, 3, 4]);
        var random = new Random(5);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. valid, .. valid];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var reader = new MessageReader(new MemoryStream(bytes, 0, random.Next(bytes.Length), false));
            try
            {
                while (reader.TryRead(out _))
                {
                }
            }
            catch (ProtocolException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }

    /// <summary>Delivers at most so many bytes at a time, as a network does.</summary>
    private sealed class PieceStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, pieceBytes));
    }
}
