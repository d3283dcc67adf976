using System.Numerics;
using System.Numerics.Tensors;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>Compares a function of vectors with double precision for every float of a range of bit patterns, on all cores.</summary>
/// <param name="function">Of a vector of floats.</param>
/// <param name="reference">The same function of many doubles: arguments, then results.</param>
/// <param name="limit">Errors up to it need no second look, in ulp.</param>
internal sealed class FloatSweep(Func<Vector<float>, Vector<float>> function, FloatSweep.Reference reference, double limit)
{
    private const double SmallestNormal = 1.1754943508222875e-38;
    private const double UlpsOfOne = 1 << 23;
    private const int ChunkLength = 2048;

    /// <summary>results[i] = f(arguments[i]).</summary>
    internal delegate void Reference(ReadOnlySpan<double> arguments, Span<double> results);

    /// <summary>The largest error found, and where.</summary>
    internal readonly record struct Worst(double Error, float Argument);

    /// <summary>The largest error, in ulp of the correctly rounded result, where that is not below the smallest normal float.</summary>
    /// <param name="first">Bits of the first float.</param>
    /// <param name="last">Bits of the last float.</param>
    /// <param name="step">1 for every float, 2 for every second one ...</param>
    public Worst Find(uint first, uint last, uint step = 1)
    {
        long chunks = (((long)last - first) / step / ChunkLength) + 1;
        Worst worst = default;
        object gate = new();
        Parallel.For(0L, chunks, () => new Chunk(), (index, _, chunk) => Look(chunk, first + (index * ChunkLength * step), last, step), chunk =>
        {
            lock (gate)
            {
                worst = chunk.Worst.Error > worst.Error ? chunk.Worst : worst;
            }
        });
        return worst;
    }

    private Chunk Look(Chunk chunk, long first, long last, uint step)
    {
        int length = (int)Math.Min(ChunkLength, ((last - first) / step) + 1);
        for (int i = 0; i < chunk.Arguments.Length; i++)
        {
            chunk.Arguments[i] = BitConverter.UInt32BitsToSingle((uint)Math.Min(first + (i * step), last));
        }

        for (int i = 0; i < chunk.Arguments.Length; i += Vector<float>.Count)
        {
            function(new Vector<float>(chunk.Arguments, i)).CopyTo(chunk.Actual, i);
        }

        TensorPrimitives.ConvertTruncating<float, double>(chunk.Arguments, chunk.Expected);
        reference(chunk.Expected, chunk.Expected);
        TensorPrimitives.ConvertTruncating<float, double>(chunk.Actual, chunk.Errors);
        for (int i = 0; i < chunk.Errors.Length; i += Vector<double>.Count)
        {
            Vector<double> expected = new(chunk.Expected, i);
            Vector<double> powerOfTwo = Vector.AsVectorDouble(Vector.AsVectorInt64(expected) & new Vector<long>(0x7FF0_0000_0000_0000));
            Vector<double> error = Vector.Abs(expected - new Vector<double>(chunk.Errors, i)) / Vector.Max(powerOfTwo, new Vector<double>(SmallestNormal));
            (error * UlpsOfOne).CopyTo(chunk.Errors, i);
        }

        if (!(TensorPrimitives.Max<double>(chunk.Errors) <= limit))
        {
            // Infinities, NaN and results below the normal range are left, or there is an error.
            for (int i = 0; i < chunk.Errors.Length; i++)
            {
                chunk.Errors[i] = Ulps(chunk.Expected[i], chunk.Actual[i]);
            }
        }

        int largest = TensorPrimitives.IndexOfMax<double>(chunk.Errors.AsSpan(0, length));
        if (chunk.Errors[largest] > chunk.Worst.Error)
        {
            chunk.Worst = new Worst(chunk.Errors[largest], chunk.Arguments[largest]);
        }

        return chunk;
    }

    private static double Ulps(double expected, float actual)
    {
        if (double.IsNaN(expected))
        {
            return float.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        if ((float)expected == actual)
        {
            return 0;
        }

        double error = Math.Abs(expected - actual);
        double ulps = error / Math.Max(Math.ScaleB(1, Math.ILogB(expected)), SmallestNormal) * UlpsOfOne;
        return double.IsNaN(ulps) ? double.PositiveInfinity : ulps;
    }

    private sealed class Chunk
    {
        public float[] Arguments { get; } = new float[ChunkLength];

        public float[] Actual { get; } = new float[ChunkLength];

        public double[] Expected { get; } = new double[ChunkLength];

        public double[] Errors { get; } = new double[ChunkLength];

        public Worst Worst { get; set; }
    }
}
