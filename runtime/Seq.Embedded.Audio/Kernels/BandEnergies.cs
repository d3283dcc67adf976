using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Audio.Kernels;

/// <summary>What is made of energies, each for itself: logarithm, root, scale.</summary>
/// <remarks>
/// Spans are whole vectors of any width: <see cref="Padded"/> values. An energy that is NaN or above 1e30 counts as 0, so results are finite.
/// Only single elements, unfused: the same on all machines. Allocates nothing.
/// </remarks>
public static class BandEnergies
{
    private const float MaxEnergy = 1e30f; // full scale of samples of 16 bits is below 1e15

    /// <summary>The count, rounded up to whole vectors of any width: to a multiple of 16.</summary>
    public static int Padded(int count) => (count + 15) & ~15;

    /// <summary>y = scale ln(E + floor).</summary>
    /// <param name="energies">E.</param>
    /// <param name="floor">A positive number.</param>
    /// <param name="scale">Multiplies every result.</param>
    /// <param name="destination">y; may be the same memory as the energies.</param>
    /// <exception cref="ArgumentException">A length is not allowed.</exception>
    public static void LogAboveFloor(ReadOnlySpan<float> energies, float floor, float scale, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(energies, destination, out Span<Vector<float>> y);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = new Vector<float>(scale) * VectorPower.Log(Sane(x[i]) + new Vector<float>(floor));
        }
    }

    /// <summary>y = scale ln(max(E, floor)).</summary>
    /// <inheritdoc cref="LogAboveFloor"/>
    public static void LogFromFloor(ReadOnlySpan<float> energies, float floor, float scale, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(energies, destination, out Span<Vector<float>> y);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = new Vector<float>(scale) * VectorPower.Log(Vector.Max(Sane(x[i]), new Vector<float>(floor)));
        }
    }

    /// <summary>y = scale E.</summary>
    /// <param name="energies">E.</param>
    /// <param name="scale">Multiplies every result.</param>
    /// <param name="destination">y; may be the same memory as the energies.</param>
    /// <exception cref="ArgumentException">A length is not allowed.</exception>
    public static void Scale(ReadOnlySpan<float> energies, float scale, Span<float> destination)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(energies, destination, out Span<Vector<float>> y);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = new Vector<float>(scale) * Sane(x[i]);
        }
    }

    /// <summary>y = sqrt(P): magnitudes of powers, in place.</summary>
    /// <param name="power">P, then y.</param>
    /// <exception cref="ArgumentException">The length is not allowed.</exception>
    public static void SquareRoot(Span<float> power)
    {
        ReadOnlySpan<Vector<float>> x = Vectors(power, power, out Span<Vector<float>> y);
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = Vector.SquareRoot(x[i]);
        }
    }

    /// <summary>Zero in place of what is NaN or above 1e30.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector<float> Sane(Vector<float> energy)
    {
        Vector<int> isSane = Vector.LessThanOrEqual(energy, new Vector<float>(MaxEnergy)); // false for NaN
        return Vector.ConditionalSelect(isSane, energy, Vector<float>.Zero);
    }

    /// <summary>Both spans as vectors.</summary>
    internal static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> x, Span<float> y, out Span<Vector<float>> destination)
    {
        if (x.Length != Padded(x.Length) || y.Length != x.Length)
        {
            throw new ArgumentException($"There are {x.Length} energies and room for {y.Length} results; allowed: equally many, a multiple of 16.");
        }

        destination = MemoryMarshal.Cast<float, Vector<float>>(y);
        return MemoryMarshal.Cast<float, Vector<float>>(x);
    }
}
