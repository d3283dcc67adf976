// What the keyword spotter takes on boards that are not there: arm MCA, where MCA is the program llvm-mca. Prints a table and the instructions counted.
using System.Globalization;
using Seq.Embedded.Arm;
using Seq.Embedded.Arm.Benchmarks;

const double SecondsPerCall = 0.02; // of the spotter: the audio that it takes in
const int Sequences = TrainingWorkload.Sequences, Time = 100;
const string All = "train", Last = "train-last", Head = "train-head"; // each also with sequences of twice the length
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

Console.WriteLine();
Console.WriteLine($"| a training step of {Sequences} sequences of {Time} time steps (2 s of audio) | all layers | last recurrent layer and head | head |");
Console.WriteLine("|---|---|---|---|");
foreach (Board board in Board.All)
{
    Console.WriteLine($"| {board.Name}, {board.GigaHertz:F1} GHz | {Step(board, All)} ms | {Step(board, Last)} ms | {Step(board, Head)} ms |");
}

Console.WriteLine();
Console.WriteLine($"Instructions of such a step: {Million(All)}, {Million(Last)} and {Million(Head)} million.");

// The instructions are counted; their time is that of those of shorter sequences.
string Step(Board board, string workload)
{
    string counted = workload + "-longer";
    return (1e3 * Instructions(board.Emulated, workload) * costs.Seconds(board, counted) / costs.Trace(board.Emulated, counted).Count).ToString("F0", CultureInfo.CurrentCulture);
}

// From those of sequences of TrainingSteps and of twice as many: what an update costs alone, and each further time step.
double Instructions(string processor, string workload)
{
    double shorter = costs.Trace(processor, workload).Count, longer = costs.Trace(processor, workload + "-longer").Count;
    return shorter + ((longer - shorter) / Workloads.TrainingSteps * (Time - Workloads.TrainingSteps));
}

string Million(string workload) => (1e-6 * Instructions("cortex-a72", workload)).ToString("F1", CultureInfo.CurrentCulture);

(double Float, double Int8) Both(Board board, string workload) => (costs.Seconds(board, workload), costs.Seconds(board, workload + Int8));

string Share(double seconds) => (100 * seconds / SecondsPerCall).ToString("F2", CultureInfo.CurrentCulture);

string Count(string processor, string workload) => costs.Trace(processor, workload).Count.ToString("N0", CultureInfo.CurrentCulture);
