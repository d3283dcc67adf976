using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Seq.Embedded.Generator;

// Times of one process in microseconds, a name and a number a line: generator.sh takes the medians over processes.
// compile: the project without the generator, from text to a checked program, the first work of the process, as `dotnet build` has it.
// cold: the generator's first run behind it. warm: a run from nothing when its code has been compiled. other edit: a run after an edit outside the specs.
// spec edit: a run after a change of one spec of ten.
const int WarmRuns = 21;
const int Models = 10;
CSharpParseOptions options = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);
MetadataReference[] references =
[
    .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "Seq.Embedded.dll" or "netstandard.dll"))
        .Select(path => MetadataReference.CreateFromFile(path)),
];

Stopwatch watch = Stopwatch.StartNew();
CSharpCompilation compilation = Compile(0);
int errors = compilation.GetDiagnostics().Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
Print("compile", watch);
if (errors > 0)
{
    Console.Error.WriteLine("The project does not compile without the generator: the time above would mean nothing.");
    return 1;
}

watch.Restart();
GeneratorDriver driver = CreateDriver().RunGenerators(compilation);
Print("cold", watch);
GeneratorRunResult result = driver.GetRunResult().Results.Single();
if (result.GeneratedSources.Length != Models || result.Diagnostics.Length > 0)
{
    Console.Error.WriteLine($"{result.GeneratedSources.Length} sources and {result.Diagnostics.Length} diagnostics; expected {Models} and none.");
    return 1;
}

for (int i = 1; i <= WarmRuns; i++)
{
    CSharpCompilation fresh = Compile(i);
    watch.Restart();
    CreateDriver().RunGenerators(fresh);
    Print("warm", watch);
}

for (int i = 1; i <= WarmRuns; i++)
{
    compilation = Edit(compilation, Models, Other(i));
    watch.Restart();
    driver = driver.RunGenerators(compilation);
    Print("other", watch);
    compilation = Edit(compilation, 0, Model(0, 64 + i));
    watch.Restart();
    driver = driver.RunGenerators(compilation);
    Print("spec", watch);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lines {result.GeneratedSources.Sum(source => source.SourceText.Lines.Count)}"));
return 0;

CSharpCompilation Compile(int number) => CSharpCompilation.Create(
    "Project",
    [.. Enumerable.Range(0, Models).Select(i => Parse(Model(i, 48 + i), i)), Parse(Other(number), Models)],
    references,
    new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

CSharpCompilation Edit(CSharpCompilation before, int file, string text) => before.ReplaceSyntaxTree(before.SyntaxTrees[file], Parse(text, file));

SyntaxTree Parse(string text, int file) => CSharpSyntaxTree.ParseText(text, options, string.Create(CultureInfo.InvariantCulture, $"File{file}.cs"));

GeneratorDriver CreateDriver() => CSharpGeneratorDriver.Create([new SequenceModelGenerator().AsSourceGenerator()], parseOptions: options);

static string Other(int number) => string.Create(CultureInfo.InvariantCulture, $"namespace Demo;\n\npublic static class Other\n{{\n    public static int Number => {number};\n}}\n");

// What projects have, from a small stack to a deep one: every family of layers, and a cell of their own.
static string Model(int i, int units)
{
    (string settings, string layers, string types) = i switch
    {
        0 => ("", $"[Gru({units}, Layers = 2)]\n[Dense(5, Activation.Softmax)]", ""),
        1 => ("", $"[Lstm({units})]\n[Dense(32, Activation.Relu)]\n[Dense(4)]", ""),
        2 => ("", $"[Dense(40, Activation.Relu, Dropout = 0.1)]\n[Gru({units}, Reset = GruReset.BeforeProduct)]\n[Dense(Activation.Softmax)]", ""),
        3 => ("", $"[Rnn({units}, Layers = 3)]\n[Dense(2)]", ""),
        4 => ("", $"[Lstm({units}, Layers = 2, Dropout = 0.2)]\n[Gru(32)]\n[Dense(10, Activation.Sigmoid)]", ""),
        5 => ("", $"[Lstm({units}, Layers = 2, Direction = Direction.Bidirectional, Dropout = 0.2)]\n[Dense(10, Activation.Softmax)]", ""),
        6 => (", LookAhead = 8", $"[Gru({units}, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum)]\n[Lstm({units}, Projection = 24, Normalize = true)]\n[Dense(5)]", ""),
        7 => ("", $"[Conv1D({units}, Kernel = 5, Stride = 2, Activation = Activation.Relu)]\n[Conv1D({units}, Dilation = 2, Residual = true)]\n[Gru(32)]\n[Dense(5, Activation.Softmax)]", ""),
        8 => (", Task = SequenceTask.ManyToOne", $"[Gru({units}, Direction = Direction.Bidirectional)]\n[AttentionPooling(32)]\n[Dense(5, Activation.Softmax)]", ""),
        _ => ("", $"[Own({units}, Layers = 2)]\n[Dense(5, Activation.Softmax)]", OwnCell),
    };
    return string.Create(CultureInfo.InvariantCulture, $"using Seq.Embedded;\nusing Seq.Embedded.Cells;\n\nnamespace Demo;\n\n/// <summary>A model.</summary>\n[SequenceModel(Input = 40{settings})]\n{layers}\npublic sealed partial class Model{i};\n{types}");
}

static void Print(string name, Stopwatch watch) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name} {watch.Elapsed.TotalMicroseconds:F0}"));

internal static partial class Program
{
    private const string OwnCell = """

        /// <summary>A cell of the project.</summary>
        public sealed class OwnAttribute(int units) : CellAttribute(units)
        {
            /// <summary>Its equations.</summary>
            public static void Equations(Cell cell)
            {
                Vector x = cell.Input, h = cell.State("h");
                Vector z = Vector.Sigmoid(cell.Affine("z", x, h) - 1.5);
                Vector n = Vector.Tanh(cell.Affine("n", x) + cell.Parameter("p") * h);
                cell.Next(h, (1 - z) * n + cell.Scalar("s", 0.75) * z * h);
            }
        }

        """;
}
