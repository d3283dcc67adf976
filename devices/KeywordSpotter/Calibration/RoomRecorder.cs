using System.Globalization;
using Seq.Embedded.Audio;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Calibration;

/// <summary>
/// Writes what is heard of a room as WAV files of a minute each, so that it can be replayed: while the next minute is heard, so that the disk holds up nothing.
/// A full disk ends the recording, not the listening.
/// </summary>
/// <param name="folder">Exists.</param>
/// <param name="sampleRate">In Hz.</param>
/// <param name="tell">Told in a line when nothing can be written any more, and again at the end.</param>
internal sealed class RoomRecorder(string folder, int sampleRate, Action<string> tell) : IDisposable
{
    private const int SecondsPerFile = 60;

    private readonly string _begun = DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
    private float[] _minute = new float[SecondsPerFile * sampleRate];
    private float[] _written = new float[SecondsPerFile * sampleRate]; // the minute before
    private Task _writing = Task.CompletedTask;
    private int _filled;
    private int _files;
    private string? _failure;

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
                bool failed = _failure is not null;
                Finish();
                if (!failed && _failure is not null)
                {
                    tell($"the recording ends here, the listening goes on: {_failure}");
                }

                Write();
            }
        }
    }

    /// <summary>Writes the last, shorter file, and waits for it.</summary>
    public void Dispose()
    {
        Finish();
        Write();
        Finish();
        if (_failure is not null)
        {
            tell($"{folder}: holds the first {_files} minutes only: {_failure}");
        }
    }

    private void Write()
    {
        if (_filled > 0 && _failure is null)
        {
            (_minute, _written) = (_written, _minute);
            (float[] samples, int count) = (_written, _filled);
            string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"room-{_begun}-{_files + 1:0000}.wav"));
            _writing = Task.Run(() => AtomicFile.Write(path, stream => WavWriter.Write(stream, samples.AsSpan(0, count), sampleRate, channels: 1)));
            _files++;
        }

        _filled = 0;
    }

    /// <summary>Waits for what is being written, and notes whether it failed.</summary>
    private void Finish()
    {
        try
        {
            _writing.GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _files--;
            _failure = exception.Message;
        }

        _writing = Task.CompletedTask;
    }
}
