using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Seq.Embedded.Kernels;

public static partial class Int8PanelProduct
{
    /// <summary>Groups of columns whose activations are loaded at once: shuffles then take them apart beside the loads of weights, which are the limit.</summary>
    private const int LoadedGroups = 4;

    private readonly partial struct Product
    {
        private void Eight<TProduct>(ref float tile, ref float bytes, int v, int slot, ref float row)
            where TProduct : struct, IInt8Product
        {
            Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1), s2 = Start(ref tile, 2), s3 = Start(ref tile, 3);
            Vector<int> s4 = Start(ref tile, 4), s5 = Start(ref tile, 5), s6 = Start(ref tile, 6), s7 = Start(ref tile, 7);
            Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
            int groups = _groups;
            tile = ref Unsafe.Add(ref tile, 8 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            for (; groups >= LoadedGroups; groups -= LoadedGroups)
            {
                Vector<int> x = LoadGroups(ref bytes);
                Add8<TProduct>(ref tile, 0, Group0(x), ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
                Add8<TProduct>(ref tile, 8, Group1(x), ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
                Add8<TProduct>(ref tile, 16, Group2(x), ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
                Add8<TProduct>(ref tile, 24, Group3(x), ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
                tile = ref Unsafe.Add(ref tile, 8 * LoadedGroups * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, LoadedGroups);
            }

            for (; groups > 0; groups--)
            {
                Add8<TProduct>(ref tile, 0, LoadGroup(ref bytes), ref s0, ref s1, ref s2, ref s3, ref s4, ref s5, ref s6, ref s7);
                tile = ref Unsafe.Add(ref tile, 8 * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, 1);
            }

            Store(s0, Scale(ref tile, 0) * scale, Scale(ref tile, 8), ref row, ref v, ref slot);
            Store(s1, Scale(ref tile, 1) * scale, Scale(ref tile, 9), ref row, ref v, ref slot);
            Store(s2, Scale(ref tile, 2) * scale, Scale(ref tile, 10), ref row, ref v, ref slot);
            Store(s3, Scale(ref tile, 3) * scale, Scale(ref tile, 11), ref row, ref v, ref slot);
            Store(s4, Scale(ref tile, 4) * scale, Scale(ref tile, 12), ref row, ref v, ref slot);
            Store(s5, Scale(ref tile, 5) * scale, Scale(ref tile, 13), ref row, ref v, ref slot);
            Store(s6, Scale(ref tile, 6) * scale, Scale(ref tile, 14), ref row, ref v, ref slot);
            Store(s7, Scale(ref tile, 7) * scale, Scale(ref tile, 15), ref row, ref v, ref slot);
        }

        private void Four<TProduct>(ref float tile, ref float bytes, int v, int slot, ref float row)
            where TProduct : struct, IInt8Product
        {
            Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1), s2 = Start(ref tile, 2), s3 = Start(ref tile, 3);
            Vector<int> t0 = Vector<int>.Zero, t1 = t0, t2 = t0, t3 = t0;
            Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
            int groups = _groups;
            tile = ref Unsafe.Add(ref tile, 4 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            for (; groups >= LoadedGroups; groups -= LoadedGroups)
            {
                Vector<int> x = LoadGroups(ref bytes);
                Add4<TProduct>(ref tile, 0, Group0(x), ref s0, ref s1, ref s2, ref s3);
                Add4<TProduct>(ref tile, 4, Group1(x), ref t0, ref t1, ref t2, ref t3);
                Add4<TProduct>(ref tile, 8, Group2(x), ref s0, ref s1, ref s2, ref s3);
                Add4<TProduct>(ref tile, 12, Group3(x), ref t0, ref t1, ref t2, ref t3);
                tile = ref Unsafe.Add(ref tile, 4 * LoadedGroups * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, LoadedGroups);
            }

            for (; groups > 0; groups--)
            {
                Add4<TProduct>(ref tile, 0, LoadGroup(ref bytes), ref s0, ref s1, ref s2, ref s3);
                tile = ref Unsafe.Add(ref tile, 4 * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, 1);
            }

            Store(s0 + t0, Scale(ref tile, 0) * scale, Scale(ref tile, 4), ref row, ref v, ref slot);
            Store(s1 + t1, Scale(ref tile, 1) * scale, Scale(ref tile, 5), ref row, ref v, ref slot);
            Store(s2 + t2, Scale(ref tile, 2) * scale, Scale(ref tile, 6), ref row, ref v, ref slot);
            Store(s3 + t3, Scale(ref tile, 3) * scale, Scale(ref tile, 7), ref row, ref v, ref slot);
        }

        private void Two<TProduct>(ref float tile, ref float bytes, int v, int slot, ref float row)
            where TProduct : struct, IInt8Product
        {
            Vector<int> s0 = Start(ref tile, 0), s1 = Start(ref tile, 1), t0 = Vector<int>.Zero, t1 = t0, u0 = t0, u1 = t0, w0 = t0, w1 = t0;
            Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
            int groups = _groups;
            tile = ref Unsafe.Add(ref tile, 2 * Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            for (; groups >= LoadedGroups; groups -= LoadedGroups)
            {
                Vector<int> x = LoadGroups(ref bytes);
                Add2<TProduct>(ref tile, 0, Group0(x), ref s0, ref s1);
                Add2<TProduct>(ref tile, 2, Group1(x), ref t0, ref t1);
                Add2<TProduct>(ref tile, 4, Group2(x), ref u0, ref u1);
                Add2<TProduct>(ref tile, 6, Group3(x), ref w0, ref w1);
                tile = ref Unsafe.Add(ref tile, 2 * LoadedGroups * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, LoadedGroups);
            }

            for (; groups > 0; groups--)
            {
                Add2<TProduct>(ref tile, 0, LoadGroup(ref bytes), ref s0, ref s1);
                tile = ref Unsafe.Add(ref tile, 2 * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, 1);
            }

            Store(s0 + t0 + (u0 + w0), Scale(ref tile, 0) * scale, Scale(ref tile, 2), ref row, ref v, ref slot);
            Store(s1 + t1 + (u1 + w1), Scale(ref tile, 1) * scale, Scale(ref tile, 3), ref row, ref v, ref slot);
        }

        private void One<TProduct>(ref float tile, ref float bytes, int v, int slot, ref float row)
            where TProduct : struct, IInt8Product
        {
            Vector<int> s = Start(ref tile, 0), t = Vector<int>.Zero, u = t, w = t;
            Vector<float> scale = Lanes.Broadcast(ref bytes, 0);
            int groups = _groups;
            tile = ref Unsafe.Add(ref tile, Vector<float>.Count);
            bytes = ref Unsafe.Add(ref bytes, 1);
            for (; groups >= LoadedGroups; groups -= LoadedGroups)
            {
                Vector<int> x = LoadGroups(ref bytes);
                s = TProduct.Add(s, Weights(ref tile, 0), Group0(x));
                t = TProduct.Add(t, Weights(ref tile, 1), Group1(x));
                u = TProduct.Add(u, Weights(ref tile, 2), Group2(x));
                w = TProduct.Add(w, Weights(ref tile, 3), Group3(x));
                tile = ref Unsafe.Add(ref tile, LoadedGroups * Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, LoadedGroups);
            }

            for (; groups > 0; groups--)
            {
                s = TProduct.Add(s, Weights(ref tile, 0), LoadGroup(ref bytes));
                tile = ref Unsafe.Add(ref tile, Vector<float>.Count);
                bytes = ref Unsafe.Add(ref bytes, 1);
            }

            Store(s + t + (u + w), Scale(ref tile, 0) * scale, Scale(ref tile, 1), ref row, ref v, ref slot);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add8<TProduct>(
        ref float tile, int vector, Vector<sbyte> x, ref Vector<int> s0, ref Vector<int> s1, ref Vector<int> s2, ref Vector<int> s3,
        ref Vector<int> s4, ref Vector<int> s5, ref Vector<int> s6, ref Vector<int> s7)
        where TProduct : struct, IInt8Product
    {
        Add4<TProduct>(ref tile, vector, x, ref s0, ref s1, ref s2, ref s3);
        Add4<TProduct>(ref tile, vector + 4, x, ref s4, ref s5, ref s6, ref s7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add4<TProduct>(
        ref float tile, int vector, Vector<sbyte> x, ref Vector<int> s0, ref Vector<int> s1, ref Vector<int> s2, ref Vector<int> s3)
        where TProduct : struct, IInt8Product
    {
        Add2<TProduct>(ref tile, vector, x, ref s0, ref s1);
        Add2<TProduct>(ref tile, vector + 2, x, ref s2, ref s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add2<TProduct>(ref float tile, int vector, Vector<sbyte> x, ref Vector<int> s0, ref Vector<int> s1)
        where TProduct : struct, IInt8Product
    {
        s0 = TProduct.Add(s0, Weights(ref tile, vector), x);
        s1 = TProduct.Add(s1, Weights(ref tile, vector + 1), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Start(ref float tile, int vector) => Vector.AsVectorInt32(Scale(ref tile, vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Weights(ref float tile, int vector) => Vector.AsVectorSByte(Scale(ref tile, vector));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Scale(ref float tile, int vector) => Lanes.Load(ref tile, vector * Vector<float>.Count);

    /// <summary>One group of a row, the same in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> LoadGroup(ref float bytes) => Vector.AsVectorSByte(new Vector<int>(Unsafe.As<float, int>(ref bytes)));

    /// <summary>Four groups of a row, the same in every 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> LoadGroups(ref float bytes)
    {
        Vector128<int> groups = Vector128.LoadUnsafe(ref Unsafe.As<float, int>(ref bytes));
        return Vector<int>.Count == 4 ? groups.AsVector()
            : Vector<int>.Count == 8 ? Vector256.Create(groups, groups).AsVector()
            : Vector512.Create(Vector256.Create(groups, groups), Vector256.Create(groups, groups)).AsVector();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Group0(Vector<int> x) => Vector.AsVectorSByte(
        Vector<int>.Count == 4 ? Vector128.Shuffle(x.AsVector128(), Vector128.Create(0)).AsVector()
        : Vector<int>.Count == 8 ? Vector256.Shuffle(x.AsVector256(), Vector256.Create(0, 0, 0, 0, 4, 4, 4, 4)).AsVector()
        : Vector512.Shuffle(x.AsVector512(), Vector512.Create(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12)).AsVector());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Group1(Vector<int> x) => Vector.AsVectorSByte(
        Vector<int>.Count == 4 ? Vector128.Shuffle(x.AsVector128(), Vector128.Create(1)).AsVector()
        : Vector<int>.Count == 8 ? Vector256.Shuffle(x.AsVector256(), Vector256.Create(1, 1, 1, 1, 5, 5, 5, 5)).AsVector()
        : Vector512.Shuffle(x.AsVector512(), Vector512.Create(1, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13)).AsVector());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Group2(Vector<int> x) => Vector.AsVectorSByte(
        Vector<int>.Count == 4 ? Vector128.Shuffle(x.AsVector128(), Vector128.Create(2)).AsVector()
        : Vector<int>.Count == 8 ? Vector256.Shuffle(x.AsVector256(), Vector256.Create(2, 2, 2, 2, 6, 6, 6, 6)).AsVector()
        : Vector512.Shuffle(x.AsVector512(), Vector512.Create(2, 2, 2, 2, 6, 6, 6, 6, 10, 10, 10, 10, 14, 14, 14, 14)).AsVector());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<sbyte> Group3(Vector<int> x) => Vector.AsVectorSByte(
        Vector<int>.Count == 4 ? Vector128.Shuffle(x.AsVector128(), Vector128.Create(3)).AsVector()
        : Vector<int>.Count == 8 ? Vector256.Shuffle(x.AsVector256(), Vector256.Create(3, 3, 3, 3, 7, 7, 7, 7)).AsVector()
        : Vector512.Shuffle(x.AsVector512(), Vector512.Create(3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15)).AsVector());
}
