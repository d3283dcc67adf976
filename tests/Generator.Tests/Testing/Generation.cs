using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>Compiles sources in memory and runs the generator on them.</summary>
internal static class Generation
{
    /// <summary>As a C# 12 project that writes its documentation file.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    public static CSharpCompilationOptions CompilationOptions { get; } = new(
        OutputKind.DynamicallyLinkedLibrary,
        checkOverflow: true,
        warningLevel: 9999,
        nullableContextOptions: NullableContextOptions.Enable);

    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "Seq.Embedded.dll" or "Seq.Embedded.Audio.dll" or "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static CSharpCompilation Compile(params string[] sources) => Compile(null, sources);

    private static CSharpCompilation Compile(CSharpParseOptions? options, string[] sources) =>
        CSharpCompilation.Create("Demo", sources.Select((source, i) => Parse(source, $"File{i}.cs", options)), References, CompilationOptions);

    public static SyntaxTree Parse(string source, string path, CSharpParseOptions? options = null) => CSharpSyntaxTree.ParseText(source, options ?? ParseOptions, path);

    /// <summary>A driver that notes why each step of the pipeline ran.</summary>
    public static CSharpGeneratorDriver CreateDriver(CSharpParseOptions? options = null) => CSharpGeneratorDriver.Create(
        [new SequenceModelGenerator().AsSourceGenerator()],
        parseOptions: options ?? ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator once; fails when it throws.</summary>
    public static GenerationResult Run(params string[] sources) => Run(null, sources);

    /// <summary>The same for a project with other options of the language.</summary>
    public static GenerationResult Run(CSharpParseOptions? options, params string[] sources)
    {
        CSharpCompilation compilation = Compile(options, sources);
        GeneratorDriver driver = CreateDriver(options).RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _, TestContext.Current.CancellationToken);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.True(result.Exception is null, $"The generator threw: {result.Exception}");
        return new GenerationResult(compilation, (CSharpCompilation)output, result);
    }

    /// <summary>Runs the generator on one model and returns its text.</summary>
    public static string Text(string source)
    {
        GenerationResult result = Run(source);
        Assert.Empty(result.Diagnostics);
        return Assert.Single(result.Sources).SourceText.ToString();
    }
}

/// <summary>What one run of the generator gave.</summary>
/// <param name="Input">The user's compilation.</param>
/// <param name="Output">The same with the generated sources.</param>
/// <param name="Run">The generator's result.</param>
internal sealed record GenerationResult(CSharpCompilation Input, CSharpCompilation Output, GeneratorRunResult Run)
{
    public ImmutableArray<GeneratedSourceResult> Sources => Run.GeneratedSources;

    public ImmutableArray<Diagnostic> Diagnostics => Run.Diagnostics;

    /// <summary>Warnings and errors of the compiler in the user's and the generated code.</summary>
    public IEnumerable<Diagnostic> CompilerDiagnostics =>
        Output.GetDiagnostics(TestContext.Current.CancellationToken).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

    /// <summary>Fails with the first messages when the compiler warns or the generator reports anything.</summary>
    public void AssertClean()
    {
        Assert.Empty(Diagnostics);
        Assert.Equal("", string.Join("\n", CompilerDiagnostics.Take(10).Select(diagnostic => $"{diagnostic}\n    {LineOf(diagnostic)}")));
    }

    /// <summary>The source text that a diagnostic points at.</summary>
    public string TextAt(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        SyntaxTree tree = Input.SyntaxTrees.Single(tree => tree.FilePath == place.Path);
        Assert.Equal(tree.GetLineSpan(diagnostic.Location.SourceSpan).Span, place.Span);
        return tree.GetText().ToString(diagnostic.Location.SourceSpan);
    }

    private static string LineOf(Diagnostic diagnostic) => diagnostic.Location.SourceTree is { } tree
        ? tree.GetText().Lines.GetLineFromPosition(diagnostic.Location.SourceSpan.Start).ToString().Trim()
        : "";
}
