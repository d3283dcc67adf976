using System.Numerics;
using System.Runtime.InteropServices;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class LanePairTests
{
    private const int Block = 40;

    private static readonly int Count = Vector<float>.Count;

    [Fact]
    public void Vectors_is_two_where_both_fit_the_limit()
    {
        Assert.Equal(Count == 4 ? 2 : 1, LanePair<LaneLimit.Eight>.Vectors);
        Assert.Equal(Count <= 8 ? 2 : 1, LanePair<LaneLimit.Sixteen>.Vectors);
        Assert.Equal(2, LanePair<LaneLimit.ThirtyTwo>.Vectors);
        Assert.Equal(2 * Count, LanePair<LaneLimit.ThirtyTwo>.Count);
    }

    [Fact]
    public void Operations_of_pairs_of_8_lanes_give_the_bits_of_one_vector() => Compare<LaneLimit.Eight>();

    [Fact]
    public void Operations_of_pairs_of_16_lanes_give_the_bits_of_one_vector() => Compare<LaneLimit.Sixteen>();

    [Fact]
    public void Operations_of_pairs_of_32_lanes_give_the_bits_of_one_vector() => Compare<LaneLimit.ThirtyTwo>();

    private static void Compare<TLimit>()
        where TLimit : LaneLimit.ILimit
    {
        Check<TLimit>("+", (a, b) => a + b, (a, b) => a + b);
        Check<TLimit>("-", (a, b) => a - b, (a, b) => a - b);
        Check<TLimit>("*", (a, b) => a * b, (a, b) => a * b);
        Check<TLimit>("negation", (a, _) => -a, (a, _) => -a);
        Check<TLimit>("Sigmoid", (a, _) => LanePair<TLimit>.Sigmoid(a), (a, _) => VectorMath.Sigmoid(a));
        Check<TLimit>("Tanh", (a, _) => LanePair<TLimit>.Tanh(a), (a, _) => VectorMath.Tanh(a));
        Check<TLimit>("Relu", (a, _) => LanePair<TLimit>.Relu(a), (a, _) => VectorMath.Relu(a));
        Check<TLimit>("a vector for both", (a, _) => new Vector<float>(0.75f) * a, (a, _) => new Vector<float>(0.75f) * a);
        float[] weights = Values(3);
        Check<TLimit>(
            "MultiplyAdd",
            (a, _) => LanePair<TLimit>.MultiplyAdd(ref weights[1], 2, Block, new Vector<float>(0.3f), a),
            (a, offset) => Lanes.MultiplyAdd(Lanes.Load(ref weights[3], (int)offset[0]), new Vector<float>(0.3f), a));

        // In the single form, b is where the block begins.
        void Check<T>(string name, Func<LanePair<T>, LanePair<T>, LanePair<T>> pair, Func<Vector<float>, Vector<float>, Vector<float>> one)
            where T : LaneLimit.ILimit
        {
            float[] a = Values(1), b = Values(2), result = new float[2 * Block];
            LanePair<T>.Store(pair(LanePair<T>.Load(ref a[0], 5, Block - 5), LanePair<T>.Load(ref b[0], 5, Block - 5)), ref result[0], 5, Block - 5);
            for (int block = 0; block < 2; block++)
            {
                int at = block == 0 ? 5 : Block;
                Vector<float> second = name == "MultiplyAdd" ? new Vector<float>(block * Block) : Lanes.Load(ref b[0], at);
                float[] expected = new float[Count];
                if (block < LanePair<T>.Vectors)
                {
                    Lanes.Store(one(Lanes.Load(ref a[0], at), second), ref expected[0], 0);
                }

                Assert.True(
                    MemoryMarshal.Cast<float, int>(expected).SequenceEqual(MemoryMarshal.Cast<float, int>(result.AsSpan(at, Count))),
                    $"{name}, block {block}: expected {string.Join(" ", expected)}, found {string.Join(" ", result[at..(at + Count)])}");
            }
        }
    }

    private static float[] Values(int seed)
    {
        float[] values = new float[(2 * Block) + 8];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (((i * 37) + (seed * 11)) % 23 - 11) / 7f;
        }

        return values;
    }
}
