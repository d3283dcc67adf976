using System.Globalization;
using System.Text;

namespace Seq.Embedded.Arm.Emulation;

/// <summary>The instructions of a program, from objdump.</summary>
internal sealed class Disassembly
{
    private readonly Dictionary<ulong, Instruction> _at = [];
    private readonly Dictionary<string, List<Instruction>> _methods = new(StringComparer.Ordinal);

    public Disassembly(ArmProgram program)
    {
        string text = Encoding.UTF8.GetString(Tool.Run(".", "aarch64-linux-gnu-objdump", "-d", "--no-show-raw-insn", program.Path));
        string method = "";
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.EndsWith(">:"))
            {
                method = line[(line.IndexOf('<') + 1)..^2].ToString();
            }
            else if (line.StartsWith("  ") && line.IndexOf(':') is > 0 and int colon)
            {
                string[] parts = line[(colon + 1)..].ToString().Split("//")[0].Trim().Split('\t', 2);
                var instruction = new Instruction(ulong.Parse(line[..colon], NumberStyles.HexNumber, CultureInfo.InvariantCulture), method, parts[0], parts.Length == 1 ? "" : parts[1].Trim());
                _at[instruction.Address] = instruction;
                (_methods.TryGetValue(method, out List<Instruction>? all) ? all : _methods[method] = []).Add(instruction);
            }
        }
    }

    /// <summary>The names of all methods and functions.</summary>
    public IEnumerable<string> Methods => _methods.Keys;

    /// <summary>The instruction at an address.</summary>
    public Instruction At(ulong address) => _at[address];

    /// <summary>The instructions of a method, constants behind it included.</summary>
    public IReadOnlyList<Instruction> Of(string method) => _methods[method];

    /// <summary>The loops of a method that have no loop within: from the target of a branch back to the branch.</summary>
    public IReadOnlyList<IReadOnlyList<Instruction>> InnermostLoops(string method)
    {
        (ulong First, ulong Last)[] loops = [.. Of(method).Where(branch => !branch.IsCall && branch.Target <= branch.Address && branch.Target >= Of(method)[0].Address).Select(branch => (branch.Target!.Value, branch.Address))];
        return [.. loops
            .Where(loop => !loops.Any(other => other != loop && other.First >= loop.First && other.Last <= loop.Last))
            .Select(loop => Of(method).Where(instruction => instruction.Address >= loop.First && instruction.Address <= loop.Last).ToArray())];
    }
}
