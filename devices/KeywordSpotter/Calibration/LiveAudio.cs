using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Calibration;

/// <summary>A part of what was heard of a room: of its audio only some moments were kept.</summary>
/// <param name="name">What was listened to.</param>
/// <param name="start">Seconds heard before this part.</param>
/// <param name="kept">The moments, of all parts.</param>
internal sealed class LiveAudio(string name, double start, IReadOnlyList<LiveAudio.Kept> kept) : ItemAudio
{
    /// <summary>How far a moment may lie from one that was kept: another smoothing moves it a little.</summary>
    private const double Near = 0.5;

    public override (string Name, double Seconds) Locate(double seconds) => (name, start + seconds);

    public override float[] Read(double seconds, double before, double after)
    {
        Kept? nearest = kept.MinBy(moment => Math.Abs(moment.Seconds - start - seconds));
        return nearest is not null && Math.Abs(nearest.Seconds - start - seconds) <= Near ? nearest.Samples : [];
    }

    /// <summary>Two seconds of audio.</summary>
    /// <param name="Seconds">From the start of the listening to the end of what was taken for a word.</param>
    /// <param name="Score">Its highest score.</param>
    /// <param name="Samples">Mono, +-1.</param>
    internal sealed record Kept(double Seconds, float Score, float[] Samples);
}
