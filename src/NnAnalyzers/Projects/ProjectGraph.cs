using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using NnAnalyzers.Graph;
using NnAnalyzers.Reading;
using NnAnalyzers.Shapes;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Projects;

/// <summary>
/// Everything the rules can ask about one compilation: its networks, its training code, and which meets which. Nothing is read before
/// it is asked for: a question about one file reads that file and those that lead to it (<see cref="FileIndex.Reaching"/>).
/// </summary>
internal sealed class ProjectGraph
{
    private readonly TorchSymbols _torch;
    private CancellationToken _cancellation;
    private readonly AnalyzerConfigOptionsProvider? _options;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private readonly Func<SyntaxTree, SemanticModel> _model;
    private readonly Dictionary<INamedTypeSymbol, Network?> _networks = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<(INamedTypeSymbol, string), Network> _ways = [];
    private readonly Dictionary<Layer, List<(ImmutableArray<Value> Elements, Network Network)>> _containers = [];
    private readonly Dictionary<SyntaxTree, List<Network>> _containersIn = [];
    private readonly Dictionary<SyntaxTree, IReadOnlyList<Network>> _networksIn = [];
    private readonly Dictionary<SyntaxNode, TrainingSite?> _sites = [];
    private readonly Blocks _blocks;
    private readonly HashSet<IMethodSymbol> _entered = new(SymbolEqualityComparer.Default);
    private readonly Reached _read = new();

    /// <summary>Methods that were read by themselves, and those that something entered besides.</summary>
    private readonly HashSet<IMethodSymbol> _alone = new(SymbolEqualityComparer.Default),
        _enteredLater = new(SymbolEqualityComparer.Default);
    private readonly NetworkUses _uses = new();
    private readonly LossLinks _losses;

    /// <param name="options">What .editorconfig files say; null for nothing.</param>
    public ProjectGraph(Compilation compilation, TorchSymbols torch, CancellationToken cancellation = default,
        AnalyzerConfigOptionsProvider? options = null)
    {
        (_torch, _cancellation, _options) = (torch, cancellation, options);
        _model = tree => _models.TryGetValue(tree, out var model) ? model : _models[tree] = compilation.GetSemanticModel(tree);
        _losses = new(Applied, SitesReaching);
        Files = new(compilation, cancellation);
        _blocks = new(new Budget(Files.Files.Sum(f => (long)f.Length)));
    }

    public FileIndex Files { get; }

    /// <summary>
    /// A rule's number in the .editorconfig files of a file, written as the SDK's rules have theirs:
    /// <c>dotnet_code_quality.NN1008.max_filters = 256</c>; what is no positive whole number counts as not written.
    /// </summary>
    public int Option(SyntaxTree file, string rule, string name, int usual) =>
        _options?.GetOptions(file).TryGetValue($"dotnet_code_quality.{rule}.{name}", out var text) == true
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : usual;

    /// <summary>Whether anything in the project trains: some code calls backward.</summary>
    public bool Trains => Files.Trains;

    /// <summary>The number of method bodies and classes that were read.</summary>
    public int Readings { get; private set; }

    /// <summary>What all readings took, in operations.</summary>
    public long Operations => _blocks.Budget.Operations;

    /// <summary>How often something was too large to follow.</summary>
    public int BoundsMet => _blocks.Budget.Met;

    /// <summary>Every site of the project; reads all of it.</summary>
    public IReadOnlyList<TrainingSite> Sites
    {
        get
        {
            foreach (var file in Files.Files) Read(file);
            return Files.Files.SelectMany(SitesIn).ToList();
        }
    }

    /// <summary>Every network of the project, with the losses it meets; reads all of it.</summary>
    public IReadOnlyList<Network> Networks
    {
        get
        {
            var networks = Files.Files.SelectMany(NetworksIn).ToList();
            foreach (var site in Sites) LossesOf(site);
            foreach (var network in networks) LossesOf(network);
            return networks.Concat(Files.Files.SelectMany(ContainersIn)).ToList();
        }
    }

    /// <summary>Classes and methods that could not be read.</summary>
    public List<(SyntaxNode Place, Exception Error)> Failures { get; } = [];

    /// <summary>Stops what is asked next.</summary>
    public void StopWith(CancellationToken cancellation) => _cancellation = cancellation;

    /// <summary>A class or method that cannot be read says so; the others are read all the same.</summary>
    private T? Guarded<T>(SyntaxNode place, Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failures.Add((place, error));
            return null;
        }
    }

    // ---- Training code.

    /// <summary>Reads the training code of all files that reach this one, as far as it was not read before.</summary>
    public void Read(SyntaxTree tree)
    {
        var files = Files.Reaching(tree, _read);
        if (files.Count == 0) return;
        var methods = files.SelectMany(f => Files.DigestOf(f)!.Methods).ToList();
        // A method is read where it is called from, and by itself only when nothing calls it.
        var called = new HashSet<string>(methods.SelectMany(m => m.Mentions.Where(x => x != m.Name)), StringComparer.Ordinal);
        var (starts, others) = (new List<TrainingSite>(), new List<TrainingSite>());
        foreach (var method in CallOrder.CallersFirst(methods.Where(Files.Touches).ToList(), m => m))
            if (Guarded(method.Node, () => ReadSite(method)) is { } site) (called.Contains(method.Name) ? others : starts).Add(site);
        foreach (var site in starts.Concat(others.Where((s, i) => !IsEntered(s, i)).ToList()))
        {
            _sites[site.Body] = site;
            foreach (var made in site.Events)
                if (made is { Kind: EventKind.CreateModel, Subject: Layer { Type: { } type } layer })
                    _uses.Add(type, new(layer.Arguments, []));
            foreach (var call in site.Steps)
                if (call is { Kind: StepKind.Network, Layer.Type: { } applied, Input: not null })
                    _uses.Add(applied, new(call.Layer!.Arguments, call.Arguments.Values.Select(v => (v as Step)?.Shape).ToList())
                        { Applied = call });
            _uses.AddReplaced(site.Trace.Replaced);
        }

        // By another one; of two that call each other the first stays.
        bool IsEntered(TrainingSite site, int index)
        {
            if (!_enteredLater.Contains(site.Method)) return false;
            return others.Where((other, i) => i != index && other.Enters(site.Method) && !(index < i && site.Enters(other.Method))).Any();
        }
    }

    /// <summary>The training code that starts in a file; it must have been read.</summary>
    public IEnumerable<TrainingSite> SitesIn(SyntaxTree tree) =>
        Files.DigestOf(tree)?.Methods.Select(m => _sites.TryGetValue(m.Node, out var site) ? site : null).OfType<TrainingSite>() ?? [];

    /// <summary>The Sequentials made in a file that training code applies.</summary>
    public IReadOnlyList<Network> ContainersIn(SyntaxTree tree) => _containersIn.TryGetValue(tree, out var list) ? list : [];

    /// <summary>All training code from which a file is reached.</summary>
    public IEnumerable<TrainingSite> SitesReaching(SyntaxTree tree)
    {
        Read(tree);
        return Files.Reaching(tree, new()).SelectMany(SitesIn);
    }

    private TrainingSite? ReadSite(TreeDigest.MethodDigest digest)
    {
        _cancellation.ThrowIfCancellationRequested();
        var model = _model(digest.Node.SyntaxTree);
        if (model.GetDeclaredSymbol(digest.Node, _cancellation) is not IMethodSymbol method || method.IsAbstract
            || _entered.Contains(method)) return null;
        // The other methods of a network are read with it, unless they train.
        var isModule = _torch.IsUserModule(method.ContainingType);
        if (isModule && (!digest.Trains || method.Name is "forward" or "Forward" || method.ContainingType.IsAbstract)) return null;
        Readings++;
        Reader reader;
        if (digest.Node is CompilationUnitSyntax)
        {
            reader = NewSite();
            if (model.GetOperation(digest.Node, _cancellation) is not { } body) return null;
            reader.Run(body, method, null, Arguments.None, null, null);
        }
        else
        {
            var (made, self) = method.IsStatic ? (NewSite(), null) : ObjectOf(method.ContainingType);
            reader = made;
            // What it returns goes to whoever calls it.
            if (reader.Run(method, self, Arguments.None, null, null) is { } frame)
                foreach (var (value, place, _) in frame.Returns) reader.Escape([value], place);
        }
        foreach (var entered in reader.Trace.Entered)
            if (!_entered.Add(entered) || _alone.Contains(entered)) _enteredLater.Add(entered);
        _alone.Add(method);
        return new TrainingSite(method.Name == "<Main>$" ? "the program" : method.Name, method, digest.Node, reader.Trace);
    }

    private Reader NewSite() => new(_torch, _model, insideNetwork: false, _cancellation, _blocks) { ShapesOfNetwork = ShapesOf };

    private readonly Dictionary<INamedTypeSymbol, (Reader Made, Value Self)> _objects = new(SymbolEqualityComparer.Default);

    /// <summary>An object of a class, constructed; each of its methods goes on from there.</summary>
    private (Reader Reader, Value? Self) ObjectOf(INamedTypeSymbol type)
    {
        if (!_objects.TryGetValue(type, out var known))
        {
            known = (NewSite(), Self(type));
            known.Made.ConstructRoot(type, known.Self);
            _objects[type] = known;
        }
        return (known.Made.Continue(), known.Self);
    }

    /// <summary>An object of a class of the project, as its own methods see it.</summary>
    private Value Self(INamedTypeSymbol type) =>
        _torch.IsUserModule(type) ? new Layer(new Op(type.Name, Role.Opaque), null) { Type = type, Name = type.Name } : new Instance(type);

    /// <summary>What comes out of a network that training code applies: its class read with what it was made with and is given.</summary>
    private IReadOnlyList<Shape> ShapesOf(Step applied)
    {
        if (applied.Layer is not { } layer || applied.Input is null) return [];
        var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation, _blocks, applied.Before.Open(), isQuestion: true);
        var copies = new Dictionary<Step, Step>();
        Step Copy(Step input) => copies.TryGetValue(input, out var copy) ? copy
            : copies[input] =
            new Step(StepKind.Input, input.Kind == StepKind.Input ? input.Op : new Op("input", Role.Source), [], null)
            { Shape = input.Shape, Range = input.Range, MayBeNull = input.MayBeNull };
        Value? result = null;
        if (layer.IsSequential) result = reader.ApplyContainer(layer, Copy(applied.Input));
        else if (layer.Type is not null && applied.Operation is Microsoft.CodeAnalysis.Operations.IInvocationOperation call)
            result = reader.ApplyModule(layer, call.TargetMethod, applied.Arguments.With((value, _) => reader.Copied(value, Copy)), call);
        Readings++;
        return result is Step output ? [Outside(output.Shape)]
            : reader.ContentsOf(result)?.Elements.Select(e => e is Step part ? Outside(part.Shape) : Shape.Unknown).ToList() ?? [];

        // Sizes that are called after a copy are those of the tensor itself.
        Shape Outside(Shape inside) => copies.Aggregate(inside, (shape, pair) => Given(shape, pair.Value, pair.Key));
    }

    /// <summary>A shape in the axes of one input, for another input.</summary>
    private static Shape Given(Shape shape, Step from, Step input) =>
        shape.Replace(symbol => symbol is Axis axis && axis.Tensor == from ? Reader.AxisOf(input, axis.Index) : null);

    // ---- Networks.

    public IReadOnlyList<Network> NetworksIn(SyntaxTree tree)
    {
        if (_networksIn.TryGetValue(tree, out var known)) return known;
        if (Files.DigestOf(tree) is not { } digest) return _networksIn[tree] = [];
        return _networksIn[tree] = digest.Types.Where(t => t.BaseList is not null || t.Modifiers.Any(m => m.Text == "partial"))
            .Select(t => _model(tree).GetDeclaredSymbol(t, _cancellation)).OfType<INamedTypeSymbol>().Where(_torch.IsUserModule)
            .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).Where(t => Declarations.First(t).SyntaxTree == tree)
            .SelectMany(t => WaysOf(t).Prepend(NetworkOf(t))).OfType<Network>().ToList();
    }

    /// <summary>A class that is made in several ways, each as it is then.</summary>
    private IEnumerable<Network?> WaysOf(INamedTypeSymbol type) =>
        NetworkOf(type) is null ? [] : _uses.Ways(type).Values.Select(w => NetworkOf(type, w[0].Made));

    /// <summary>A module class as it is when it is made with some arguments; for what is not told apart as all uses agree on it.</summary>
    private Network? NetworkOf(INamedTypeSymbol type, Arguments made)
    {
        type = type.OriginalDefinition;
        var network = NetworkOf(type);
        // Most classes are made in one way: then nothing is compared.
        if (network is null || _uses.Ways(type) is not { Count: > 0 } ways || NetworkUses.Way(made) is not { } way
            || !ways.TryGetValue(way, out var uses)) return network;
        if (_ways.TryGetValue((type, way), out var known)) return known;
        _ways[(type, way)] = network;
        return _ways[(type, way)] = Guarded(Declarations.First(type).GetSyntax(_cancellation), () => ReadModule(type, uses))
            ?? network;
    }

    public Network? NetworkOf(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (_networks.TryGetValue(type, out var known)) return known;
        _networks[type] = null; // a module that contains itself ends here
        if (Declarations.First(type).SyntaxTree is { } tree) Read(tree);
        return _networks[type] = type.IsAbstract ? null
            : Guarded(Declarations.First(type).GetSyntax(_cancellation), () => ReadModule(type, _uses.Of(type)));
    }

    /// <summary>
    /// Reads a module class with what all uses of it agree on: constructor arguments, and its input but for the batch.
    /// </summary>
    private Network ReadModule(INamedTypeSymbol type, IReadOnlyList<NetworkUse> uses)
    {
        Readings++;
        var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation, _blocks);
        var self = Self(type);
        var agreed = NetworkUses.AgreedArguments(uses);
        var met = _blocks.Budget.Met;
        reader.ConstructRoot(type, self, agreed);
        var membership = new Membership(type, self, reader.Trace.Events, reader.State.Now,
            _blocks.Budget.Met == met && RegistersNothingElse(type, reader.Trace.Events));
        var making = reader.Trace.Events.ToList();
        foreach (var (member, layer, then) in _uses.Replacements(type, uses)) reader.Replace(self, member, layer, then);
        var methods = Declarations.Ancestors(type).Where(t => _torch.IsOwn(t)).SelectMany(Declarations.Members).OfType<IMethodSymbol>()
            .Where(m => m is { MethodKind: MethodKind.Ordinary, IsStatic: false, IsAbstract: false } && _torch.IsOwn(m)).ToList();
        var forward = methods.FirstOrDefault(m => m.Name is "forward" or "Forward" && m.Parameters.Any(p => _torch.IsTensor(p.Type)))
            ?? methods.FirstOrDefault(m => m.Name is "forward" or "Forward");
        var outputs = new List<Output>();
        var known = NetworkUses.AgreedInput(uses);
        var made = reader.Trace.Layers.Count;
        if (forward is not null)
        {
            if (reader.Run(forward, self, InputsOf(forward, uses, reader), null, null) is { } frame)
                foreach (var (value, _, when) in frame.Returns) reader.Put(outputs, value, when);
        }
        var madeInForward = reader.Trace.Layers.Skip(made).ToList();
        // Its other methods belong to it; those that train are sites of their own.
        // What others call is read where they call it.
        foreach (var other in CallOrder.CallersFirst(methods, DigestOf).Where(m => !SymbolEqualityComparer.Default.Equals(m, forward)))
            if (!reader.Trace.Entered.Contains(other)
                && !methods.Any(m =>
                SymbolEqualityComparer.Default.Equals(m.OverriddenMethod?.OriginalDefinition, other.OriginalDefinition)) && Touches(other))
            {
                // What is inherited may be made for other fields than this class has.
                if (SymbolEqualityComparer.Default.Equals(other.ContainingType.OriginalDefinition, type))
                    reader.Run(other, self, Arguments.None, null, null);
                else reader.Consider(other, self);
            }
        return new Network(type.Name, type, Declarations.First(type).SyntaxTree, reader.Trace, outputs)
        {
            Membership = membership, MakingEvents = making, MadeInForward = madeInForward,
            IsReadAsUsed = uses.Count > 0 && agreed!.Count == uses[0].Made.Count
            && uses.All(u => u.Input is null || known is not null || !u.Input.HasRank),
        };
    }

    /// <summary>
    /// Whether a class registers parts in the ways TorchSharp has, and only where its constructor was seen to: it derives from Module, no
    /// other code in it or its bases says that it registers, and none hands out other parameters.
    /// </summary>
    private bool RegistersNothingElse(INamedTypeSymbol type, IReadOnlyList<Event> events)
    {
        var ancestors = Declarations.Ancestors(type).TakeWhile(_torch.IsOwn).ToList();
        if (ancestors[ancestors.Count - 1].BaseType is not { Name: "Module" } root || !_torch.IsTorch(root)
            || ancestors.SelectMany(t => t.GetMembers()).Any(m => m is IMethodSymbol { IsOverride: true } && Effects.HandsOut(m.Name)))
            return false;
        var seen = new HashSet<SyntaxNode>(events.Where(e => e.Kind is EventKind.Register or EventKind.Grow)
            .Select(e => e.Operation.Syntax));
        return ancestors.SelectMany(t => t.DeclaringSyntaxReferences).All(r => Files.DigestOf(r.SyntaxTree) is { } digest
            && (!digest.Mentions.Any(Effects.Registers) || r.GetSyntax(_cancellation).DescendantNodes().OfType<SimpleNameSyntax>()
            .All(n => !Effects.Registers(n.Identifier.ValueText) || n.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
            && seen.Contains(call))));
    }

    /// <summary>
    /// The tensors that go into a network, as far as every call site agrees on their shapes: on everything but the batch.
    /// </summary>
    private Arguments InputsOf(IMethodSymbol forward, IReadOnlyList<NetworkUse> uses, Reader reader)
    {
        var applied = uses.Where(u => u.Input is not null).ToList();
        var given = new List<Argument>();
        Step? first = null;
        foreach (var parameter in forward.Parameters.Where(p => _torch.IsTensor(p.Type)))
        {
            var shapes = applied.Select(u => u.Inputs.ElementAtOrDefault(parameter.Ordinal)).ToList();
            if (shapes.Contains(null) || NetworkUses.Agreed(shapes.OfType<Shape>().ToList()) is not { } known) continue;
            var input = new Step(StepKind.Input, new Op(parameter.Name, Role.Source), [], null);
            // A second tensor is of the same batch where all say so.
            var isSameBatch = first is not null && applied.All(u => u.Inputs[parameter.Ordinal]!.At(0).Equals(u.Input!.At(0)));
            input.Shape = known.With(0, Dim.Named(new Axis(isSameBatch ? first! : input, 0)));
            first ??= ReferenceEquals(applied[0].Input, shapes[0]) ? input : null;
            reader.Trace.Steps.Add(input);
            given.Add(new Argument(parameter.Name, input, null!));
        }
        return new Arguments(given.ToArray());
    }

    /// <summary>Whether a method works on tensors at all.</summary>
    private bool Touches(IMethodSymbol method) => _torch.IsTensor(method.ReturnType) || method.Parameters.Any(p => _torch.IsTensor(p.Type))
        || DigestOf(method)?.Touches == true;

    private TreeDigest.MethodDigest? DigestOf(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences[0] is var place ? Files.DigestOf(place.SyntaxTree)?.MethodAt(place.Span) : null;

    /// <summary>A Sequential as it was when training code applied it; one that grows later is another network then.</summary>
    private Network ReadContainer(Layer container, Step applied)
    {
        var state = applied.Before.Open();
        var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation, _blocks, state, isQuestion: true);
        var elements = reader.ContentsOf(container)?.Elements ?? ImmutableArray<Value>.Empty;
        if (!_containers.TryGetValue(container, out var known)) _containers[container] = known = [];
        foreach (var (before, same) in known)
            if (before.SequenceEqual(elements)) return same;
        Readings++;
        var output =
            reader.ApplyContainer(container,
            new Step(StepKind.Input, new Op("input", Role.Source), [], null) { Shape = applied.Input?.Shape ?? Shape.Unknown });
        var network =
            new Network(container.Name, null, container.Syntax?.SyntaxTree, reader.Trace,
            output is Step last ? [new Output(last, last.When)] : []) { Container = container };
        known.Add((elements, network));
        if (!_containersIn.TryGetValue(container.Syntax!.SyntaxTree, out var list)) _containersIn[container.Syntax.SyntaxTree] = list = [];
        list.Add(network);
        return network;
    }

    // ---- Losses.

    /// <summary>The network a step of training code applies.</summary>
    public Network? Applied(Step step) => step.Layer switch
    {
        { Type: { } type, Arguments: var made } => NetworkOf(type, made),
        { IsSequential: true, Syntax: not null } sequence => ReadContainer(sequence, step),
        _ => null,
    };

    /// <summary>The steps of a site, and of the networks it applies.</summary>
    public IEnumerable<Step> StepsOf(TrainingSite site) =>
        site.Steps.Concat(AppliedBy(site).SelectMany(n => n.AllSteps).Select(s => s.Step));

    /// <summary>The networks that training code applies.</summary>
    public IEnumerable<Network> AppliedBy(TrainingSite site) =>
        site.Steps.Where(s => s.Kind == StepKind.Network).Select(Applied).OfType<Network>().Distinct();

    /// <summary>The networks whose parameters an optimizer steps, as far as training code applies them.</summary>
    public IEnumerable<Network> TrainedBy(Optimizer optimizer, TrainingSite site) =>
        site.Of(EventKind.Step).Any(e => e.Subject == optimizer)
            ? site.Steps.Where(s => s.Kind == StepKind.Network && optimizer.Models.Contains(s.Layer!)).Select(Applied).OfType<Network>()
            .Distinct() : [];

    /// <summary>What each network of a site is given, with the tensor that stands for it inside.</summary>
    public IReadOnlyList<Fed> FedBy(TrainingSite site)
    {
        if (_fed.TryGetValue(site, out var known)) return known;
        var taught = new HashSet<Step>(LossesOf(site).Where(u => !u.Loss.PredictionOnly && !site.IsOnlyLookedAt(u.Loss))
            .SelectMany(u => u.NetworkInputs));
        return _fed[site] = (from applied in site.Steps
                             where applied.Kind == StepKind.Network
                             let network = Applied(applied)
                             where network is not null
                             from input in network.Steps
                             where input.Kind == StepKind.Input
                             let given = Given(applied, network, input)
                             where given is not null
                             select new Fed(applied, network, given, input)
                                 { IsTrained = !applied.PredictionOnly && taught.Contains(given) }).ToList();
    }

    private readonly Dictionary<TrainingSite, IReadOnlyList<Fed>> _fed = [];

    /// <summary>What a network is given anywhere in the project.</summary>
    public IEnumerable<Fed> FedTo(Network network) =>
        network.Tree is { } tree ? SitesReaching(tree).SelectMany(FedBy).Where(f => f.Network == network) : [];

    /// <summary>What the same input of the same network is given anywhere.</summary>
    public IReadOnlyList<Fed> FedLike(Fed fed) => FedTo(fed.Network).Where(f => f.Input == fed.Input).ToList();

    /// <summary>What a network is given for one of its inputs; a call may name the parameter as a base class does.</summary>
    private static Step? Given(Step applied, Network network, Step input) => network.Type is null ? applied.Input
        : (network.Type.GetMembers().OfType<IMethodSymbol>().Where(m => m.Name is "forward" or "Forward").SelectMany(m => m.Parameters)
        .FirstOrDefault(p => p.Name == input.Op.Name) is { } parameter
        ? applied.Arguments.ElementAtOrDefault(parameter.Ordinal)?.Value : null) as Step;

    /// <summary>The losses of a site, each with the steps that decide what it gets.</summary>
    public IReadOnlyList<LossUse> LossesOf(TrainingSite site) => _losses.Of(site);

    /// <summary>The losses a network computes itself.</summary>
    public IReadOnlyList<LossUse> LossesOf(Network network) => _losses.Of(network);

    /// <summary>The steps that decide a tensor of training code.</summary>
    public IEnumerable<Source> Behind(Step step, TrainingSite site) => _losses.Behind(step, site);

    /// <summary>The type of the prediction's elements; null where nothing tells, or code moves networks to another type.</summary>
    public ElementType? ElementsOf(LossUse use)
    {
        static bool Retypes(Event happened) => happened is { Kind: EventKind.Move, Subject: Layer } && Elements.IsRetyped(happened);
        if (use.Loss.Syntax is not { SyntaxTree: var tree } || use.Ends.Count == 0
            || Files.DigestOf(tree)?.Mentions.Contains("set_default_dtype") != false
            || SitesIn(tree).Concat(use.Ends.Select(e => e.Network).OfType<Network>().SelectMany(SitesAround))
                .Any(s => s.Events.Any(Retypes)) || use.Ends.Any(e => e.Network?.Events.Any(Retypes) == true)) return null;
        var types = use.Ends.Select(e => Elements.Of(e.Last)).Distinct().ToList();
        return types is [{ } only] ? only : null;
    }

    /// <inheritdoc cref="Chain.Aligned"/>
    public IEnumerable<Step> Aligned(Step step) => Chain.Aligned(step, Applied);

    /// <summary>What the gradients of a site pass on their way back.</summary>
    public GradientWay GradientsOf(TrainingSite site) => _gradients.TryGetValue(site, out var known) ? known
        : _gradients[site] = new(site.Of(EventKind.Backward).Select(e => e.Subject).OfType<Step>(), Applied, Given);

    private readonly Dictionary<TrainingSite, GradientWay> _gradients = [];

    /// <inheritdoc cref="LossLinks.IsFedParts"/>
    public bool IsFedParts(Network network) => _losses.IsFedParts(network);

    /// <inheritdoc cref="LossLinks.IsOnlyForLosses"/>
    public bool IsOnlyForLosses(Step step, Network? network, bool orPredicted = false) =>
        _losses.IsOnlyForLosses(step, network, orPredicted);

    // ---- What else is asked.

    /// <summary>Where a file says one of some names, with what it means there.</summary>
    /// <param name="isAsked">The names.</param>
    /// <param name="isThere">Whether a place is worth the question what it means; all are if not given.</param>
    public IEnumerable<(SimpleNameSyntax Place, ISymbol Symbol)> Named(SyntaxTree file, Func<string, bool> isAsked,
        Func<SimpleNameSyntax, bool>? isThere = null) =>
        !TreeDigest.Of(file, _cancellation).Mentions.Any(isAsked) ? []
            : file.GetRoot(_cancellation).DescendantNodes().OfType<SimpleNameSyntax>()
            .Where(n => isAsked(n.Identifier.ValueText) && isThere?.Invoke(n) != false)
            .Select(n => (Place: n, _model(file).GetSymbolInfo(n, _cancellation).Symbol!)).Where(n => n.Item2 is not null);

    /// <summary>Whether a network that is applied keeps tensors from one call to the next, in itself or in a part.</summary>
    public bool KeepsTensors(Event applied, TrainingSite site) =>
        site.Applied(applied) is { } step && Applied(step) is { } network && network.AllSteps.Select(s => s.Step.Layer?.Type)
        .Append(network.Type).OfType<INamedTypeSymbol>().SelectMany(t => Declarations.Members(t)).Any(m => m switch
        {
            IFieldSymbol { IsReadOnly: false, Type: var type } => _torch.IsTensor(type),
            IPropertySymbol { SetMethod: not null, Type: var type } => _torch.IsTensor(type),
            _ => false,
        });

    /// <summary>Whether a value of a type can be assigned to a variable where it is named.</summary>
    public bool IsAssignable(ExpressionSyntax variable, ITypeSymbol type)
    {
        var declared = _model(variable.SyntaxTree).GetSymbolInfo(variable, _cancellation).Symbol switch
        {
            ILocalSymbol { IsUsing: false, IsForEach: false, RefKind: RefKind.None } local => local.Type,
            IParameterSymbol { RefKind: RefKind.None or RefKind.Ref or RefKind.Out } parameter => parameter.Type,
            IFieldSymbol { IsReadOnly: false } field when variable is IdentifierNameSyntax
                or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } => field.Type,
            _ => null,
        };
        return SymbolEqualityComparer.Default.Equals(declared, type);
    }

    /// <summary>
    /// Whether the class around a place may have written itself what it reads: a file of a name that is not written there, or one that is
    /// written there twice.
    /// </summary>
    public bool WritesFiles(SyntaxNode place) =>
        place.FirstAncestorOrSelf<TypeDeclarationSyntax>() is var type && Named(place.SyntaxTree, DataSources.Writes)
        .Where(n => type is null || type.Span.Contains(n.Place.Span)).Any(n =>
            n.Place.FirstAncestorOrSelf<InvocationExpressionSyntax>()?.ArgumentList.Arguments.FirstOrDefault()?.Expression
            is not LiteralExpressionSyntax { Token.Text: var name }
            || place.SyntaxTree.GetRoot(_cancellation).DescendantTokens().Count(t => t.Text == name) > 1);

    /// <summary>
    /// Words of training code for which other networks are right than for data: policies and values want smooth, bounded layers, and so do
    /// solutions of differential equations.
    /// </summary>
    private static readonly HashSet<string> SpecialWords = new(["multinomial", "log_prob", "Categorical", "reward", "rewards", "Reward",
        "Rewards", "advantage", "advantages", "episode", "replay", "grad", "LBFGS"], StringComparer.Ordinal);

    /// <summary>Whether the code around a loss teaches a policy, or differentiates by hand; its words tell.</summary>
    public bool IsSpecial(LossUse use) => IsSpecial(use.Loss);

    /// <inheritdoc cref="IsSpecial(LossUse)"/>
    public bool IsSpecial(Step loss) =>
        loss.Syntax is not { } place || Files.DigestOf(place.SyntaxTree)?.Mentions.Any(SpecialWords.Contains) != false;

    /// <summary>Whether the code around a loss says the name of one that has its terms from a paper.</summary>
    public bool IsNamed(Step loss) =>
        loss.Syntax is not { } place || Files.DigestOf(place.SyntaxTree)?.Mentions.Any(LossNames.IsIn) != false;

    /// <summary>The constructor arguments on which all code that makes such a module agrees.</summary>
    public Arguments MadeWith(INamedTypeSymbol type) => NetworkUses.AgreedArguments(_uses.Of(type)) ?? Arguments.None;

    /// <summary>Whether training code says what goes into a network.</summary>
    public bool IsFedKnownShape(Network network) =>
        network.Type is { } type && NetworkUses.AgreedInput(_uses.Of(type)) is not null;

    /// <summary>What the weights of a network start with, where its own code or training code says so.</summary>
    public IReadOnlyList<WeightStart> StartsOf(Network network)
    {
        if (_starts.TryGetValue(network, out var known)) return known;
        var all = network.Initializations.ToList();
        if (network.Tree is { } tree) all.AddRange(SitesReaching(tree).SelectMany(s => s.Initializations));
        return _starts[network] = Initialization.In(network, all);
    }

    private readonly Dictionary<Network, IReadOnlyList<WeightStart>> _starts = [];

    /// <summary>Whether code fills a parameter of a network, may do so, or hands it to code that is not read.</summary>
    public bool IsFilled(Step parameter, Network network) => EventsAround(network).Any(e => e.Kind == EventKind.Init
            && (e.Subject is Step filled
                ? Flow.Behind(filled).Any(s => s.Syntax == parameter.Syntax)
                    || Flow.Behind(parameter).Any(s => s.Syntax == filled.Syntax)
            : e.Subject is ParameterOf { Name: null } && Initialization.Picks(e, "", parameter.Shape.Rank) != false))
        || StepsAround(network).Any(s => s.Syntax != parameter.Syntax && (s.IsWritten || s.Kind == StepKind.Unknown)
            && Flow.Behind(s).Take(8).Any(b => b.Syntax == parameter.Syntax));

    /// <summary>Whether code fills the vectors of a layer of a network, or may do so.</summary>
    public bool IsFilled(Layer layer, Network network) => EventsAround(network).Any(e => e.Kind is EventKind.Init or EventKind.Load
        && e.Module is { } filled && (filled == layer || filled.Syntax == layer.Syntax
        || filled.Op == layer.Op || e.Subject is ParameterOf { Name: null } && Initialization.Picks(e, "", 1) != false));

    private IEnumerable<Event> EventsAround(Network network) =>
        SitesAround(network).SelectMany(s => s.Events).Concat(WholesOf(network).SelectMany(n => n.Events));

    private IEnumerable<Step> StepsAround(Network network) =>
        SitesAround(network).SelectMany(s => s.Steps).Concat(WholesOf(network).SelectMany(n => n.Steps));

    /// <summary>The training code that has a network, alone or as a part of another, or something it was handed that may be one.</summary>
    private IEnumerable<TrainingSite> SitesAround(Network network) => network.Tree is not { } tree ? [] : SitesReaching(tree).Where(s =>
        s.Trace.Layers.Concat(s.Events.Select(e => e.Module).OfType<Layer>())
            .Any(l => l.IsHandedIn || network.Is(l) || Holds(l.Type, network)));

    /// <summary>A network, and those of which it is a part.</summary>
    private IEnumerable<Network> WholesOf(Network network) => network.Tree is not { } tree ? [network]
        : NetworksReaching(tree).Where(n => Holds(n.Type, network)).Append(network);

    /// <summary>Whether a module class has objects of a network's class within, or is that class.</summary>
    private bool Holds(INamedTypeSymbol? whole, Network network) =>
        whole is not null && network.Type is { } own && Holds(whole, own, []);

    /// <summary>
    /// Whether weights of this network come from a file somewhere, alone or as a part of another, so that its constructor says little about
    /// them: not from one that holds what this code trained.
    /// </summary>
    public bool IsLoaded(Network network) => network is { Tree: { } tree, Type: not null }
        && (SitesReaching(tree).Any(s => Loads(s.Events, network)) || NetworksReaching(tree).Any(n => Loads(n.Events, network)));

    private bool Loads(IReadOnlyList<Event> events, Network network) => events.Any(e => e.Kind == EventKind.Load
        && e.Subject is Layer { Type: { } loaded } && !IsCopy(e, loaded) && Holds(loaded, network)
        && !events.Any(s => s is { Kind: EventKind.Save, Subject: Layer { Type: { } saved } } && s.SharesFile(e)
            && SymbolEqualityComparer.Default.Equals(saved, loaded)));

    /// <summary>Whether a module gets the weights of another of its class: a file brings them if it brings that one's.</summary>
    private static bool IsCopy(Event load, INamedTypeSymbol type) => load.Operation is IInvocationOperation { Arguments: [var from, ..] }
        && from.Value is IInvocationOperation { TargetMethod.Name: "state_dict", Instance.Type: var other }
        && SymbolEqualityComparer.Default.Equals(other, type);

    /// <summary>
    /// Whether a module has something to learn or to keep, itself or in its parts: weights, statistics; with <paramref name="orMode"/> also
    /// a dropout, which must be told the mode.
    /// </summary>
    public bool HasState(Layer layer, bool orMode = false) => HasState(layer, orMode, []);

    private bool HasState(Layer layer, bool orMode, HashSet<INamedTypeSymbol> seen) =>
        layer.Op.HasWeights || layer.Op.Role is Role.Embedding or Role.Normalization || orMode && layer.Op.Role == Role.Dropout
        || layer.Type is { } type && seen.Add(type) && NetworkOf(type)?.Membership?.Members.Any(m => m.Part is not Layer inner
            || HasState(inner, orMode, seen)) == true;

    /// <summary>
    /// Whether code may give what a field holds to an optimizer: its class speaks of parameters, or others know the field.
    /// </summary>
    public bool IsAskedForParameters(ISymbol field, Network network)
    {
        bool Says(SyntaxNode code, string name) => code.DescendantTokens().Any(t => t.ValueText == name);
        var own = field.ContainingType.DeclaringSyntaxReferences.Select(r => r.GetSyntax(_cancellation)).ToList();
        if (own.Any(t => Says(t, "parameters") || Says(t, "named_parameters") || Says(t, "state_dict"))) return true;
        if (field.DeclaredAccessibility == Accessibility.Private || network.Tree is not { } tree) return false;
        return Files.Reaching(tree, new()).Any(f => Files.DigestOf(f)!.Mentions.Contains(field.Name)
            && f.GetRoot(_cancellation).DescendantTokens().Any(t => t.ValueText == field.Name
            && t.Parent?.Parent is MemberAccessExpressionSyntax { Expression: not ThisExpressionSyntax }
            && !own.Any(o => o.SyntaxTree == f && o.Span.Contains(t.Span))));
    }

    /// <summary>The networks whose code may use what a file declares.</summary>
    public IEnumerable<Network> NetworksReaching(SyntaxTree tree) => Files.Reaching(tree, new()).SelectMany(NetworksIn);

    /// <summary>Whether a module is this one or has it somewhere inside.</summary>
    private bool Holds(INamedTypeSymbol whole, INamedTypeSymbol? part, HashSet<INamedTypeSymbol> seen)
    {
        if (SymbolEqualityComparer.Default.Equals(whole.OriginalDefinition, part?.OriginalDefinition)) return true;
        return seen.Add(whole) && NetworkOf(whole) is { } network
            && network.Layers.Concat(network.Steps.Select(s => s.Layer).OfType<Layer>())
            .Any(l => l.Type is { } inner && Holds(inner, part, seen));
    }

    /// <summary>Whether a helper called with this parameter false leaves the activation out.</summary>
    public bool IsSwitchFor(IMethodSymbol helper, IParameterSymbol parameter, Op activation)
    {
        bool Activates(bool on)
        {
            var reader = new Reader(_torch, _model, insideNetwork: true, _cancellation, _blocks);
            var given = new Arguments(new Argument(parameter.Name, new Constant(on), null!));
            if (reader.Run(helper, null, given, null, null) is not { } frame) return true;
            return frame.Returns.Select(r => r.Value).Any(v => v switch
            {
                Layer { Children: not null } container =>
                    reader.ContentsOf(container)!.Elements.Any(c => c is Layer { Op: var op } && op == activation),
                Layer layer => layer.Op == activation,
                Step step => step.Op == activation,
                _ => true,
            });
        }
        return Activates(true) && !Activates(false);
    }
}
