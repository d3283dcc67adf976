using System.Globalization;

namespace Seq.Embedded.Generator;

/// <summary>Numbers for people, the same under every culture.</summary>
internal static class Numbers
{
    /// <summary>1,234.</summary>
    public static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
