namespace Seq.Embedded.Audio;

/// <summary>How the energy of a mel band becomes a feature.</summary>
public enum FeatureKind
{
    /// <summary>Per-channel energy normalisation: each band relative to its own recent level, so loudness hardly matters.</summary>
    Pcen,

    /// <summary>Natural logarithm of the energy.</summary>
    LogMel,
}
