using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Benchmarks;

/// <summary>Cycles of a trace from llvm-mca: what a processor's tables of latencies and units give, all loads from the first-level cache, all branches foreseen.</summary>
internal static partial class CycleModel
{
    /// <summary>Cycles of the instructions as they were executed, one after another.</summary>
    /// <param name="mca">The program.</param>
    /// <param name="processor">Whose tables are used.</param>
    /// <param name="trace">The instructions.</param>
    /// <exception cref="InvalidOperationException">llvm-mca knows an instruction or the processor not.</exception>
    public static long Cycles(string mca, string processor, IReadOnlyList<Instruction> trace)
    {
        string file = Path.GetTempFileName();
        try
        {
            var text = new StringBuilder();
            foreach (Instruction instruction in trace)
            {
                text.Append(Text(instruction, processor)).Append('\n');
            }

            File.WriteAllText(file, text.ToString());
            string summary = Encoding.UTF8.GetString(Tool.Run(".", mca, "-mtriple=aarch64-linux-gnu", $"-mcpu={processor}", "-iterations=1", "-all-views=false", "-summary-view", file));
            return long.Parse(TotalCycles().Match(summary).Groups[1].Value, CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>An instruction as an assembler reads it: places become names.</summary>
    private static string Text(Instruction instruction, string processor)
    {
        string operands = Place().Replace(Comment().Replace(instruction.Operands, ""), "place");

        // The tables for cortex-a76 are those of the A57, which has no SDOT: a multiply-add of 32-bit integers takes at least as long.
        return instruction.IsDotProduct && processor == "cortex-a76"
            ? "mla " + operands.Replace(".16b", ".4s", StringComparison.Ordinal)
            : $"{instruction.Name} {operands}";
    }

    [GeneratedRegex(@"\b[0-9a-f]+ <[^>]*(>[^>]*)*>")]
    private static partial Regex Place();

    [GeneratedRegex(@"\s+//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"Total Cycles:\s+(\d+)")]
    private static partial Regex TotalCycles();
}
