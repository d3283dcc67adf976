using System.Globalization;
using Seq.Embedded.Benchmarks;

// models [--variant NAME] [--threads N] [WORKLOAD...]
// Times workloads, all unless told, and prints one JSON object a line. NAME: the instruction set that the program was published for.
// BENCHMARK_SECONDS: how long to measure each, 0.2 unless set.
string variant = "unnamed";
int threads = 1;
List<string> names = [];
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--variant" when i + 1 < args.Length:
            variant = args[++i];
            break;
        case "--threads" when i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out threads) && threads is >= 1 and <= 1024:
            i++;
            break;
        case ['-', ..]:
            Console.Error.WriteLine($"models: '{args[i]}' is unknown or its value is missing or wrong; allowed: --variant NAME, --threads 1 to 1024, names of workloads");
            return 2;
        default:
            names.Add(args[i]);
            break;
    }
}

string text = Environment.GetEnvironmentVariable("BENCHMARK_SECONDS") ?? "0.2";
if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) || !(seconds is > 0 and <= 60))
{
    Console.Error.WriteLine($"models: BENCHMARK_SECONDS is '{text}'; allowed: above 0, to 60");
    return 2;
}

Workload[] all = [.. Workloads.List(threads)];
if (names.Find(name => !all.Any(workload => workload.Name == name)) is string unknown)
{
    Console.Error.WriteLine($"models: no workload '{unknown}'; allowed: {string.Join(", ", all.Select(workload => workload.Name).Distinct())}");
    return 2;
}

foreach (Workload workload in all.Where(workload => names.Count == 0 || names.Contains(workload.Name)))
{
    // The first time that a thread waits for another, the runtime allocates what it waits with.
    double value = Timing.Measure(workload.Create(), seconds, mayAllocate: threads > 1) * (workload.Unit == "ms" ? 1e3 : 1e6);
    string threadSuffix = threads > 1 && workload.Name.StartsWith("train", StringComparison.Ordinal) ? $"-{threads}-threads" : "";
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"workload":"{{workload.Name}}","peer":"seq","variant":"{{workload.VariantPrefix}}{{variant}}{{threadSuffix}}","value":{{value:G5}},"unit":"{{workload.Unit}}"}"""));
}

return 0;
