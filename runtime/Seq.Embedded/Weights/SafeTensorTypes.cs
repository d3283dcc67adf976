namespace Seq.Embedded.Weights;

/// <summary>Names (as written in a file) and sizes of the number types.</summary>
internal static class SafeTensorTypes
{
    /// <summary>The types that can be read as float.</summary>
    internal const string Readable = "F32, F16, BF16 or F64";

    private static readonly (string Name, SafeTensorType Type, int Size)[] s_all =
    [
        ("BOOL", SafeTensorType.Bool, 1), ("U8", SafeTensorType.U8, 1), ("I8", SafeTensorType.I8, 1),
        ("F8_E5M2", SafeTensorType.F8E5M2, 1), ("F8_E4M3", SafeTensorType.F8E4M3, 1),
        ("I16", SafeTensorType.I16, 2), ("U16", SafeTensorType.U16, 2), ("F16", SafeTensorType.F16, 2), ("BF16", SafeTensorType.BF16, 2),
        ("I32", SafeTensorType.I32, 4), ("U32", SafeTensorType.U32, 4), ("F32", SafeTensorType.F32, 4),
        ("F64", SafeTensorType.F64, 8), ("I64", SafeTensorType.I64, 8), ("U64", SafeTensorType.U64, 8),
    ];

    /// <summary>The names of all types, for messages.</summary>
    internal static string AllNames => string.Join(", ", Array.ConvertAll(s_all, entry => entry.Name));

    internal static string GetName(this SafeTensorType type) => s_all[(int)type].Name;

    /// <summary>Bytes per element.</summary>
    internal static int GetSize(this SafeTensorType type) => s_all[(int)type].Size;

    internal static bool IsFloat(this SafeTensorType type) =>
        type is SafeTensorType.F32 or SafeTensorType.F16 or SafeTensorType.BF16 or SafeTensorType.F64;

    internal static bool TryParse(string name, out SafeTensorType type)
    {
        foreach ((string candidate, SafeTensorType candidateType, _) in s_all)
        {
            if (candidate == name)
            {
                type = candidateType;
                return true;
            }
        }

        type = default;
        return false;
    }
}
