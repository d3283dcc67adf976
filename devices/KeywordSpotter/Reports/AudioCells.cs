using Seq.Embedded.Audio;

namespace KeywordSpotter.Reports;

/// <summary>Players of a page, in tables. Their audio is part of the page, so both their number and their bytes are limited.</summary>
/// <param name="sampleRate">Of the audio, in Hz.</param>
internal sealed class AudioCells(int sampleRate)
{
    /// <summary>The most players of a table.</summary>
    public const int MostPlayers = 40;

    /// <summary>The most bytes of WAV files on the page.</summary>
    public const int MostBytes = 6_000_000;

    private int _bytes;

    /// <summary>A cell that plays audio, or says that it does not.</summary>
    /// <param name="index">Number of the row, from 0 on.</param>
    /// <param name="read">Reads mono audio; called only where there is room for it.</param>
    public HtmlCell Create(int index, Func<float[]> read)
    {
        if (index >= MostPlayers || _bytes >= MostBytes || read() is not { Length: > 0 } samples)
        {
            return new HtmlCell("-");
        }

        using var wav = new MemoryStream();
        WavWriter.Write(wav, samples, sampleRate, channels: 1);
        _bytes += (int)wav.Length;
        return new HtmlCell("") { Audio = "data:audio/wav;base64," + Convert.ToBase64String(wav.GetBuffer().AsSpan(0, (int)wav.Length)) };
    }
}
