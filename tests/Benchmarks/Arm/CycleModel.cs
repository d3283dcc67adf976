using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Benchmarks;

/// <summary>Cycles of a trace from llvm-mca: what a processor's tables of latencies and units give, all loads from the first-level cache, all branches foreseen.</summary>
internal static partial class CycleModel
{
    /// <summary>Instructions of a long trace that are counted at a time, and the one such piece in so many that is counted: llvm-mca keeps all it is given in memory.</summary>
    private const int Piece = 25_000, Sampled = 8;

    /// <summary>Cycles of the instructions as they were executed, one after another; of a long trace estimated from evenly spaced pieces.</summary>
    /// <param name="mca">The program.</param>
    /// <param name="processor">Whose tables are used.</param>
    /// <param name="trace">The instructions.</param>
    /// <exception cref="InvalidOperationException">llvm-mca knows an instruction or the processor not.</exception>
    public static double Cycles(string mca, string processor, IReadOnlyList<Instruction> trace)
    {
        if (trace.Count <= Piece * Sampled)
        {
            return Count(mca, processor, trace);
        }

        long cycles = 0, counted = 0;
        foreach (Instruction[] piece in trace.Chunk(Piece).Where((_, index) => index % Sampled == Sampled / 2))
        {
            cycles += Count(mca, processor, piece);
            counted += piece.Length;
        }

        return cycles * ((double)trace.Count / counted);
    }

    private static long Count(string mca, string processor, IReadOnlyList<Instruction> trace)
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
