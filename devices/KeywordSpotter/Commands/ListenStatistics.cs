using System.Diagnostics;
using System.Globalization;

namespace KeywordSpotter.Commands;

/// <summary>What listening cost: speed against real time, and the memory that the audio path allocated after its first block.</summary>
internal sealed class ListenStatistics
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _mark = GC.GetAllocatedBytesForCurrentThread();
    private long _allocated;
    private int _blocks;

    /// <summary>Called when a block of audio has been read, before it is worked on.</summary>
    public void BlockRead()
    {
        if (_blocks++ > 0)
        {
            Pause();
        }

        Resume();
    }

    /// <summary>Printing a detection is no part of the audio path.</summary>
    public void Pause() => _allocated += GC.GetAllocatedBytesForCurrentThread() - _mark;

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => _mark = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>One line for standard error.</summary>
    /// <param name="audioSeconds">Length of the audio that was heard.</param>
    public string Describe(double audioSeconds)
    {
        Pause();
        double seconds = _watch.Elapsed.TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{audioSeconds:0.00} s of audio in {seconds:0.0000} s: {audioSeconds / seconds:#,0} x real time; {_allocated} bytes allocated after the first block");
    }
}
