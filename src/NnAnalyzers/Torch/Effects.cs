using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NnAnalyzers.Torch;

/// <summary>Something that happens to a model, an optimizer or what saves them.</summary>
internal enum EventKind
{
    CreateOptimizer, CreateModel, CreateScheduler, Move, Load, Save, CaptureState, SaveOptimizer, LoadOptimizer,
    Backward, Step, StepScheduler, SetRate, ZeroGrad, Clip, Train, Eval, Init, Freeze,

    /// <summary>A network is applied in training code, or a loss.</summary>
    Apply, Loss,

    /// <summary>Functions and objects that may hold a model or an optimizer are made and used.</summary>
    MakeFunction, CallFunction, MakeObject, UseObject,

    /// <summary>A list gets one more tensor.</summary>
    Collect,

    /// <summary>A container gets more modules.</summary>
    Grow,

    /// <summary>A module registers what its fields hold, or one parameter by name.</summary>
    Register,

    /// <summary>One layer is put into several places of a list or container.</summary>
    Repeat,

    /// <summary>Code that is not read may do anything with it from now on.</summary>
    Escape,
}

/// <summary>
/// What the methods of TorchSharp do to what they are called on: verb → event. A test holds it complete against the assembly.
/// </summary>
internal static class Effects
{
    private static readonly Dictionary<string, EventKind> Modules = new()
    {
        ["append"] = EventKind.Grow, ["Add"] = EventKind.Grow, ["add_module"] = EventKind.Grow, ["register_module"] = EventKind.Grow,
        ["Insert"] = EventKind.Grow, ["extend"] = EventKind.Grow, ["state_dict"] = EventKind.CaptureState,
        ["to"] = EventKind.Move, ["cuda"] = EventKind.Move, ["cpu"] = EventKind.Move,
        ["half"] = EventKind.Move, ["float"] = EventKind.Move, ["double"] = EventKind.Move, ["bfloat16"] = EventKind.Move,
        ["save"] = EventKind.Save, ["save_state_dict"] = EventKind.Save,
        ["load"] = EventKind.Load, ["load_py"] = EventKind.Load, ["load_state_dict"] = EventKind.Load,
        ["load_safetensors"] = EventKind.Load,
        ["train"] = EventKind.Train, ["eval"] = EventKind.Eval, ["zero_grad"] = EventKind.ZeroGrad,
        ["forward"] = EventKind.Apply, ["call"] = EventKind.Apply, ["Forward"] = EventKind.Apply,
    };

    private static readonly Dictionary<string, EventKind> Optimizers = new()
    {
        ["step"] = EventKind.Step, ["zero_grad"] = EventKind.ZeroGrad,
        ["save_state_dict"] = EventKind.SaveOptimizer, ["load_state_dict"] = EventKind.LoadOptimizer,
        ["state_dict"] = EventKind.SaveOptimizer,
    };

    /// <summary>What calling a method of a module does to it; null if nothing that anyone asks about.</summary>
    public static EventKind? OfModule(string method) => Modules.TryGetValue(method, out var kind) ? kind : null;

    /// <summary>The same for an optimizer.</summary>
    public static EventKind? OfOptimizer(string method) => Optimizers.TryGetValue(method, out var kind) ? kind : null;

    /// <summary>Methods of other libraries, and extensions, that save or load a model by their name.</summary>
    public static EventKind? OfOthers(string method) => method.StartsWith("load", StringComparison.OrdinalIgnoreCase) ? EventKind.Load
        : method.StartsWith("save", StringComparison.OrdinalIgnoreCase) ? EventKind.Save : null;

    /// <summary>What registers all that the fields of a module hold.</summary>
    public const string RegisterAll = "RegisterComponents";

    /// <summary>Methods that register parts of a module, or find its fields so that something else may.</summary>
    public static bool Registers(string name) => name is RegisterAll or "register_module" or "add_module" or "register_parameter"
        or "ConditionallyRegisterParameter" or "GetField" or "GetFields" or "GetProperty" or "GetProperties";

    /// <summary>Methods by which a module tells its parts; a class may have its own say.</summary>
    public static bool HandsOut(string name) => name is "parameters" or "named_parameters" or "named_children" or "register_module";

    /// <summary>The property that tells whether a module is in training mode.</summary>
    public const string TrainingMode = "training";

    /// <summary>The property, and without its underscore the method, that tells whether a tensor is learned.</summary>
    public const string Learned = "requires_grad";

    /// <summary>What a tensor that is learned calls its gradient.</summary>
    public const string Gradient = "grad";

    /// <summary>Methods that apply or train a network: a loop with one in it does not put one together.</summary>
    public static bool Trains(string method) =>
        method is "backward" || OfModule(method) == EventKind.Apply || OfOptimizer(method) == EventKind.Step;

    /// <summary>Methods that draw the values of one tensor anew, in place.</summary>
    public static bool Initializes(string method) => method is "normal_" or "uniform_" or "fill_" or "zero_" or "trunc_normal_";

    /// <summary>
    /// Whether gradients are recorded while what a method returns is open: true and false for one that is called with true; null for
    /// a method that says nothing of it.
    /// </summary>
    public static (bool IfTrue, bool IfFalse)? Gradients(string method) => method switch
    {
        "no_grad" => (false, false),
        "inference_mode" => (false, true),
        "enable_grad" or "set_grad_enabled" => (true, false),
        _ => null,
    };

    /// <summary>Whether a symbol is one of TorchSharp's methods that switch gradients.</summary>
    public static bool IsGradientSwitch(ISymbol symbol) =>
        symbol is IMethodSymbol { ContainingType: { Name: "torch", ContainingNamespace.Name: "TorchSharp" } }
        && Gradients(symbol.Name) is not null;

    /// <summary>What such a call, as it is written, switches gradients to; null where that depends.</summary>
    public static bool? Switches(InvocationExpressionSyntax call) => Gradients(NameOf(call)) is not var (ifTrue, ifFalse) ? null
        : ifTrue == ifFalse || call.ArgumentList.Arguments.Count == 0 ? ifTrue
        : call.ArgumentList.Arguments[0].Expression.Kind() switch
        {
            SyntaxKind.TrueLiteralExpression => ifTrue,
            SyntaxKind.FalseLiteralExpression => ifFalse,
            _ => null,
        };

    /// <summary>Whether it is the one that is meant to be called twice, off and on again.</summary>
    public static bool IsSwitch(InvocationExpressionSyntax call) => NameOf(call) is "set_grad_enabled" or "enable_grad";

    /// <summary>The name of the method that is called.</summary>
    public static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax name => name.Identifier.ValueText,
        _ => "",
    };

    private static readonly HashSet<string> TensorMoves = new(["to", "cuda", "cpu", "mps", "to_type", "type", "type_as", "float", "double",
        "half", "bfloat16", "@float", "@double", "@long", "@int", "@short", "@byte", "@bool", "int", "long", "short", "byte", "bool"],
        StringComparer.Ordinal);

    /// <summary>Methods that give a tensor on another device, or of another type.</summary>
    public static bool Moves(string method) => TensorMoves.Contains(method);

    /// <summary>Whether a symbol is one of them that is called on a tensor; a module's own works in place.</summary>
    public static bool IsTensorMove(ISymbol symbol) => symbol is IMethodSymbol { ReturnType: { Name: "Tensor" } tensor } method
        && tensor.ContainingType is { Name: "torch", ContainingNamespace.Name: "TorchSharp" }
        && method.ContainingAssembly.Name == tensor.ContainingAssembly.Name
        && (method.ContainingType.Name == "Tensor" || method is { ReducedFrom: not null, ReceiverType.Name: "Tensor" });

    /// <summary>Opens a scope at whose end the tensors made in it are disposed of.</summary>
    public static bool OpensScope(string method) => method is "NewDisposeScope";
}
