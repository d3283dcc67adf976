using System.Numerics;
using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

/// <summary>Every form of the product of four bytes in a lane.</summary>
public class Int8ProductTests
{
    [Fact]
    public void Int8Portable_adds_all_products_of_two_bytes() => AddsAllProducts<Int8Portable>();

    [Fact]
    public void Int8Multiply_adds_all_products_of_two_bytes()
    {
        Assert.SkipUnless(Int8Multiply.IsSupported, "The processor has no such instructions.");
        AddsAllProducts<Int8Multiply>();
    }

    [Fact]
    public void Int8DotProduct_adds_all_products_of_two_bytes()
    {
        Assert.SkipUnless(Int8DotProduct.IsSupported, "The processor has no such instruction, or wider vectors than it.");
        AddsAllProducts<Int8DotProduct>();
    }

    private static void AddsAllProducts<TProduct>()
        where TProduct : struct, IInt8Product
    {
        sbyte[] weights = new sbyte[Vector<sbyte>.Count], activations = new sbyte[weights.Length];
        int[] before = new int[Vector<int>.Count], sums = new int[before.Length];
        for (int w = -127; w <= 127; w++)
        {
            for (int x = -63; x <= 63; x++)
            {
                // Around the pair others, so that the sums of pairs reach their largest and smallest values, and no byte is taken for another.
                for (int i = 0; i < weights.Length; i++)
                {
                    weights[i] = (sbyte)(i % 4 < 2 ? w : (w + (13 * i)) % 128);
                    activations[i] = (sbyte)((i % 4 < 2 ? x : (x - (7 * i)) % 64) + TProduct.Offset);
                }

                for (int lane = 0; lane < before.Length; lane++)
                {
                    before[lane] = (100_003 * w) + (997 * x) + lane;
                }

                TProduct.Add(new Vector<int>(before), new Vector<sbyte>(weights), new Vector<sbyte>(activations)).CopyTo(sums);
                for (int lane = 0; lane < sums.Length; lane++)
                {
                    int expected = before[lane];
                    for (int i = 4 * lane; i < (4 * lane) + 4; i++)
                    {
                        expected += weights[i] * activations[i];
                    }

                    Assert.True(expected == sums[lane], $"{typeof(TProduct).Name}, lane {lane} of {w} times {x}: expected {expected}, actual {sums[lane]}");
                }
            }
        }
    }
}
