using System.Globalization;

namespace Devices;

/// <summary>Lengths of time as programs print them.</summary>
internal static class TimeText
{
    /// <summary>Minutes and seconds, from an hour on also hours: 4:05, 1:04:05.</summary>
    public static string Of(TimeSpan time) => time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
