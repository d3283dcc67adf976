using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Kernels;

/// <summary>Activation functions on spans, in place. Each element gets the same bits as in any lane of <see cref="VectorMath"/>.</summary>
public static class Elementwise
{
    private interface IFunction
    {
        static abstract Vector<float> Apply(Vector<float> x);
    }

    /// <summary>x = 1 / (1 + e^-x), see <see cref="VectorMath.Sigmoid"/>. NaN gives NaN. Allocates nothing.</summary>
    public static void Sigmoid(Span<float> inPlace) => Apply<SigmoidFunction>(inPlace);

    /// <summary>x = tanh(x), see <see cref="VectorMath.Tanh"/>. NaN gives NaN. Allocates nothing.</summary>
    public static void Tanh(Span<float> inPlace) => Apply<TanhFunction>(inPlace);

    /// <summary>x = max(x, 0), see <see cref="VectorMath.Relu"/>. NaN gives NaN. Allocates nothing.</summary>
    public static void Relu(Span<float> inPlace) => Apply<ReluFunction>(inPlace);

    /// <summary>x_i = e^(x_i - m) / sum_j e^(x_j - m), m the largest element. Allocates nothing.</summary>
    /// <remarks>
    /// The sum runs from the first to the last element, in double precision, so it does not depend on the vector width.
    /// A NaN or +infinity anywhere, or -infinity everywhere, makes every element NaN. An empty span stays empty.
    /// </remarks>
    public static void Softmax(Span<float> inPlace)
    {
        float largest = float.NegativeInfinity;
        foreach (float value in inPlace)
        {
            largest = MathF.Max(largest, value);
        }

        foreach (ref float value in inPlace)
        {
            value -= largest;
        }

        Apply<ExpFunction>(inPlace);
        double sum = 0;
        foreach (float value in inPlace)
        {
            sum += value;
        }

        float divisor = (float)sum;
        foreach (ref float value in inPlace)
        {
            value /= divisor;
        }
    }

    private static void Apply<TFunction>(Span<float> inPlace)
        where TFunction : IFunction
    {
        ref float first = ref MemoryMarshal.GetReference(inPlace);
        int i = 0;
        for (; i <= inPlace.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            TFunction.Apply(Vector.LoadUnsafe(ref first, (nuint)i)).StoreUnsafe(ref first, (nuint)i);
        }

        if (i < inPlace.Length)
        {
            Vector<float> tail = default;
            Span<float> lanes = MemoryMarshal.CreateSpan(ref Unsafe.As<Vector<float>, float>(ref tail), inPlace.Length - i);
            inPlace[i..].CopyTo(lanes);
            tail = TFunction.Apply(tail);
            lanes.CopyTo(inPlace[i..]);
        }
    }

    private readonly struct SigmoidFunction : IFunction
    {
        public static Vector<float> Apply(Vector<float> x) => VectorMath.Sigmoid(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        public static Vector<float> Apply(Vector<float> x) => VectorMath.Tanh(x);
    }

    private readonly struct ReluFunction : IFunction
    {
        public static Vector<float> Apply(Vector<float> x) => VectorMath.Relu(x);
    }

    private readonly struct ExpFunction : IFunction
    {
        public static Vector<float> Apply(Vector<float> x) => VectorMath.Exp(x);
    }
}
