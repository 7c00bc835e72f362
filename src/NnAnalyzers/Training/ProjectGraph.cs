using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using NnAnalyzers.Graph;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Training;

/// <summary>
/// Everything the rules can ask about one compilation: its networks, its training code, and which meets which.
/// Built once, from the trees that mention networks or training at all.
/// </summary>
internal sealed class ProjectGraph
{
    private readonly TorchSymbols _torch;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Func<SyntaxTree, SemanticModel> _model;
    private readonly Dictionary<INamedTypeSymbol, Network?> _networks = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<SyntaxNode, Network> _containers = [];
    private readonly Dictionary<INamedTypeSymbol, List<Shape>> _inputShapes = new(SymbolEqualityComparer.Default);

    public ProjectGraph(Compilation compilation, TorchSymbols torch, CancellationToken cancellation)
    {
        (_torch, _cancellation) = (torch, cancellation);
        _model = tree => _models.TryGetValue(tree, out var model) ? model : _models[tree] = compilation.GetSemanticModel(tree);
        var trees = compilation.SyntaxTrees.Select(t => (Tree: t, Digest: TreeDigest.Of(t, cancellation))).Where(t => t.Digest.MentionsTorch).ToList();
        Trains = trees.Any(t => t.Digest.Trains);
        Sites = trees.Where(t => t.Digest.HasTensorCode).SelectMany(t => ReadSites(t.Tree)).ToList();
        foreach (var site in Sites)
            foreach (var call in site.Steps)
                if (call is { Kind: StepKind.Network, Layer.Type: { } type, Input: { } input } && input.Shape.HasRank) ShapesOf(type).Add(input.Shape);
        foreach (var (tree, _) in trees)
            foreach (var declaration in tree.GetRoot(cancellation).DescendantNodes(n => n is not BaseMethodDeclarationSyntax).OfType<ClassDeclarationSyntax>())
                if (_model(tree).GetDeclaredSymbol(declaration, cancellation) is INamedTypeSymbol type && torch.IsUserModule(type)) NetworkOf(type);
        foreach (var site in Sites)
            foreach (var loss in site.Losses) Link(loss);
    }

    /// <summary>Whether anything in the project trains: some code calls backward.</summary>
    public bool Trains { get; }

    public IReadOnlyList<TrainingSite> Sites { get; }

    public IEnumerable<Network> Networks => _networks.Values.OfType<Network>().Concat(_containers.Values);

    /// <summary>Whether weights of this network come from a file somewhere, alone or as a part of another, so that its constructor says little about them.</summary>
    public bool IsLoaded(Network network) => network.Type is { } type && (_loaded ??= FindLoaded()).Contains(type);

    private HashSet<INamedTypeSymbol>? _loaded;

    private HashSet<INamedTypeSymbol> FindLoaded()
    {
        var loaded = new HashSet<INamedTypeSymbol>(SymbolEqualityComparer.Default);
        void Add(INamedTypeSymbol type)
        {
            if (!loaded.Add(type) || NetworkOf(type) is not { } network) return;
            foreach (var part in network.Layers.Concat(network.Steps.Select(s => s.Layer).OfType<Layer>()))
                if (part.Type is { } inner) Add(inner);
        }
        foreach (var load in Sites.SelectMany(s => s.Events).Concat(Networks.SelectMany(n => n.Events)).Where(e => e.Kind == EventKind.Load))
            if (load.Subject is Layer { Type: { } type }) Add(type);
        return loaded;
    }

    public Network? NetworkOf(INamedTypeSymbol type)
    {
        if (_networks.TryGetValue(type, out var known)) return known;
        _networks[type] = null; // a module that contains itself ends here
        return _networks[type] = ReadModule(type);
    }

    /// <summary>Whether a helper called with this parameter false leaves the activation out.</summary>
    public bool IsSwitchFor(IMethodSymbol helper, IParameterSymbol parameter, Op activation)
    {
        bool Activates(bool on)
        {
            var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation);
            var given = new Dictionary<string, Argument> { [parameter.Name] = new(new Constant(on), null!) };
            if (reader.Run(helper, null, given, null, null) is not { } frame) return true;
            return frame.Returns.Select(r => r.Value).Any(v => v switch
            {
                Layer { Children: { } children } => children.Elements.Any(c => c is Layer { Op: var op } && op == activation),
                Layer layer => layer.Op == activation,
                Step step => step.Op == activation,
                _ => true,
            });
        }
        return Activates(true) && !Activates(false);
    }

    private Network? ReadModule(INamedTypeSymbol type)
    {
        var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation);
        var self = Self(type);
        reader.Construct(type, self);
        var forward = Ancestors(type).SelectMany(t => t.GetMembers()).OfType<IMethodSymbol>()
            .FirstOrDefault(m => m.Name is "forward" or "Forward" && !m.IsAbstract && _torch.IsOwn(m) && m.Parameters.Any(p => _torch.IsTensor(p.Type)));
        var outputs = new List<Output>();
        if (forward is not null)
        {
            // The shape is known when every call site agrees on everything but the batch.
            var given = new Dictionary<string, Argument>();
            var known = CommonShape(ShapesOf(type));
            var tensor = forward.Parameters.First(p => _torch.IsTensor(p.Type));
            if (known is not null)
            {
                var input = new Step(StepKind.Input, new Op(tensor.Name, Role.Source), [], null);
                input.Shape = known.With(0, Dim.Named(new Axis(input, 0)));
                given[tensor.Name] = new Argument(input, null!);
            }
            if (reader.Run(forward, self, given, null, null) is { } frame)
                foreach (var (value, _, predicts) in frame.Returns)
                    if (value is Step step) outputs.Add(new Output(step, predicts));
        }
        return new Network(type.Name, type, null, reader, outputs, NetworkOf);
    }

    private static IEnumerable<INamedTypeSymbol> Ancestors(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType) yield return t;
    }

    private List<Shape> ShapesOf(INamedTypeSymbol type) => _inputShapes.TryGetValue(type, out var list) ? list : _inputShapes[type] = [];

    private static Shape? CommonShape(IReadOnlyList<Shape> shapes) =>
        shapes.Count > 0 && shapes.All(s => s.Rank == shapes[0].Rank && s.Rank > 0 && s.Dims.Skip(1).All(d => d.Size is not null) && s.Dims.Skip(1).SequenceEqual(shapes[0].Dims.Skip(1)))
            ? shapes[0] : null;

    private Network ReadContainer(Layer container, Shape input)
    {
        var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation);
        var step = new Step(StepKind.Input, new Op("input", Role.Source), [], null) { Shape = input.HasRank && input.Rank > 0 ? input : Shape.Unknown };
        var output = reader.ApplyContainer(container, step);
        return new Network(container.Name, null, container, reader, output is Step last ? [new Output(last, false)] : [], NetworkOf);
    }

    /// <summary>Finds the network whose output a loss was given, with only reshapes between.</summary>
    private void Link(Step loss)
    {
        var prediction = loss.Input;
        while (prediction is { Kind: StepKind.Operation } && prediction.Role is Role.Reshape or Role.Identity or Role.Indexing or Role.Permute && prediction!.Op.Name != "detach")
            prediction = prediction.Input;
        if (prediction is not { Kind: StepKind.Network, Layer: { } layer }) return;
        var network = layer.Type is { } type ? NetworkOf(type)
            : layer is { IsSequential: true, Syntax: { } syntax } ? _containers.TryGetValue(syntax, out var known) ? known : _containers[syntax] = ReadContainer(layer, prediction.Input?.Shape ?? Shape.Unknown)
            : null;
        var use = new LossUse(loss, loss.Inputs.Count > 1 ? loss.Inputs[1] : null, prediction.Input);
        if (network is null) return;
        // The same line is read once alone and once for each caller; the reading that knows its targets counts.
        if (network.Losses.FirstOrDefault(u => u.Loss.Syntax == loss.Syntax && u.Op == use.Op) is { } same)
        {
            if (same.Target?.Range is not null || use.Target?.Range is null) return;
            network.Losses.Remove(same);
        }
        network.Losses.Add(use);
    }

    private IEnumerable<TrainingSite> ReadSites(SyntaxTree tree)
    {
        var root = tree.GetRoot(_cancellation);
        var model = _model(tree);
        // All top-level statements are one method.
        if (root.ChildNodes().OfType<GlobalStatementSyntax>().Any() && model.GetDeclaredSymbol(root, _cancellation) is IMethodSymbol main && model.GetOperation(root, _cancellation) is { } body)
            yield return Read("the program", root, reader => reader.Run(body, main, null, new Dictionary<string, Argument>(), null, null));
        foreach (var node in root.DescendantNodes(n => n is not BaseMethodDeclarationSyntax).OfType<MethodDeclarationSyntax>())
        {
            _cancellation.ThrowIfCancellationRequested();
            if (model.GetDeclaredSymbol(node, _cancellation) is not IMethodSymbol method || method.IsAbstract) continue;
            if (_torch.IsUserModule(method.ContainingType) && method.Name is "forward" or "Forward") continue;
            yield return Read(method.Name, node, reader =>
            {
                var self = method.IsStatic ? null : Self(method.ContainingType);
                if (self is not null) reader.Construct(method.ContainingType, self);
                reader.Run(method, self, new Dictionary<string, Argument>(), null, null);
            });
        }
    }

    /// <summary>An object of a class of the project, as its own methods see it.</summary>
    private Value Self(INamedTypeSymbol type) =>
        _torch.IsUserModule(type) ? new Layer(new Op(type.Name, Role.Opaque), null) { Type = type, Name = type.Name } : new Instance(type);

    private TrainingSite Read(string name, SyntaxNode body, Action<Reader> read)
    {
        var reader = new Reader(_torch, _model, insideNetwork: false, _cancellation);
        read(reader);
        return new TrainingSite(name, body, reader.Events, reader.Steps, reader.Losses);
    }
}

/// <summary>What a file mentions, from its text alone; kept for as long as the tree lives.</summary>
internal sealed class TreeDigest
{
    private static readonly ConditionalWeakTable<SyntaxTree, TreeDigest> Cache = new();
    private static readonly string[] TorchWords = ["TorchSharp", "Module", "Tensor", "torch"];
    private static readonly string[] TensorCodeWords = ["Loss", "_loss", "cross_entropy", "optim", "reshape", ".view("];

    private TreeDigest(string text)
    {
        MentionsTorch = TorchWords.Any(text.Contains);
        HasTensorCode = TensorCodeWords.Any(text.Contains);
        Trains = text.Contains("backward");
    }

    public bool MentionsTorch { get; }
    public bool HasTensorCode { get; }
    public bool Trains { get; }

    public static TreeDigest Of(SyntaxTree tree, CancellationToken cancellation) => Cache.GetValue(tree, t => new TreeDigest(t.GetText(cancellation).ToString()));
}
