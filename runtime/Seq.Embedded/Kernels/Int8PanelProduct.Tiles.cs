using System.Numerics;
using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

public static partial class Int8PanelProduct
{
    private static void Eight<TProduct>(ref float tile, ref float bytes, int groups, Target target, ref float slots)
        where TProduct : struct, IInt8Product
    {
        Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1), s2 = Start(ref tile, 2), s3 = Start(ref tile, 3);
        Vector<int> s4 = Start(ref tile, 4), s5 = Start(ref tile, 5), s6 = Start(ref tile, 6), s7 = Start(ref tile, 7);
        Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
        int v = target.V, slot = target.Slot;
        for (int group = 0; group < groups; group++)
        {
            tile = ref Unsafe.Add(ref tile, 8 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            Vector<sbyte> x = Activations(ref bytes);
            s0 = TProduct.Add(s0, Weights(ref tile, 0), x);
            s1 = TProduct.Add(s1, Weights(ref tile, 1), x);
            s2 = TProduct.Add(s2, Weights(ref tile, 2), x);
            s3 = TProduct.Add(s3, Weights(ref tile, 3), x);
            s4 = TProduct.Add(s4, Weights(ref tile, 4), x);
            s5 = TProduct.Add(s5, Weights(ref tile, 5), x);
            s6 = TProduct.Add(s6, Weights(ref tile, 6), x);
            s7 = TProduct.Add(s7, Weights(ref tile, 7), x);
        }

        tile = ref Unsafe.Add(ref tile, 8 * Vector<float>.Count);
        target.Store(s0, Scale(ref tile, 0) * scale, Scale(ref tile, 8), ref slots, ref v, ref slot);
        target.Store(s1, Scale(ref tile, 1) * scale, Scale(ref tile, 9), ref slots, ref v, ref slot);
        target.Store(s2, Scale(ref tile, 2) * scale, Scale(ref tile, 10), ref slots, ref v, ref slot);
        target.Store(s3, Scale(ref tile, 3) * scale, Scale(ref tile, 11), ref slots, ref v, ref slot);
        target.Store(s4, Scale(ref tile, 4) * scale, Scale(ref tile, 12), ref slots, ref v, ref slot);
        target.Store(s5, Scale(ref tile, 5) * scale, Scale(ref tile, 13), ref slots, ref v, ref slot);
        target.Store(s6, Scale(ref tile, 6) * scale, Scale(ref tile, 14), ref slots, ref v, ref slot);
        target.Store(s7, Scale(ref tile, 7) * scale, Scale(ref tile, 15), ref slots, ref v, ref slot);
    }

    private static void Four<TProduct>(ref float tile, ref float bytes, int groups, Target target, ref float slots)
        where TProduct : struct, IInt8Product
    {
        Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1), s2 = Start(ref tile, 2), s3 = Start(ref tile, 3);
        Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
        int v = target.V, slot = target.Slot;
        for (int group = 0; group < groups; group++)
        {
            tile = ref Unsafe.Add(ref tile, 4 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            Vector<sbyte> x = Activations(ref bytes);
            s0 = TProduct.Add(s0, Weights(ref tile, 0), x);
            s1 = TProduct.Add(s1, Weights(ref tile, 1), x);
            s2 = TProduct.Add(s2, Weights(ref tile, 2), x);
            s3 = TProduct.Add(s3, Weights(ref tile, 3), x);
        }

        tile = ref Unsafe.Add(ref tile, 4 * Vector<float>.Count);
        target.Store(s0, Scale(ref tile, 0) * scale, Scale(ref tile, 4), ref slots, ref v, ref slot);
        target.Store(s1, Scale(ref tile, 1) * scale, Scale(ref tile, 5), ref slots, ref v, ref slot);
        target.Store(s2, Scale(ref tile, 2) * scale, Scale(ref tile, 6), ref slots, ref v, ref slot);
        target.Store(s3, Scale(ref tile, 3) * scale, Scale(ref tile, 7), ref slots, ref v, ref slot);
    }

    private static void Two<TProduct>(ref float tile, ref float bytes, int groups, Target target, ref float slots)
        where TProduct : struct, IInt8Product
    {
        Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1);
        Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
        int v = target.V, slot = target.Slot;
        for (int group = 0; group < groups; group++)
        {
            tile = ref Unsafe.Add(ref tile, 2 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            Vector<sbyte> x = Activations(ref bytes);
            s0 = TProduct.Add(s0, Weights(ref tile, 0), x);
            s1 = TProduct.Add(s1, Weights(ref tile, 1), x);
        }

        tile = ref Unsafe.Add(ref tile, 2 * Vector<float>.Count);
        target.Store(s0, Scale(ref tile, 0) * scale, Scale(ref tile, 2), ref slots, ref v, ref slot);
        target.Store(s1, Scale(ref tile, 1) * scale, Scale(ref tile, 3), ref slots, ref v, ref slot);
    }

    private static void One<TProduct>(ref float tile, ref float bytes, int groups, Target target, ref float slots)
        where TProduct : struct, IInt8Product
    {
        Vector<int> sum = Start(ref tile, 0);
        Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
        int v = target.V, slot = target.Slot;
        for (int group = 0; group < groups; group++)
        {
            tile = ref Unsafe.Add(ref tile, Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            sum = TProduct.Add(sum, Weights(ref tile, 0), Activations(ref bytes));
        }

        tile = ref Unsafe.Add(ref tile, Vector<float>.Count);
        target.Store(sum, Scale(ref tile, 0) * scale, Scale(ref tile, 1), ref slots, ref v, ref slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Start(ref float tile, int vector) => Vector.AsVectorInt32(Scale(ref tile, vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Weights(ref float tile, int vector) => Vector.AsVectorSByte(Scale(ref tile, vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Scale(ref float tile, int vector) => Lanes.Load(ref tile, vector * Vector<float>.Count);

    /// <summary>Four bytes of a row, the same in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Activations(ref float bytes) => Vector.AsVectorSByte(new Vector<int>(Unsafe.As<float, int>(ref bytes)));
}
