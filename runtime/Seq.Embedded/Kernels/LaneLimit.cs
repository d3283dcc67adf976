namespace Seq.Embedded.Kernels;

/// <summary>How many units a <see cref="LanePair{TLimit}"/> may hold: where two vectors hold more, it is one.</summary>
public static class LaneLimit
{
    /// <summary>A number of lanes.</summary>
    public interface ILimit
    {
        /// <summary>The most lanes of a pair.</summary>
        static abstract int Lanes { get; }
    }

    /// <summary>8: a pair of 128-bit vectors.</summary>
    public readonly struct Eight : ILimit
    {
        /// <inheritdoc/>
        public static int Lanes => 8;
    }

    /// <summary>16: a pair of vectors of up to 256 bits. Units are padded to a multiple of it.</summary>
    public readonly struct Sixteen : ILimit
    {
        /// <inheritdoc/>
        public static int Lanes => 16;
    }

    /// <summary>32: a pair of vectors of any width; for layers whose padded units are a multiple of it.</summary>
    public readonly struct ThirtyTwo : ILimit
    {
        /// <inheritdoc/>
        public static int Lanes => 32;
    }
}
