namespace Seq.Embedded.Audio;

/// <summary>What a device is opened with.</summary>
internal readonly record struct AlsaSettings(int SampleRate, int Channels, AlsaFormat Format)
{
    public int BytesPerFrame => Channels * (Format.Bits / 8);
}
