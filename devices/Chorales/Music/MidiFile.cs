using System.Buffers.Binary;

namespace Chorales.Music;

/// <summary>Writes Standard MIDI Files of format 0: a header and one track.</summary>
/// <remarks>
/// Header chunk: "MThd", length 6, format 0, 1 track, ticks per quarter note. Track chunk: "MTrk", its length, then events, each behind the ticks since the last one as a number of
/// 7 bits a byte, highest first, all bytes but the last with the highest bit set: tempo (FF 51 03, microseconds per quarter note in 3 bytes), program (C0 p), note on (90 n v), note off
/// (80 n 0), end of track (FF 2F 00). Numbers are big-endian. A note that goes on in the next time step is held. Source: MIDI Manufacturers Association, "Standard MIDI Files 1.0" (1988).
/// </remarks>
internal static class MidiFile
{
    public const int TicksPerStep = 480;

    private const double MicrosecondsPerMinute = 60e6;

    /// <summary>Writes a chorale.</summary>
    public static void Write(Stream stream, Chorale chorale, MidiSettings settings)
    {
        byte[] track = CreateTrack(chorale, settings);
        Span<byte> header = stackalloc byte[22];
        "MThd"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], 6);
        BinaryPrimitives.WriteInt16BigEndian(header[8..], 0);
        BinaryPrimitives.WriteInt16BigEndian(header[10..], 1);
        BinaryPrimitives.WriteInt16BigEndian(header[12..], TicksPerStep);
        "MTrk"u8.CopyTo(header[14..]);
        BinaryPrimitives.WriteInt32BigEndian(header[18..], track.Length);
        stream.Write(header);
        stream.Write(track);
    }

    private static byte[] CreateTrack(Chorale chorale, MidiSettings settings)
    {
        List<byte> track = [];
        int microseconds = (int)Math.Round(MicrosecondsPerMinute / settings.Tempo);
        AddEvent(track, 0, 0xFF, 0x51, 3, (byte)(microseconds >> 16), (byte)(microseconds >> 8), (byte)microseconds);
        AddEvent(track, 0, 0xC0, (byte)settings.Program);
        int written = 0;
        ReadOnlySpan<int> sounding = [];
        for (int step = 0; step <= chorale.Length; step++)
        {
            ReadOnlySpan<int> next = step < chorale.Length ? chorale[step] : [];
            foreach (int note in sounding)
            {
                if (!next.Contains(note))
                {
                    AddNote(0x80, note, 0);
                }
            }

            foreach (int note in next)
            {
                if (!sounding.Contains(note))
                {
                    AddNote(0x90, note, settings.Velocity);
                }
            }

            sounding = next;

            void AddNote(byte kind, int note, int velocity)
            {
                AddEvent(track, (step - written) * TicksPerStep, kind, (byte)note, (byte)velocity);
                written = step;
            }
        }

        AddEvent(track, (chorale.Length - written) * TicksPerStep, 0xFF, 0x2F, 0);
        return [.. track];
    }

    private static void AddEvent(List<byte> track, int ticks, params ReadOnlySpan<byte> bytes)
    {
        for (int shift = 21; shift > 0; shift -= 7)
        {
            if (ticks >> shift != 0)
            {
                track.Add((byte)(0x80 | ((ticks >> shift) & 0x7F)));
            }
        }

        track.Add((byte)(ticks & 0x7F));
        track.AddRange(bytes);
    }
}
