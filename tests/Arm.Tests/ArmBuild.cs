using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Tests;

/// <summary>The program for arm64, compiled once for all tests.</summary>
public sealed class ArmBuild
{
    private static readonly Lazy<ArmProgram> s_program = new(ArmProgram.Build);

    internal ArmProgram Program { get; } = s_program.Value;
}
