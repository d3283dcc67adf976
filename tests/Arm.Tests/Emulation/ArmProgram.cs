using System.Reflection;
using System.Runtime.InteropServices;

namespace Seq.Embedded.Arm.Emulation;

/// <summary>The workloads (Arm.Program) as a program for arm64.</summary>
/// <remarks>
/// The build of Arm.Program leaves the arguments of the native compiler for linux-x64 behind. With another target it writes an object for arm64, which is
/// linked with a C program (Native/main.c) and the least of a runtime library (Native/runtime.c).
/// </remarks>
internal sealed class ArmProgram
{
    private const string Emulator = "qemu-aarch64-static";
    private const string Library = "System.Private.CoreLib.dll";

    private readonly string _folder;

    private ArmProgram(string folder) => _folder = folder;

    /// <summary>The folder of the project Arm.Program.</summary>
    public static string Project { get; } =
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "ArmProgram").Value!;

    /// <summary>The program, statically linked.</summary>
    public string Path => System.IO.Path.Combine(_folder, "workloads");

    /// <summary>Compiles and links the program.</summary>
    /// <exception cref="InvalidOperationException">A tool is missing or fails.</exception>
    public static ArmProgram Build()
    {
        string build = System.IO.Path.Combine(Project, "obj/Release/net9.0/linux-x64/native");
        string folder = System.IO.Path.Combine(build, "arm64");
        Directory.CreateDirectory(folder);
        string response = System.IO.Path.Combine(build, "Seq.Embedded.Arm.Program.ilc.rsp");
        if (!File.Exists(response))
        {
            throw new InvalidOperationException($"{response} is missing: the native compiler's arguments are written by a build on linux-x64");
        }

        Compile(folder, File.ReadAllLines(response), File.ReadAllText(System.IO.Path.Combine(build, "compiler.path")).Trim());
        string[] sources = [.. new[] { "main.c", "runtime.c" }.Select(name => System.IO.Path.Combine(Project, "Native", name))];
        Tool.Run(
            folder, "aarch64-linux-gnu-gcc", ["-O1", "-static", .. sources, "workloads.o", "-Wl,--gc-sections", "-Wl,--unresolved-symbols=ignore-all", "-lm", "-o", "workloads"]);
        return new ArmProgram(folder);
    }

    /// <summary>The results of all workloads, in their order.</summary>
    /// <param name="processor">A processor that the emulator knows.</param>
    public float[][] Compute(string processor)
    {
        ReadOnlySpan<byte> bytes = Tool.Run(_folder, Emulator, "-cpu", processor, Path, "bits");
        var results = new List<float[]>();
        while (!bytes.IsEmpty)
        {
            int length = sizeof(float) * MemoryMarshal.Read<int>(bytes);
            results.Add(MemoryMarshal.Cast<byte, float>(bytes.Slice(sizeof(int), length)).ToArray());
            bytes = bytes[(sizeof(int) + length)..];
        }

        return [.. results];
    }

    /// <summary>The beginnings of all blocks of instructions that three calls of a workload run through, in time order, those of the start included.</summary>
    public void Trace(string processor, int workload, Action<Stream> read) => Tool.Run(
        _folder, Emulator, ["-cpu", processor, "-d", "exec,nochain", "-D", "/dev/stdout", Path, "trace", workload.ToString(System.Globalization.CultureInfo.InvariantCulture)], read);

    private static void Compile(string folder, string[] arguments, string compiler)
    {
        string library = arguments.Single(argument => argument.EndsWith(Library, StringComparison.Ordinal));
        string own = System.IO.Path.Combine(folder, Library);
        BaseLibrary.WriteForArm(library["-r:".Length..], own);
        string[] kept = [.. arguments.Where(argument => argument != library && !argument.StartsWith("-o:", StringComparison.Ordinal) && !argument.StartsWith("--targetarch:", StringComparison.Ordinal))];
        string response = System.IO.Path.Combine(folder, "workloads.rsp");
        File.WriteAllLines(response, [.. kept, $"-r:{own}", $"-o:{System.IO.Path.Combine(folder, "workloads.o")}", "--targetarch:arm64"]);
        Tool.Run(Project, compiler, $"@{response}");
    }
}
