namespace Seq.Embedded.Arm.Emulation;

/// <summary>One instruction of the program.</summary>
/// <param name="Address">Where it stands.</param>
/// <param name="Method">The method or function that it belongs to.</param>
/// <param name="Name">Its mnemonic.</param>
/// <param name="Operands">Its operands as objdump writes them.</param>
internal sealed record Instruction(ulong Address, string Method, string Name, string Operands)
{
    /// <summary>True where what follows in memory need not follow in time.</summary>
    public bool IsBranch => Name is "b" or "bl" or "br" or "blr" or "ret" or "cbz" or "cbnz" or "tbz" or "tbnz" or "svc" || Name.StartsWith("b.", StringComparison.Ordinal);

    public bool IsCall => Name is "bl" or "blr";

    /// <summary>True where memory of the method's own frame is read or written.</summary>
    public bool UsesStack => Operands.Contains("[sp", StringComparison.Ordinal) || Operands.Contains("[x29", StringComparison.Ordinal);

    /// <summary>A fused multiply-add of four floats.</summary>
    public bool IsVectorMultiplyAdd => Name == "fmla" && Operands.Contains(".4s", StringComparison.Ordinal);

    /// <summary>SDOT: to each lane of four 32-bit integers the products of four pairs of bytes.</summary>
    public bool IsDotProduct => Name == "sdot" && Operands.Contains(".16b", StringComparison.Ordinal);

    /// <summary>SADALP: to each lane of four 32-bit integers a pair of 16-bit integers, here sums of products.</summary>
    public bool IsPairwiseAdd => Name == "sadalp" && Operands.Contains(".8h", StringComparison.Ordinal);

    /// <summary>The place that a branch goes to, or null.</summary>
    public ulong? Target
    {
        get
        {
            string place = Operands.Split('<')[0].Trim();
            place = place[(place.LastIndexOf(' ') + 1)..];
            return IsBranch && ulong.TryParse(place, System.Globalization.NumberStyles.HexNumber, null, out ulong target) ? target : null;
        }
    }
}
