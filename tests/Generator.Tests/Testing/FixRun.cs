using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Seq.Embedded.Generator.Diagnostics;

namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>A project in an editor: its diagnostics, from the generator, the analyzer and the compiler, and what a code fix offers for them.</summary>
internal sealed class FixRun : IDisposable
{
    private readonly AdhocWorkspace _workspace = new();
    private readonly CodeFixProvider _provider;
    private readonly Project _project;

    public FixRun(CodeFixProvider provider, params string[] sources)
    {
        _provider = provider;
        Project project = _workspace.AddProject("Demo", LanguageNames.CSharp)
            .WithParseOptions(Generation.ParseOptions).WithCompilationOptions(Generation.CompilationOptions).WithMetadataReferences(Generation.References);
        for (int i = 0; i < sources.Length; i++)
        {
            project = project.AddDocument($"File{i}.cs", sources[i], filePath: $"File{i}.cs").Project;
        }

        // Code fixes see the generated code too.
        _project = project.AddAnalyzerReference(new GeneratorReference());
    }

    /// <summary>What the fix offers, in order.</summary>
    public IReadOnlyList<string> Titles => [.. Actions().Select(action => action.Title)];

    /// <summary>Takes the only offer of a title; returns the texts of all files.</summary>
    public IReadOnlyList<string> Apply(string title) =>
        TextsAfter(Assert.Single(Actions(), action => action.Title == title));

    /// <summary>Takes all offers of the project that are like the one of this title.</summary>
    public IReadOnlyList<string> ApplyToAll(string title)
    {
        string key = Actions().First(action => action.Title == title).EquivalenceKey!;
        FixAllContext context = new(
            _project.Documents.First(), _provider, FixAllScope.Project, key, _provider.FixableDiagnosticIds, new ProjectDiagnostics(this), TestContext.Current.CancellationToken);
        return TextsAfter(_provider.GetFixAllProvider()!.GetFixAsync(context).GetAwaiter().GetResult()!);
    }

    public void Dispose() => _workspace.Dispose();

    private List<CodeAction> Actions()
    {
        List<CodeAction> actions = [];
        foreach ((Document document, Diagnostic diagnostic) in Diagnostics())
        {
            CodeFixContext context = new(document, diagnostic, (action, _) => actions.Add(action), TestContext.Current.CancellationToken);
            _provider.RegisterCodeFixesAsync(context).GetAwaiter().GetResult();
        }

        return actions;
    }

    private IEnumerable<(Document Document, Diagnostic Diagnostic)> Diagnostics()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Compilation input = Compile(_project.WithAnalyzerReferences([]), cancellation);
        GeneratorRunResult generated = Generation.CreateDriver().RunGenerators(input, cancellation).GetRunResult().Results.Single();
        Assert.Null(generated.Exception);
        ImmutableArray<Diagnostic> analyzed = input.WithAnalyzers([new LayerWithoutModelAnalyzer()]).GetAnalyzerDiagnosticsAsync(cancellation).GetAwaiter().GetResult();
        bool fixesCompiler = _provider.FixableDiagnosticIds.Any(id => id.StartsWith("CS", StringComparison.Ordinal));
        return generated.Diagnostics.Concat(analyzed).Concat(fixesCompiler ? Compile(_project, cancellation).GetDiagnostics(cancellation) : [])
            .Where(diagnostic => _provider.FixableDiagnosticIds.Contains(diagnostic.Id))
            .Select(diagnostic =>
            {
                Document document = _project.Documents.Single(document => document.FilePath == diagnostic.Location.GetLineSpan().Path);
                return (document, InSource(diagnostic, document));
            });
    }

    /// <summary>The diagnostic as editors hand it to code fixes: its place, which the generator keeps as values, in the document's tree.</summary>
    private static Diagnostic InSource(Diagnostic diagnostic, Document document) => diagnostic.Location.IsInSource
        ? diagnostic
        : Diagnostic.Create(
            diagnostic.Descriptor,
            Location.Create(document.GetSyntaxTreeAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult()!, diagnostic.Location.SourceSpan),
            diagnostic.Properties);

    private static Compilation Compile(Project project, CancellationToken cancellation) => project.GetCompilationAsync(cancellation).GetAwaiter().GetResult()!;

    private static IReadOnlyList<string> TextsAfter(CodeAction action)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ApplyChangesOperation change = Assert.IsType<ApplyChangesOperation>(Assert.Single(action.GetOperationsAsync(cancellation).GetAwaiter().GetResult()));
        return [.. change.ChangedSolution.Projects.Single().Documents.Select(document => document.GetTextAsync(cancellation).GetAwaiter().GetResult().ToString())];
    }

    private sealed class ProjectDiagnostics(FixRun run) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(run.Diagnostics().Select(found => found.Diagnostic));

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(run.Diagnostics().Where(found => found.Document.Id == document.Id).Select(found => found.Diagnostic));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult(Enumerable.Empty<Diagnostic>());
    }

    private sealed class GeneratorReference : AnalyzerReference
    {
        private readonly ImmutableArray<ISourceGenerator> _generators = [new SequenceModelGenerator().AsSourceGenerator()];

        public override string? FullPath => null;

        public override object Id => nameof(SequenceModelGenerator);

        public override ImmutableArray<DiagnosticAnalyzer> GetAnalyzers(string language) => [];

        public override ImmutableArray<DiagnosticAnalyzer> GetAnalyzersForAllLanguages() => [];

        public override ImmutableArray<ISourceGenerator> GetGenerators(string language) => _generators;

        public override ImmutableArray<ISourceGenerator> GetGeneratorsForAllLanguages() => _generators;
    }
}
