using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Weights;

/// <summary>One named tensor of a safetensors file: type, shape and data in row-major order. Immutable.</summary>
public sealed class SafeTensor
{
    private readonly string _file;

    internal SafeTensor(string file, string name, SafeTensorType type, ImmutableArray<long> shape, ReadOnlyMemory<byte> data)
    {
        _file = file;
        Name = name;
        Type = type;
        Shape = shape;
        Data = data;
    }

    /// <summary>The name, for example <c>gru.weight_ih_l0</c>.</summary>
    public string Name { get; }

    /// <summary>The number type of the data.</summary>
    public SafeTensorType Type { get; }

    /// <summary>The sizes of the dimensions, outermost first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The little-endian elements, row-major.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The number of elements.</summary>
    public int Length => Data.Length / Type.GetSize();

    /// <summary>Makes an F32 tensor, a copy of <paramref name="values"/>.</summary>
    /// <param name="name">Its name; not empty and not <c>__metadata__</c>, which the format reserves.</param>
    /// <param name="shape">Its shape; the product of the sizes is the number of values.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, a size is negative, the number of values does not fit
    /// the shape, or the data would exceed 2 GB.</exception>
    [OverloadResolutionPriority(1)] // where the values are written as [] or as constants
    public static SafeTensor Create(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        CheckNew(name, shape, values.Length, sizeof(float));
        byte[] data = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(i * sizeof(float)), values[i]);
        }

        return new SafeTensor("", name, SafeTensorType.F32, [.. shape], data);
    }

    /// <summary>Makes an I8 tensor, a copy of <paramref name="values"/>.</summary>
    /// <param name="name">Its name; not empty and not <c>__metadata__</c>, which the format reserves.</param>
    /// <param name="shape">Its shape; the product of the sizes is the number of values.</param>
    /// <param name="values">The elements, row-major.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The name is empty or reserved, a size is negative, or the number of values does not fit the shape.</exception>
    public static SafeTensor Create(string name, ReadOnlySpan<long> shape, ReadOnlySpan<sbyte> values)
    {
        CheckNew(name, shape, values.Length, sizeof(sbyte));
        return new SafeTensor("", name, SafeTensorType.I8, [.. shape], MemoryMarshal.AsBytes(values).ToArray());
    }

    private static void CheckNew(string name, ReadOnlySpan<long> shape, int values, int size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name == SafeTensorsHeader.MetadataKey)
        {
            throw new ArgumentException($"The name '{name}' is reserved by the format.", nameof(name));
        }

        if (!TryGetElementCount(shape, out long count) || count != values || count > Array.MaxLength / size)
        {
            throw new ArgumentException($"Tensor '{name}': {values} values do not fit the shape {FormatShape(shape)}.", nameof(values));
        }
    }

    /// <summary>Converts all elements to float: exact for F32, F16 and BF16, rounded to nearest for F64 (too large: infinite).</summary>
    /// <param name="destination">Receives the first <see cref="Length"/> values. NaN and infinity are copied as they are.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <see cref="Length"/>.</exception>
    /// <exception cref="WeightFileException">The type is not one of F32, F16, BF16, F64.</exception>
    public void CopyTo(Span<float> destination)
    {
        if (destination.Length < Length)
        {
            throw new ArgumentException(
                $"Tensor '{Name}' has {Length} elements; the destination has {destination.Length}.", nameof(destination));
        }

        ReadOnlySpan<byte> data = Data.Span;
        Span<float> values = destination[..Length];
        switch (Type)
        {
            case SafeTensorType.F32:
                data[..(sizeof(float) * values.Length)].CopyTo(MemoryMarshal.AsBytes(values));
                if (!BitConverter.IsLittleEndian)
                {
                    Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
                    BinaryPrimitives.ReverseEndianness(bits, bits);
                }

                break;
            case SafeTensorType.F16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]);
                }

                break;
            case SafeTensorType.BF16:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(data[(2 * i)..]) << 16);
                }

                break;
            case SafeTensorType.F64:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]);
                }

                break;
            default:
                throw new WeightFileException(_file, Name, $"type {Type.GetName()}", SafeTensorTypes.Readable);
        }
    }

    /// <summary>All elements as float, in a new array; see <see cref="CopyTo"/>.</summary>
    /// <returns>The <see cref="Length"/> values, row-major.</returns>
    /// <exception cref="WeightFileException">The type is not one of F32, F16, BF16, F64.</exception>
    public float[] ToArray()
    {
        float[] values = GC.AllocateUninitializedArray<float>(Length);
        CopyTo(values);
        return values;
    }

    /// <summary>The product of the sizes; false when a size is negative or the product exceeds 63 bits.</summary>
    internal static bool TryGetElementCount(ReadOnlySpan<long> shape, out long count)
    {
        count = 1;
        foreach (long size in shape)
        {
            if (size < 0 || Math.BigMul(count, size, out long product) != 0 || product < 0)
            {
                return false;
            }

            count = product;
        }

        return true;
    }

    /// <summary>A shape as people write it: <c>(192, 80)</c>.</summary>
    internal static string FormatShape(ReadOnlySpan<long> shape) => $"({string.Join(", ", shape.ToArray())})";
}
