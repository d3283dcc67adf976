namespace KeywordSpotter.Tests.Input;

/// <summary>A clock that stands still until it is moved. Its time of day may be set without the monotonic time noticing.</summary>
internal sealed class FakeTime : TimeProvider
{
    private long _ticks = 1000;

    public DateTimeOffset TimeOfDay { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public double Seconds => (double)(_ticks - 1000) / TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => TimeOfDay;

    public void Move(TimeSpan span) => _ticks += span.Ticks;
}
