namespace Seq.Embedded;

/// <summary>How a model holds its weights in memory and in the files that it saves.</summary>
public enum WeightFormat
{
    /// <summary>32-bit floats.</summary>
    Float32,

    /// <summary>
    /// 8-bit integers -127 to 127 with a float scale for each row of a matrix; biases and trained vectors stay floats. A quarter of the size, and faster.
    /// At each time step the vectors that are multiplied by weights are rounded to 7 bits with the scale of their own largest value, and products are summed exactly.
    /// </summary>
    Int8,
}
