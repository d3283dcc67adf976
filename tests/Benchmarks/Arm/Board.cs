namespace Seq.Embedded.Arm.Benchmarks;

/// <summary>A Raspberry Pi.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Emulated">Its processor, as the emulator calls it.</param>
/// <param name="Modelled">The processor whose tables llvm-mca is to use.</param>
/// <param name="GigaHertz">Clock.</param>
/// <param name="GigaBytesPerSecond">What one core reads from memory, assumed: about half of what memory benchmarks of the board show.</param>
internal sealed record Board(string Name, string Emulated, string Modelled, double GigaHertz, double GigaBytesPerSecond)
{
    public static IReadOnlyList<Board> All { get; } =
    [
        new("Pi Zero 2 W, Cortex-A53", "cortex-a53", "cortex-a53", 1.0, 1),
        new("Pi 3, Cortex-A53", "cortex-a53", "cortex-a53", 1.2, 1),
        new("Pi 4, Cortex-A72", "cortex-a72", "cortex-a72", 1.5, 2),
        new("Pi 5, Cortex-A76 (tables of the older A57)", "cortex-a76", "cortex-a76", 2.4, 5),
        new("Pi 5, Cortex-A76 (tables of its server version, Neoverse N1)", "cortex-a76", "neoverse-n1", 2.4, 5),
    ];
}
