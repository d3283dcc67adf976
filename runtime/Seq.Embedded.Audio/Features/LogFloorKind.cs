namespace Seq.Embedded.Audio;

/// <summary>How a logarithm is kept from zero.</summary>
public enum LogFloorKind
{
    /// <summary>ln(E + floor).</summary>
    Added,

    /// <summary>ln(max(E, floor)).</summary>
    Lowest,
}
