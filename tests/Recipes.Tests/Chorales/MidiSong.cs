using System.Text;

namespace Recipes.Tests.Chorales;

/// <summary>What a Standard MIDI File of format 0 says, read by the specification and independently of the writer. Anything unexpected fails the test.</summary>
internal sealed class MidiSong
{
    /// <summary>A note with its begin and end in ticks.</summary>
    internal sealed record Note(int Key, int Velocity, int Begin, int End);

    public List<Note> Notes { get; } = [];

    public int Division { get; private set; }

    public int MicrosecondsPerQuarter { get; private set; }

    public int Program { get; private set; } = -1;

    public int Ticks { get; private set; }

    public static MidiSong Parse(byte[] bytes)
    {
        var song = new MidiSong();
        Assert.Equal("MThd", Encoding.ASCII.GetString(bytes, 0, 4));
        Assert.Equal((6, 0, 1), (BigEndian(bytes, 4, 4), BigEndian(bytes, 8, 2), BigEndian(bytes, 10, 2)));
        song.Division = BigEndian(bytes, 12, 2);
        Assert.Equal("MTrk", Encoding.ASCII.GetString(bytes, 14, 4));
        Assert.Equal(bytes.Length - 22, BigEndian(bytes, 18, 4));
        song.ReadTrack(bytes, 22);
        return song;
    }

    private void ReadTrack(byte[] bytes, int at)
    {
        Dictionary<int, (int Velocity, int Begin)> open = [];
        bool ended = false;
        while (at < bytes.Length)
        {
            Assert.False(ended, "events behind the end of the track");
            Ticks += ReadNumber(bytes, ref at);
            int status = bytes[at++];
            switch (status)
            {
                case 0x80:
                    Assert.True(open.Remove(bytes[at], out (int Velocity, int Begin) begun), $"note {bytes[at]} ends that never began");
                    Notes.Add(new Note(bytes[at], begun.Velocity, begun.Begin, Ticks));
                    at += 2;
                    break;
                case 0x90:
                    Assert.True(open.TryAdd(bytes[at], (bytes[at + 1], Ticks)), $"note {bytes[at]} begins twice");
                    Assert.InRange(bytes[at + 1], 1, 127);
                    at += 2;
                    break;
                case 0xC0:
                    Program = bytes[at++];
                    break;
                case 0xFF when bytes[at] == 0x51:
                    Assert.Equal(3, bytes[at + 1]);
                    MicrosecondsPerQuarter = BigEndian(bytes, at + 2, 3);
                    at += 5;
                    break;
                case 0xFF when bytes[at] == 0x2F:
                    Assert.Equal(0, bytes[at + 1]);
                    at += 2;
                    ended = true;
                    break;
                default:
                    Assert.Fail($"unexpected event {status:X2} at byte {at - 1}");
                    break;
            }
        }

        Assert.True(ended, "the track has no end");
        Assert.Empty(open);
    }

    private static int ReadNumber(byte[] bytes, ref int at)
    {
        int value = 0;
        int first = at;
        byte next;
        do
        {
            next = bytes[at++];
            value = (value << 7) | (next & 0x7F);
        }
        while (next >= 0x80);
        Assert.InRange(at - first, 1, 4);
        Assert.True(at - first == 1 || bytes[first] != 0x80, "a number with leading zeros");
        return value;
    }

    private static int BigEndian(byte[] bytes, int at, int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++)
        {
            value = (value << 8) | bytes[at + i];
        }

        return value;
    }
}
