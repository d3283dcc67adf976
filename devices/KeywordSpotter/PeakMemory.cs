using System.Globalization;

namespace KeywordSpotter;

/// <summary>The most memory that this process has held so far.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string Peak = "VmHWM:"; // in kB

    /// <summary>Bytes; what is held now where the system does not say what the most was.</summary>
    public static long Bytes
    {
        get
        {
            if (File.Exists(Status))
            {
                foreach (string line in File.ReadLines(Status))
                {
                    if (line.StartsWith(Peak, StringComparison.Ordinal))
                    {
                        return long.Parse(line.AsSpan(Peak.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture) * 1024;
                    }
                }
            }

            return Environment.WorkingSet;
        }
    }
}
