using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Training;

/// <summary>The step that <see cref="Adam"/> and <see cref="AdamW"/> share; they differ in where the weight decay comes in.</summary>
internal static class AdamStep
{
    /// <summary>One step of one or the other, with t = step, a = learningRate, s = gradientScale.</summary>
    /// <remarks>
    /// <code>
    /// g = s * gradient + penalty * p
    /// m = beta1 * m + (1 - beta1) * g
    /// v = beta2 * v + (1 - beta2) * g * g
    /// p = p * (1 - a * decay) - a / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + epsilon)
    /// </code>
    /// </remarks>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting, the step or the learning rate is outside its range.</exception>
    internal static void Update(
        Span<float> parameters, ReadOnlySpan<float> gradients, Span<float> firstMoment, Span<float> secondMoment,
        AdaptiveMomentSettings settings, double penalty, double decay, int step, float learningRate, float gradientScale)
    {
        int length = parameters.Length;
        if (gradients.Length != length || firstMoment.Length != length || secondMoment.Length != length)
        {
            throw new ArgumentException(
                $"Lengths differ: {length} parameters, {gradients.Length} gradients, moments of {firstMoment.Length} and {secondMoment.Length}.");
        }

        settings.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        OptimizerSettings.CheckLearningRate(learningRate);

        // v / c2 under the root is written as sqrt(v) * (1 / sqrt(c2)): one multiplication in place of a division.
        float rest1 = (float)(1 - settings.Beta1);
        float rest2 = (float)(1 - settings.Beta2);
        float beta2 = (float)settings.Beta2;
        float epsilon = (float)settings.Epsilon;
        float added = (float)penalty;
        float keep = (float)(1 - (learningRate * decay));
        float rate = (float)(-learningRate / (1 - Powers.Raise(settings.Beta1, step)));
        float rootScale = (float)(1 / Math.Sqrt(1 - Powers.Raise(settings.Beta2, step)));

        ref float p = ref MemoryMarshal.GetReference(parameters);
        ref float d = ref MemoryMarshal.GetReference(gradients);
        ref float m = ref MemoryMarshal.GetReference(firstMoment);
        ref float v = ref MemoryMarshal.GetReference(secondMoment);
        int i = 0;
        for (; i <= length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> parameter = Vector.LoadUnsafe(ref p, (nuint)i);
            Vector<float> g = Vector.MultiplyAddEstimate(parameter, new Vector<float>(added), Vector.LoadUnsafe(ref d, (nuint)i) * gradientScale);
            Vector<float> first = Vector.LoadUnsafe(ref m, (nuint)i);
            first = Vector.MultiplyAddEstimate(g - first, new Vector<float>(rest1), first);
            Vector<float> second = Vector.LoadUnsafe(ref v, (nuint)i) * beta2;
            second = Vector.MultiplyAddEstimate(g * rest2, g, second);
            Vector<float> root = Vector.MultiplyAddEstimate(Vector.SquareRoot(second), new Vector<float>(rootScale), new Vector<float>(epsilon));
            first.StoreUnsafe(ref m, (nuint)i);
            second.StoreUnsafe(ref v, (nuint)i);
            Vector.MultiplyAddEstimate(first / root, new Vector<float>(rate), parameter * keep).StoreUnsafe(ref p, (nuint)i);
        }

        for (; i < length; i++)
        {
            float parameter = Unsafe.Add(ref p, i);
            float g = float.MultiplyAddEstimate(parameter, added, Unsafe.Add(ref d, i) * gradientScale);
            float first = Unsafe.Add(ref m, i);
            first = float.MultiplyAddEstimate(g - first, rest1, first);
            float second = float.MultiplyAddEstimate(g * rest2, g, Unsafe.Add(ref v, i) * beta2);
            float root = float.MultiplyAddEstimate(MathF.Sqrt(second), rootScale, epsilon);
            Unsafe.Add(ref m, i) = first;
            Unsafe.Add(ref v, i) = second;
            Unsafe.Add(ref p, i) = float.MultiplyAddEstimate(first / root, rate, parameter * keep);
        }
    }
}
