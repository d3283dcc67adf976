using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using KeywordSpotter.Input;
using KeywordSpotter.Spotting;

namespace KeywordSpotter.Listening;

/// <summary>How listening goes: level, losses, what was heard, and what it cost. Memory that is allocated is that of the audio path after its first block.</summary>
internal sealed class ListenStatistics(AudioInput input, Spotter spotter, int sampleRate)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TimeSpan _processorBefore = Environment.CpuUsage.TotalTime;
    private long _mark = GC.GetAllocatedBytesForCurrentThread();
    private long _allocated;
    private long _blocks;
    private long _samples;
    private long _keywords;
    private long _nearMisses;
    private (double Seconds, double Part)? _cost; // processor time and part of the audio that was heard, once the audio has ended
    private (double Audio, double Processor, long Dropped) _lap; // when the last line was told

    private double AudioSeconds => _samples / (double)sampleRate;

    private double ProcessorSeconds => _cost?.Seconds ?? (Environment.CpuUsage.TotalTime - _processorBefore).TotalSeconds;

    private double RealTimeFactor => ProcessorSeconds / Math.Max(AudioSeconds, 1e-9);

    /// <summary>Of the steps of the model, those that the gate let through; 1 before the first.</summary>
    private double HeardPart => _cost?.Part ?? (spotter.HeardSteps / Math.Max(1.0, spotter.HeardSteps + spotter.SkippedSteps));

    /// <summary>Called when a block of audio has been read, before it is worked on.</summary>
    public void BlockRead(int samples)
    {
        _samples += samples;
        if (_blocks++ > 0)
        {
            Pause();
        }

        Resume();
    }

    /// <summary>A word was heard.</summary>
    public void Count(in HeardWord word)
    {
        _keywords += word.IsNearMiss ? 0 : 1;
        _nearMisses += word.IsNearMiss ? 1 : 0;
    }

    /// <summary>The audio has ended: what follows may still give words, and costs nothing.</summary>
    public void End()
    {
        _watch.Stop();
        _cost = (ProcessorSeconds, HeardPart);
    }

    /// <summary>A line was told: what the next one says of the level and of the cost begins here.</summary>
    public void StartLap()
    {
        input.Level.StartLap();
        _lap = (AudioSeconds, ProcessorSeconds, input.DroppedFrames);
    }

    /// <summary>Printing is no part of the audio path.</summary>
    public void Pause() => _allocated += _cost is null ? GC.GetAllocatedBytesForCurrentThread() - _mark : 0;

    /// <summary>Goes on after <see cref="Pause"/>.</summary>
    public void Resume() => _mark = GC.GetAllocatedBytesForCurrentThread();

    /// <summary>All of it, in four lines without line break at the end.</summary>
    public string[] Describe()
    {
        double seconds = _watch.Elapsed.TotalSeconds;
        return
        [
            Text($"{AudioSeconds:0.00} s of audio in {seconds:0.0000} s: {AudioSeconds / seconds:#,0} x real time; {_allocated} bytes allocated after the first block"),
            Text($"level {input.Level.TotalRms:0.0} dB, peak {input.Level.TotalPeak:0.0} dB, {input.Level.Clipped} samples clipped{NotFinite}; {input.DroppedFrames} frames dropped in {input.Overruns} overruns, microphone gone {input.Losses} times"),
            Text($"{_keywords} keywords and {_nearMisses} near misses, {PerHour(_keywords):0.00} and {PerHour(_nearMisses):0.00} per hour; {100 * HeardPart:0.0} % of the audio passed the gate"),
            Text($"{ProcessorSeconds:0.00} s of processor time, {100 * RealTimeFactor:0.000} % of the audio's; {PeakMemory.Bytes / 1e6:0.0} MB of memory at most"),
        ];
    }

    /// <summary>The same in one short line, for the time in between: level, losses and cost since the last one.</summary>
    public string Summarize()
    {
        double cost = (ProcessorSeconds - _lap.Processor) / Math.Max(AudioSeconds - _lap.Audio, 1e-9);
        return Text(
            $"{TimeSpan.FromSeconds(Math.Floor(AudioSeconds)):c}: level {input.Level.LapRms:0.0} dB, peak {input.Level.LapPeak:0.0} dB, {input.Level.LapClipped} clipped, {input.DroppedFrames - _lap.Dropped} dropped; {_keywords} keywords, {_nearMisses} near misses; {100 * cost:0.00} % of a processor, {PeakMemory.Bytes / 1e6:0.0} MB");
    }

    /// <summary>All of it as a JSON object in one line.</summary>
    /// <param name="ofLap">Whether level, peak and clipping are those since the last line.</param>
    public string ToJson(bool ofLap = false)
    {
        LevelMeter level = input.Level;
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            Number("audio_seconds", AudioSeconds, 2);
            Number("seconds", _watch.Elapsed.TotalSeconds, 4);
            Number("processor_seconds", ProcessorSeconds, 4);
            Number("real_time_factor", RealTimeFactor, 6);
            json.WriteNumber("allocated_bytes", _allocated);
            json.WriteNumber("peak_memory_bytes", PeakMemory.Bytes);
            Number("rms_dbfs", ofLap ? level.LapRms : level.TotalRms, 1);
            Number("peak_dbfs", ofLap ? level.LapPeak : level.TotalPeak, 1);
            json.WriteNumber("clipped_samples", ofLap ? level.LapClipped : level.Clipped);
            json.WriteNumber("not_finite_samples", level.NotFinite);
            json.WriteNumber("overruns", input.Overruns);
            json.WriteNumber("dropped_frames", input.DroppedFrames);
            json.WriteNumber("microphone_losses", input.Losses);
            Number("lost_seconds", input.LostSeconds, 2);
            Number("gate_open_part", HeardPart, 4);
            json.WriteNumber("detections", _keywords);
            json.WriteNumber("near_misses", _nearMisses);
            Number("detections_per_hour", PerHour(_keywords), 3);
            Number("near_misses_per_hour", PerHour(_nearMisses), 3);
            json.WriteEndObject();

            void Number(string name, double value, int digits) => json.WriteNumber(name, Math.Round(value, digits));
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Samples that are no numbers are a fault of the source, and rare enough not to be spoken of otherwise.</summary>
    private string NotFinite => input.Level.NotFinite > 0 ? Text($", {input.Level.NotFinite} no numbers") : "";

    private double PerHour(long count) => count * 3600 / Math.Max(AudioSeconds, 1);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
