using System.Runtime.CompilerServices;

namespace Seq.Embedded.Kernels;

/// <summary>Checks lengths of spans; a failure names the argument, the length found and the length allowed.</summary>
public static class Shapes
{
    /// <summary>A vector of exactly <paramref name="expected"/> values.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int length, int expected, string name)
    {
        if (length != expected)
        {
            Throw(length, expected, name);
        }
    }

    // By itself, so that a step which checks its arguments does not make room for the text.
    private static void Throw(int length, int expected, string name) =>
        throw new ArgumentException($"{name} has {length} values; allowed: exactly {expected}.", name);

    /// <summary>A matrix of exactly <paramref name="rows"/> x <paramref name="columns"/> values.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static void Check(int length, int rows, int columns, string name)
    {
        if (length != (long)rows * columns)
        {
            throw new ArgumentException($"{name} has {length} values; allowed: exactly {(long)rows * columns} ({rows} time steps of {columns}).", name);
        }
    }

    /// <summary>Number of rows of a matrix with <paramref name="columns"/> columns.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the columns.</exception>
    public static int Rows(int length, int columns, string name)
    {
        if (length % columns != 0)
        {
            throw new ArgumentException($"{name} has {length} values; allowed: a multiple of {columns}, the values of one time step.", name);
        }

        return length / columns;
    }

    /// <summary>A token of a vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The token is not 0 to vocabulary - 1.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CheckToken(int token, int vocabulary, string name)
    {
        if ((uint)token >= (uint)vocabulary)
        {
            ThrowToken(token, vocabulary, name);
        }
    }

    private static void ThrowToken(int token, int vocabulary, string name) =>
        throw new ArgumentOutOfRangeException(name, token, $"The token must be 0 to {vocabulary - 1}.");

    /// <summary>Tokens of a vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is not 0 to vocabulary - 1.</exception>
    public static void CheckTokens(ReadOnlySpan<int> tokens, int vocabulary, string name)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            if ((uint)tokens[i] >= (uint)vocabulary)
            {
                throw new ArgumentOutOfRangeException(name, tokens[i], $"The token at {i} must be 0 to {vocabulary - 1}.");
            }
        }
    }

    /// <summary>A sequence of at most <paramref name="maxSteps"/> time steps.</summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public static void CheckSteps(int steps, int maxSteps, string name)
    {
        if (steps > maxSteps)
        {
            throw new ArgumentException($"{name} has {steps} time steps; allowed: 0 to {maxSteps} (MaxSteps).", name);
        }
    }

    /// <summary>No time step that waits for its chunk.</summary>
    /// <exception cref="InvalidOperationException">Some do.</exception>
    public static void CheckNoneWaiting(int waiting)
    {
        if (waiting > 0)
        {
            throw new InvalidOperationException($"{waiting} time steps wait for their chunk; allowed: 0. Call Flush or Reset first.");
        }
    }
}
