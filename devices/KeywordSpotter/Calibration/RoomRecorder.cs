using System.Globalization;
using Seq.Embedded.Audio;

namespace KeywordSpotter.Calibration;

/// <summary>Writes what is heard of a room as WAV files of a minute each, so that it can be replayed. A full disk ends the recording, not the listening.</summary>
/// <param name="folder">Is created.</param>
/// <param name="sampleRate">In Hz.</param>
/// <param name="tell">Told in a line when nothing can be written any more.</param>
internal sealed class RoomRecorder(string folder, int sampleRate, Action<string> tell) : IDisposable
{
    private const int SecondsPerFile = 60;

    private readonly float[] _minute = new float[SecondsPerFile * sampleRate];
    private readonly string _begun = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
    private int _filled;
    private int _files;
    private bool _failed;

    /// <summary>Adds audio.</summary>
    public void Push(ReadOnlySpan<float> samples)
    {
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, _minute.Length - _filled);
            samples[..count].CopyTo(_minute.AsSpan(_filled));
            samples = samples[count..];
            _filled += count;
            if (_filled == _minute.Length)
            {
                Write();
            }
        }
    }

    /// <summary>Writes the last, shorter file.</summary>
    public void Dispose()
    {
        if (_filled > 0)
        {
            Write();
        }
    }

    private void Write()
    {
        try
        {
            if (!_failed)
            {
                Directory.CreateDirectory(folder);
                WavWriter.Write(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"room-{_begun}-{++_files:0000}.wav")), _minute.AsSpan(0, _filled), sampleRate);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failed = true;
            tell($"the recording ends here, the listening goes on: {exception.Message}");
        }

        _filled = 0;
    }
}
