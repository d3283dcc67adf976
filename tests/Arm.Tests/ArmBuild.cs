using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Tests;

/// <summary>The program for arm64, compiled once for all tests.</summary>
public sealed class ArmBuild
{
    private static readonly Lazy<ArmProgram> s_program = new(ArmProgram.Build);

    private static readonly Lazy<Disassembly> s_code = new(() => new Disassembly(s_program.Value));

    internal ArmProgram Program { get; } = s_program.Value;

    internal Disassembly Code => s_code.Value;
}
