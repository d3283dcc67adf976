// What the keyword spotter takes on boards that are not there: arm MCA, MCA the program llvm-mca. Prints two tables.
using System.Globalization;
using Seq.Embedded.Arm;
using Seq.Embedded.Arm.Benchmarks;
using Seq.Embedded.Arm.Emulation;

const double SecondsPerStep = 0.02;
string mca = args[0];
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
ArmProgram program = ArmProgram.Build();
var code = new Disassembly(program);
var traces = new Dictionary<(string Processor, string Workload), List<Instruction>>();
(string Workload, string Text)[] parts =
[
    ("words", "model 40 -> 64 -> 64 -> 12, a step, float"),
    ("words-int8", "the same, 8-bit weights"),
    ("features", "audio features, 20 ms"),
    ("spotter", "whole spotter, 20 ms, float"),
    ("spotter-int8", "whole spotter, 20 ms, 8-bit weights"),
];

Console.WriteLine("| | " + string.Join(" | ", parts.Select(part => part.Text)) + " |");
Console.WriteLine("|---|" + string.Concat(parts.Select(_ => "---|")));
var cycles = new Dictionary<(Board Board, string Workload), long>();
foreach (Board board in Board.All)
{
    string[] cells = [.. parts.Select(part =>
    {
        List<Instruction> trace = Trace(board.Emulated, part.Workload);
        long count = cycles[(board, part.Workload)] = CycleModel.Cycles(mca, board.Modelled, trace);
        return $"{trace.Count:N0} / {count:N0} / {count / board.GigaHertz / 1e3:F1} us";
    })];
    Console.WriteLine($"| {board.Name}, {board.GigaHertz:F1} GHz | {string.Join(" | ", cells)} |");
}

Console.WriteLine();
Console.WriteLine("| share of one core | float | 8-bit weights | float, weights from memory | 8-bit weights, from memory |");
Console.WriteLine("|---|---|---|---|---|");
foreach (Board board in Board.All)
{
    Console.WriteLine($"| {board.Name}, {board.GigaHertz:F1} GHz | {Share(board, "spotter", 0)} | {Share(board, "spotter-int8", 0)} | {Share(board, "spotter", Workloads.SpotterWeightBytes(int8: false))} | {Share(board, "spotter-int8", Workloads.SpotterWeightBytes(int8: true))} |");
}

List<Instruction> Trace(string processor, string workload) =>
    traces.TryGetValue((processor, workload), out List<Instruction>? known)
        ? known
        : traces[(processor, workload)] = ExecutionTrace.Of(program, code, processor, Workloads.Names.ToList().IndexOf(workload));

// Bytes that no cache holds come from memory at the board's rate, and nothing else is done meanwhile.
string Share(Board board, string workload, int bytes) =>
    $"{100 * ((cycles[(board, workload)] / (board.GigaHertz * 1e9)) + (bytes / (board.GigaBytesPerSecond * 1e9))) / SecondsPerStep:F2} %";
