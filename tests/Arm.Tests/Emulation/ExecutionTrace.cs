using System.Globalization;

namespace Seq.Embedded.Arm.Emulation;

/// <summary>The instructions that one call of a workload runs through, from the emulator's log.</summary>
internal static class ExecutionTrace
{
    private const string First = "workload_next", Caller = "traced_call";
    private const ulong Bytes = 4, Page = 0x1000;

    /// <summary>The instructions of one call, in time order, without the entry from C.</summary>
    /// <exception cref="InvalidOperationException">The log has a gap.</exception>
    public static List<Instruction> Of(ArmProgram program, Disassembly code, string processor, int workload)
    {
        List<ulong> starts = ReadStarts(program, processor, workload);
        var trace = new List<Instruction>();
        for (int block = 0; block + 1 < starts.Count; block++)
        {
            // A block ends with a branch, at the end of a page, or where the emulator cut it: then it goes on in the next one.
            ulong address = starts[block];
            Instruction last;
            do
            {
                last = code.At(address);
                trace.Add(last);
                address += Bytes;
            }
            while (!last.IsBranch && address % Page != 0);

            if (starts[block + 1] != address && !last.IsBranch)
            {
                throw new InvalidOperationException($"{last.Method}: {starts[block + 1]:x} does not follow {last.Address:x}");
            }
        }

        return [.. trace.Where(instruction => instruction.Method is not (First or Caller) && !instruction.Method.StartsWith("RhpReversePInvoke", StringComparison.Ordinal))];
    }

    /// <summary>The beginnings of blocks from the call of the workload until it is back.</summary>
    private static List<ulong> ReadStarts(ArmProgram program, string processor, int workload)
    {
        var starts = new List<ulong>();
        program.Trace(processor, workload, stream =>
        {
            // Trace 0: 0x7f76440f4d40 [0000000000001001/00000000004006d4/00000001/00000200] traced_call
            using var reader = new StreamReader(stream);
            bool isInside = false, isOver = false;
            while (reader.ReadLine() is { } line)
            {
                bool isCaller = line.EndsWith(" " + Caller, StringComparison.Ordinal);
                isOver |= isInside && isCaller;
                isInside |= isCaller;
                if (isInside && !isCaller && !isOver)
                {
                    starts.Add(ulong.Parse(line.AsSpan(line.IndexOf('/') + 1, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                }
            }
        });
        return starts;
    }
}
