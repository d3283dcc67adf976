namespace Seq.Embedded;

/// <summary>How a model holds its weights in memory and in the files that it saves.</summary>
public enum WeightFormat
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>
    /// 8-bit integers -127 to 127 with a float scale for each row of a matrix: a quarter of the size. Biases, trained vectors, the additive score of <see cref="AttentionAttribute"/>
    /// and layers whose window is wider than 65,536 values stay floats. At each time step the vectors that are multiplied by weights are rounded to 7 bits with the scale of their own
    /// largest value, and products are summed exactly.
    /// </summary>
    /// <remarks>
    /// How much time that saves depends on the processor. A step of two GRU layers of 64 units takes about 0.60 us where floats take 1.33 us (2.2 x) on an x64 processor with AVX-VNNI
    /// (Intel since Alder Lake, AMD since Zen 5); with AVX2 alone floats take 1.9 x, with SSE 1.7 x the time of 8-bit weights (tests/Benchmarks).
    /// Estimates for arm64: 1.4 x on a Cortex-A53, hardly any on a Cortex-A72; the dot product of 8-bit integers is in the Cortex-A76 (Raspberry Pi 5), not in the
    /// processors of Raspberry Pi 3, 4 and Zero 2 W.
    /// </remarks>
    Int8,
}
