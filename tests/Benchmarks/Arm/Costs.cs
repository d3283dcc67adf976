using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Benchmarks;

/// <summary>Instructions and cycles of one call of each workload, counted once for each processor.</summary>
internal sealed class Costs(string mca)
{
    private readonly ArmProgram _program = ArmProgram.Build();
    private readonly Dictionary<(string Processor, string Workload), List<Instruction>> _traces = [];
    private readonly Dictionary<(string Processor, string Workload), double> _cycles = [];
    private Disassembly? _code;

    /// <summary>The instructions that a call runs through.</summary>
    public IReadOnlyList<Instruction> Trace(string processor, string workload) =>
        _traces.TryGetValue((processor, workload), out List<Instruction>? known)
            ? known
            : _traces[(processor, workload)] = ExecutionTrace.Of(_program, _code ??= new Disassembly(_program), processor, Workloads.Names.ToList().IndexOf(workload));

    /// <summary>Seconds that a call takes, its data in the first-level cache.</summary>
    public double Seconds(Board board, string workload)
    {
        if (!_cycles.TryGetValue((board.Modelled, workload), out double cycles))
        {
            cycles = _cycles[(board.Modelled, workload)] = CycleModel.Cycles(mca, board.Modelled, Trace(board.Emulated, workload));
        }

        return cycles / (board.GigaHertz * 1e9);
    }
}
