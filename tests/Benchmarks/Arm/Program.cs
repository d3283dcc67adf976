// What the keyword spotter takes on boards that are not there: arm MCA, where MCA is the program llvm-mca. Prints a table and the instructions counted.
using System.Globalization;
using Seq.Embedded.Arm;
using Seq.Embedded.Arm.Benchmarks;

const double SecondsPerCall = 0.02; // of the spotter: the audio that it takes in
const string Model = "words", Features = "features", Spotter = "spotter", Int8 = "-int8";
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var costs = new Costs(args[0]);

Console.WriteLine("| float / 8-bit weights | model 40 -> 64 -> 64 -> 12, a step | spotter, 20 ms of audio | share of one core | the same, all weights from memory |");
Console.WriteLine("|---|---|---|---|---|");
foreach (Board board in Board.All)
{
    double FromMemory(bool int8) => Workloads.SpotterWeightBytes(int8) / (board.GigaBytesPerSecond * 1e9);
    (double Float, double Int8) step = Both(board, Model), spotter = Both(board, Spotter);
    Console.WriteLine(
        $"| {board.Name}, {board.GigaHertz:F1} GHz | {step.Float * 1e6:F1} / {step.Int8 * 1e6:F1} us | {spotter.Float * 1e6:F0} / {spotter.Int8 * 1e6:F0} us " +
        $"| {Share(spotter.Float)} / {Share(spotter.Int8)} % | {Share(spotter.Float + FromMemory(int8: false))} / {Share(spotter.Int8 + FromMemory(int8: true))} % |");
}

Console.WriteLine();
Console.WriteLine(
    $"Instructions: a step of the model {Count("cortex-a76", Model)}, with 8-bit weights {Count("cortex-a76", Model + Int8)} where there are dot products and {Count("cortex-a53", Model + Int8)} " +
    $"where not; the features of 20 ms of audio {Count("cortex-a76", Features)}; all of the spotter {Count("cortex-a76", Spotter)}, with 8-bit weights " +
    $"{Count("cortex-a76", Spotter + Int8)} and {Count("cortex-a53", Spotter + Int8)}.");

(double Float, double Int8) Both(Board board, string workload) => (costs.Seconds(board, workload), costs.Seconds(board, workload + Int8));

string Share(double seconds) => (100 * seconds / SecondsPerCall).ToString("F2", CultureInfo.CurrentCulture);

string Count(string processor, string workload) => costs.Trace(processor, workload).Count.ToString("N0", CultureInfo.CurrentCulture);
