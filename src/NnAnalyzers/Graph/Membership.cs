using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Graph;

/// <summary>A module registers what its fields hold at that time; it does so once.</summary>
internal sealed class Registration(IOperation call, Moment when, State.Snapshot then) : Value
{
    /// <summary>The member under which a module keeps it.</summary>
    public static readonly object Slot = new();

    public IOperation Call => call;
    public Moment When => when;
    public State.Snapshot Then => then;
}

/// <summary>Whether a module knows a layer or parameter that it uses.</summary>
internal enum Standing
{
    /// <summary>Code that is not read may do anything.</summary>
    Unknown,
    Registered,

    /// <summary>Its field would be registered, and the class never asks for it; a parent that registers does.</summary>
    Never,

    /// <summary>It came into its field, or its list, after all was registered.</summary>
    Late,

    /// <summary>It is in an array, a list, a dictionary or a tuple, where nobody looks.</summary>
    InCollection,
}

/// <summary>A layer or parameter that a module keeps.</summary>
/// <param name="Part">The layer, or the step that makes the parameter.</param>
/// <param name="Field">The field or property, or the parameter of a primary constructor, it is kept in.</param>
/// <param name="Path">What it is called from the module on: <c>blocks.0</c>.</param>
/// <param name="Standing">Whether it is registered.</param>
internal sealed record Member(Value Part, ISymbol? Field, string Path, Standing Standing)
{
    /// <summary>A Sequential has it, which registers no fields of its elements.</summary>
    public bool IsInSequential { get; init; }
}

/// <summary>
/// Which layers and parameters an object of a module class registers, when, and which not: worked out from what its fields hold when it
/// registers them, and when it is made.
/// </summary>
internal sealed class Membership
{
    /// <summary>Lists of lists, and modules in modules, end somewhere.</summary>
    private const int MaxDepth = 8, MaxParts = 1024;

    private readonly Dictionary<Value, Member> _members = [];
    private readonly State.Snapshot _made;
    private readonly bool _isKnown;

    /// <param name="type">The class.</param>
    /// <param name="self">An object of it, constructed.</param>
    /// <param name="events">What happened when it was.</param>
    /// <param name="made">What is held since.</param>
    /// <param name="isKnown">Its constructor was read as a whole, and nothing else in the class registers parts.</param>
    public Membership(INamedTypeSymbol type, Value self, IReadOnlyList<Event> events, State.Snapshot made, bool isKnown)
    {
        (_made, _isKnown) = (made, isKnown);
        Registration = made.Get((self, Registration.Slot)) as Registration;
        var isOnPath = Registration is null || Registration.When is { Path.IsAlways: true, Loop: null };
        Registers = Registration is null ? isKnown ? false : null : isOnPath ? true : null;
        foreach (var happened in events)
            if (ReferenceEquals(happened.Subject, self))
                if (happened.Kind is EventKind.Escape) Registers = Registers == true ? true : null;
                else if (happened.Kind is EventKind.Grow or EventKind.Register && happened.Arguments.Count >= 2)
                {
                    RegistersByName = true;
                    var name = (happened.Arguments[0].Value as Constant)?.Raw as string ?? "?";
                    Take(happened.Arguments[1].Value, null, name, made, Standing.Registered, false);
                }
        var fields = FieldsOf(type).ToList();
        if (Registers == true)
            foreach (var (field, name) in fields) Take(Registration!.Then.Get((self, field)), field, name, Registration.Then,
                Standing.Registered, false);
        var rest = Registers switch { true => Standing.Late, false => Standing.Never, null => Standing.Unknown };
        foreach (var (field, name) in fields) Take(made.Get((self, field)), field, name, made, rest, false);
        if (Registers is null) RegistersByName = true;
    }

    /// <summary>The call that registers what the fields hold; null where there is none.</summary>
    public Registration? Registration { get; }

    /// <summary>Whether its constructor registers what its fields hold.</summary>
    public bool? Registers { get; }

    /// <summary>Whether it registers parts one by one, or may do so.</summary>
    public bool RegistersByName { get; }

    /// <summary>All that it keeps, in the order in which it was found.</summary>
    public IEnumerable<Member> Members => _members.Values;

    /// <summary>What is known of a layer it uses; null for one that it does not keep.</summary>
    public Member? Of(Value part) => _members.TryGetValue(part, out var member) ? member : null;

    /// <summary>What is in a container once the object is made.</summary>
    public Items? ContentsOf(Layer container) => container.Children is { } children ? _made.Get((children, State.Contents)) as Items : null;

    /// <summary>The instance fields of a class and its bases, with the names they are registered by.</summary>
    private static IEnumerable<(ISymbol Field, string Name)> FieldsOf(INamedTypeSymbol? type)
    {
        for (; type is not null && !type.DeclaringSyntaxReferences.IsEmpty; type = type.BaseType)
        {
            foreach (var field in type.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic && !f.IsConst))
                if (field.AssociatedSymbol is null or IPropertySymbol)
                    yield return ((field.AssociatedSymbol ?? field).OriginalDefinition, NameOf(field));
            foreach (var parameter in type.InstanceConstructors.Where(c => c.DeclaringSyntaxReferences.Any(r =>
                r.GetSyntax() is Microsoft.CodeAnalysis.CSharp.Syntax.TypeDeclarationSyntax)).SelectMany(c => c.Parameters))
                yield return (parameter.OriginalDefinition, $"<{parameter.Name}>P");
        }
    }

    private static string NameOf(IFieldSymbol field) => field.GetAttributes()
        .FirstOrDefault(a => a.AttributeClass?.Name is "ComponentNameAttribute")?.NamedArguments.FirstOrDefault(n => n.Key == "Name")
        .Value.Value as string ?? field.Name;

    private void Take(Value? value, ISymbol? field, string path, State.Snapshot then, Standing standing, bool isInSequential, int depth = 0)
    {
        if (value is null || depth > MaxDepth || _members.Count > MaxParts) return;
        switch (value)
        {
            case Layer { IsChoice: true, Choices: var choices }:
                foreach (var choice in choices) Take(choice, field, path, then, standing, isInSequential, depth + 1);
                break;
            case Layer layer:
                if (!_members.ContainsKey(layer) || _members[layer].Standing == Standing.InCollection && standing == Standing.Registered)
                    _members[layer] = new(layer, field, path, standing) { IsInSequential = isInSequential };
                if (layer.Children is not { } children) break;
                // A Sequential is asked for its elements whenever somebody wants them.
                var isOpen = layer.IsSequential && _members[layer].Standing == Standing.Registered;
                if (layer.IsSequential) standing = _members[layer].Standing;
                var held = (isOpen ? _made : then).Get((children, State.Contents)) as Items;
                foreach (var (element, i) in (held?.Elements ?? ImmutableArray<Value>.Empty).Select((e, i) => (e, i)))
                    if ((element as Optional)?.Element is var inner && (inner ?? element) is Items { Elements: [Constant key, var named] })
                        Take(named, field, $"{path}.{key.Raw}", then, standing, layer.IsSequential, depth + 1);
                    else Take(inner ?? element, field, $"{path}.{i.ToString(CultureInfo.InvariantCulture)}", then, standing,
                        layer.IsSequential, depth + 1);
                break;
            case Step { Op.Name: "Parameter" } parameter:
                if (!_members.ContainsKey(parameter)) _members[parameter] = new(parameter, field, path, standing);
                break;
            case Optional { Element: var there }:
                Take(there, field, path, then, standing, isInSequential, depth + 1);
                break;
            case Collection or Items when standing != Standing.Registered:
                var plain = standing == Standing.Unknown || !_isKnown ? Standing.Unknown : Standing.InCollection;
                foreach (var element in ((value as Items ?? _made.Get((value, State.Contents)) as Items)?.Elements
                    ?? ImmutableArray<Value>.Empty))
                    Take(element, field, path, then, element is Layer { Creation: null } ? Standing.Unknown : plain, false, depth + 1);
                break;
        }
    }

    /// <summary>
    /// The paths of all layers and parameters that an object of the class has registered, those of its parts too, each with what it is.
    /// </summary>
    /// <param name="of">What is known of another module class.</param>
    /// <param name="isRegistered">The object is registered by a parent, which has its fields registered, too.</param>
    public IEnumerable<(string Path, Value Part)> Registered(Func<INamedTypeSymbol, Membership?> of, bool isRegistered = false,
        int depth = 0)
    {
        foreach (var member in Members)
        {
            if (!(member.Standing == Standing.Registered || isRegistered && member.Standing == Standing.Never)) continue;
            yield return (member.Path, member.Part);
            if (member.Part is Layer { Type: { } type } && depth < MaxDepth && of(type) is { } inner)
                foreach (var (path, part) in inner.Registered(of, !member.IsInSequential, depth + 1))
                    yield return ($"{member.Path}.{path}", part);
        }
    }
}
