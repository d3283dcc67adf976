using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Arm;

/// <summary>What the C program of the emulator calls (Native/main.c).</summary>
internal static class Exports
{
    private static Workload? s_workload;

    [UnmanagedCallersOnly(EntryPoint = "workload_count")]
    private static int Count() => Workloads.Names.Count;

    [UnmanagedCallersOnly(EntryPoint = "workload_create")]
    private static void Create(int index) => s_workload = Workloads.Create(index);

    [UnmanagedCallersOnly(EntryPoint = "workload_outputs")]
    private static int Outputs() => s_workload!.Outputs;

    [UnmanagedCallersOnly(EntryPoint = "workload_calls")]
    private static int Calls() => s_workload!.Calls;

    [UnmanagedCallersOnly(EntryPoint = "workload_draw")]
    private static void Draw() => s_workload!.Draw();

    [UnmanagedCallersOnly(EntryPoint = "workload_next")]
    private static void Next(nint results) =>
        s_workload!.Next(MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<float>(), results), s_workload.Outputs));
}
