using Microsoft.CodeAnalysis;

namespace NnAnalyzers.Projects;

/// <summary>Which files of a compilation are about networks, and which file reaches which.</summary>
internal sealed class FileIndex
{
    private readonly Dictionary<SyntaxTree, TreeDigest> _digests;
    private readonly Dictionary<SyntaxTree, int> _order;
    private readonly HashSet<string> _importedForAll;
    private Dictionary<string, List<SyntaxTree>>? _mentioning;
    private HashSet<string>? _touching;

    public FileIndex(Compilation compilation, CancellationToken cancellation)
    {
        // By name, so that nothing depends on the order in which a compiler is told its files.
        var all = compilation.SyntaxTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal)
            .Select(t => (Tree: t, Digest: TreeDigest.Of(t, cancellation))).ToList();
        Trains = all.Any(t => t.Digest.Trains);
        var everywhere = all.Any(t => t.Digest.ImportsTorchForAll);
        all.RemoveAll(t => !everywhere && !t.Digest.MentionsTorch);
        _digests = all.ToDictionary(s => s.Tree, s => s.Digest);
        _order = all.Select((s, i) => (s.Tree, i)).ToDictionary(p => p.Tree, p => p.i);
        _importedForAll = new HashSet<string>(all.SelectMany(s => s.Digest.ImportsForAll), StringComparer.Ordinal);
        Files = all.Select(s => s.Tree).ToList();
    }

    /// <summary>Whether anything in the project trains: some code calls backward.</summary>
    public bool Trains { get; }

    /// <summary>The files that may say something about networks, by name.</summary>
    public IReadOnlyList<SyntaxTree> Files { get; }

    /// <summary>Null for a file that says nothing about networks.</summary>
    public TreeDigest? DigestOf(SyntaxTree tree) => _digests.TryGetValue(tree, out var digest) ? digest : null;

    /// <summary>
    /// The files from which this one can be reached: those that mention what it declares, those that mention these, and so on. Whatever
    /// uses
    /// a network of this file starts in one of them.
    /// </summary>
    /// <param name="known">What was found before is left out; what is found now joins it.</param>
    public IReadOnlyList<SyntaxTree> Reaching(SyntaxTree tree, Reached known)
    {
        if (!_digests.ContainsKey(tree) || !known.Files.Add(tree)) return [];
        _mentioning ??= IndexMentions();
        var found = new List<SyntaxTree> { tree };
        for (var i = 0; i < found.Count; i++)
            foreach (var name in DeclaredBy(_digests[found[i]]))
                if (known.Names.Add(name) && _mentioning.TryGetValue(name, out var trees))
                    foreach (var next in trees)
                        if (known.Files.Add(next)) found.Add(next);
        found.Sort((a, b) => _order[a].CompareTo(_order[b]));
        return found;
    }

    /// <summary>The names by which other files can use what a file declares.</summary>
    private IEnumerable<string> DeclaredBy(TreeDigest digest) =>
        digest.Declares.Any(_importedForAll.Contains) ? digest.Declares.Concat(digest.Methods.Select(m => m.Name)) : digest.Declares;

    private Dictionary<string, List<SyntaxTree>> IndexMentions()
    {
        var index = new Dictionary<string, List<SyntaxTree>>(StringComparer.Ordinal);
        foreach (var tree in Files)
            foreach (var name in DeclaredBy(_digests[tree])) index[name] = [];
        foreach (var tree in Files)
            foreach (var name in _digests[tree].Mentions)
                if (index.TryGetValue(name, out var trees)) trees.Add(tree);
        return index;
    }

    /// <summary>Whether a method applies networks, or calls one that does.</summary>
    public bool Touches(TreeDigest.MethodDigest method) => method.Touches || method.Mentions.Any((_touching ??= Touching()).Contains);

    private HashSet<string> Touching()
    {
        var methods = _digests.Values.SelectMany(d => d.Methods).ToList();
        var names = new HashSet<string>(methods.Select(m => m.Name), StringComparer.Ordinal);
        var callers = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var method in methods)
            foreach (var name in method.Mentions)
                if (names.Contains(name))
                {
                    if (!callers.TryGetValue(name, out var list)) callers[name] = list = [];
                    list.Add(method.Name);
                }
        var touching = new HashSet<string>(methods.Where(m => m.Touches).Select(m => m.Name), StringComparer.Ordinal);
        var open = new Queue<string>(touching);
        while (open.Count > 0)
            if (callers.TryGetValue(open.Dequeue(), out var more))
                foreach (var name in more)
                    if (touching.Add(name)) open.Enqueue(name);
        return touching;
    }
}

/// <summary>Files that were found, and the names that were followed.</summary>
internal sealed class Reached
{
    public HashSet<SyntaxTree> Files { get; } = [];
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);
}
