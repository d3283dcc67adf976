namespace Seq.Embedded.Kernels;

/// <summary>
/// What the matrix products compute with: the vector of one unit block, or those of two neighbouring blocks in one wider register. Each lane does the same either way,
/// so the bits are those of one block at a time.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface IBlockVector<TSelf>
    where TSelf : struct, IBlockVector<TSelf>
{
    /// <summary>Number of unit blocks side by side.</summary>
    static abstract int Blocks { get; }

    static abstract TSelf Zero { get; }

    /// <summary>One value in every lane.</summary>
    static abstract TSelf All(float value);

    /// <summary>Loads the vector of the first block, and that of the second, <paramref name="apart"/> floats further.</summary>
    static abstract TSelf Load(ref float first, nint apart);

    /// <summary>The inverse of Load.</summary>
    static abstract void Store(TSelf value, ref float first, nint apart);

    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary><c>a * b + c</c>, fused where the hardware can.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);
}
