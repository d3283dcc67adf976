using KeywordSpotter.Spotting;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Tests.Spotting;

public sealed class VoiceGateTests
{
    private const int Frame = 320;
    private const int Rate = 16000;

    private static readonly FeatureSettings s_features = new();
    private static readonly VoiceGateSettings s_settings = new();

    [Theory]
    [InlineData(0)] // digital silence
    [InlineData(1e-4)] // -80 dB
    [InlineData(1e-3)]
    [InlineData(5e-3)] // -46 dB
    public void TryNext_steady_noise_of_a_quiet_room_closes_the_gate(double level)
    {
        (long heard, long skipped) = Run(Noise(1, 20, level));

        Assert.InRange(heard, 45, 60); // the hang-over, and no more
        Assert.Equal(0, skipped); // it never opened again
    }

    [Fact]
    public void TryNext_hum_closes_the_gate()
    {
        float[] audio = Noise(2, 20, 1e-4);
        for (int i = 0; i < audio.Length; i++)
        {
            audio[i] += 0.01f * (float)Math.Sin(2 * Math.PI * 50 * i / Rate);
        }

        Assert.InRange(Run(audio).Heard, 45, 60);
    }

    [Fact]
    public void TryNext_loud_room_keeps_the_gate_open()
    {
        Assert.Equal(20 * 50, Run(Noise(3, 20, 0.05)).Heard);
    }

    [Fact]
    public void TryNext_samples_that_are_no_numbers_open_the_gate_and_spoil_nothing()
    {
        float[] audio = Noise(4, 20, 1e-3);
        audio[10 * Rate] = float.NaN;
        var gate = new VoiceGate(s_features, s_settings);

        Drain(gate, audio.AsSpan(0, 10 * Rate));
        Assert.False(gate.IsOpen);
        Drain(gate, audio.AsSpan(10 * Rate, Rate / 2));
        Assert.True(gate.IsOpen);
        Drain(gate, audio.AsSpan((10 * Rate) + (Rate / 2)));
        Assert.False(gate.IsOpen);
    }

    [Fact]
    public void TryNext_opens_with_the_audio_before_and_tells_what_was_left_out()
    {
        float[] audio = Noise(5, 10, 1e-3);
        const int Loud = 8 * Rate;
        audio.AsSpan(Loud, Frame).Fill(0.1f);
        audio[Loud + 7] = -0.1f;
        var gate = new VoiceGate(s_features, s_settings);
        var pieces = new List<(long At, float[] Frame)>();
        long at = 0;
        ReadOnlySpan<float> rest = audio;
        while (gate.TryNext(ref rest, out ReadOnlySpan<float> heard, out long skipped))
        {
            at += skipped;
            pieces.Add((at++, heard.ToArray()));
        }

        Assert.All(pieces, piece => Assert.Equal(audio.AsSpan((int)piece.At * Frame, Frame).ToArray(), piece.Frame)); // each frame where it belongs
        int opened = pieces.FindIndex(piece => piece.At > 100);
        Assert.Equal((Loud / Frame) - gate.PreRoll + 1, pieces[opened].At);
    }

    [Fact]
    public void TryNext_silence_that_is_shorter_than_the_pre_roll_leaves_nothing_out()
    {
        float[] audio = Noise(6, 4, 1e-3);
        audio.AsSpan(Rate, Frame).Fill(0.1f);
        audio.AsSpan((int)(2.5 * Rate), Frame).Fill(0.1f); // 1.5 s later: closed for half a second
        var gate = new VoiceGate(s_features, s_settings);
        var heardAll = new List<float>();
        ReadOnlySpan<float> rest = audio.AsSpan(0, 3 * Rate);
        while (gate.TryNext(ref rest, out ReadOnlySpan<float> heard, out long skipped))
        {
            Assert.Equal(0, skipped);
            heardAll.AddRange(heard);
        }

        Assert.Equal(audio[..(3 * Rate)], heardAll);
    }

    [Fact]
    public void TryNext_word_that_hardly_exceeds_a_quiet_room_opens_the_gate()
    {
        float[] audio = Noise(7, 10, 2e-3);
        float[] word = Noise(8, 0.4, 2e-3); // as loud as the noise: 3 dB above it together
        for (int i = 0; i < word.Length; i++)
        {
            audio[(6 * Rate) + i] += word[i];
        }

        var gate = new VoiceGate(s_features, s_settings);
        Drain(gate, audio.AsSpan(0, 6 * Rate));
        Assert.False(gate.IsOpen);
        Drain(gate, audio.AsSpan(6 * Rate, word.Length));
        Assert.True(gate.IsOpen);
    }

    [Fact]
    public void Hold_keeps_the_gate_open()
    {
        var gate = new VoiceGate(s_features, s_settings);
        ReadOnlySpan<float> rest = Noise(9, 10, 1e-3);
        while (gate.TryNext(ref rest, out _, out _))
        {
            gate.Hold();
        }

        Assert.True(gate.IsOpen);
        Assert.Equal(0, gate.Held);
    }

    private static (long Heard, long Skipped) Run(float[] audio)
    {
        var gate = new VoiceGate(s_features, s_settings);
        long heard = 0;
        long skippedInAll = 0;
        ReadOnlySpan<float> rest = audio;
        while (gate.TryNext(ref rest, out _, out long skipped))
        {
            heard++;
            skippedInAll += skipped;
        }

        return (heard, skippedInAll);
    }

    private static void Drain(VoiceGate gate, ReadOnlySpan<float> audio)
    {
        while (gate.TryNext(ref audio, out _, out _))
        {
        }
    }

    private static float[] Noise(int seed, double seconds, double level)
    {
        Draws draws = Draws.For(50, (ulong)seed, 0);
        var samples = new float[(int)(seconds * Rate)];
        foreach (ref float sample in samples.AsSpan())
        {
            sample = (float)level * draws.Bell();
        }

        return samples;
    }
}
