using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace NnAnalyzers;

/// <summary>The one code fix provider: applies the edits that a finding brought along.</summary>
/// <remarks>Not marked [Shared]: that attribute would bind this assembly to a newer System.Composition than the oldest host has.</remarks>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(NetworkCodeFixProvider))]
public sealed class NetworkCodeFixProvider : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = RuleCatalog.All.Select(r => r.Id).ToImmutableArray();

    public override FixAllProvider GetFixAllProvider() => EditFixAllProvider.Instance;

    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
            if (diagnostic.Properties.TryGetValue(FixProperties.Title, out var title) && title is not null)
                context.RegisterCodeFix(CodeAction.Create(title, cancellation => EditApplier.ApplyAsync(context.Document.Project.Solution,
                    [diagnostic], cancellation), equivalenceKey: diagnostic.Id), diagnostic);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Applies every fix of a scope at once; where two touch the same text the first wins and the next round brings the other.
    /// </summary>
    private sealed class EditFixAllProvider : FixAllProvider
    {
        public static readonly EditFixAllProvider Instance = new();

        public override IEnumerable<FixAllScope> GetSupportedFixAllScopes() =>
            [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

        public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
        {
            var diagnostics = new List<Diagnostic>();
            switch (context.Scope)
            {
                case FixAllScope.Document when context.Document is not null:
                    diagnostics.AddRange(await context.GetDocumentDiagnosticsAsync(context.Document).ConfigureAwait(false));
                    break;
                case FixAllScope.Project:
                    diagnostics.AddRange(await context.GetAllDiagnosticsAsync(context.Project).ConfigureAwait(false));
                    break;
                default:
                    foreach (var project in context.Solution.Projects)
                        diagnostics.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
                    break;
            }
            return diagnostics.Count == 0 ? null
                : CodeAction.Create($"Fix all {context.CodeActionEquivalenceKey}",
                    cancellation => EditApplier.ApplyAsync(context.Solution, diagnostics, cancellation), context.CodeActionEquivalenceKey);
        }
    }
}

/// <summary>Applies the edits of findings to a solution: all edits of a finding, or none.</summary>
internal static class EditApplier
{
    public static async Task<Solution> ApplyAsync(Solution solution, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellation)
    {
        var accepted = new Dictionary<DocumentId, List<TextChange>>();
        // Innermost first: the shorter place is inside the longer one.
        foreach (var diagnostic in diagnostics.OrderBy(d => d.Location.SourceSpan.Length).ThenBy(d => d.Location.SourceSpan.Start))
        {
            var changes = new List<(DocumentId Id, TextChange Change)>();
            var fits = true;
            foreach (var edit in FixProperties.Read(diagnostic.Properties))
            {
                var id = diagnostic.Location.SourceTree is { } tree && tree.FilePath == edit.Path
                    ? solution.GetDocumentId(tree) ?? solution.GetDocumentIdsWithFilePath(edit.Path).FirstOrDefault()
                    : solution.GetDocumentIdsWithFilePath(edit.Path).FirstOrDefault();
                if (id is null || solution.GetDocument(id) is not { } document) { fits = false; break; }
                var text = await document.GetTextAsync(cancellation).ConfigureAwait(false);
                // The text the finding was made from must still stand there.
                if (edit.Span.End > text.Length || text.ToString(edit.Span) != edit.Old) { fits = false; break; }
                if (accepted.TryGetValue(id, out var others)
                    && others.Any(o => Clash(o.Span, edit.Span) && !(o.Span == edit.Span && o.NewText == edit.Text)))
                {
                    fits = false;
                    break;
                }
                changes.Add((id, new TextChange(edit.Span, edit.Text)));
            }
            if (!fits) continue;
            foreach (var (id, change) in changes)
            {
                if (!accepted.TryGetValue(id, out var list)) accepted[id] = list = [];
                if (!list.Contains(change)) list.Add(change);
            }
        }
        foreach (var pair in accepted)
        {
            var text = await solution.GetDocument(pair.Key)!.GetTextAsync(cancellation).ConfigureAwait(false);
            solution = solution.WithDocumentText(pair.Key, text.WithChanges(pair.Value.OrderBy(c => c.Span)));
        }
        return solution;
    }

    private static bool Clash(TextSpan a, TextSpan b) =>
        a.OverlapsWith(b) || a.Start == b.Start || a.IntersectsWith(b) && (a.IsEmpty || b.IsEmpty);
}
