#pragma warning disable CS0169, CS0414, CS0649, CS8618, CA1852, CA1812, IDE0044, IDE0051, IDE0052, CA1823, CA1801, IDE0060, CA1822, IDE1006
using System;
using System.Collections.Generic;
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Companion.Tests.Registered;

// One module class for each way in which layers are registered or are not. A test makes each of them and compares the names of the
// parameters it really has with what the analyzer says.

public abstract class Plain(string name) : Module<Tensor, Tensor>(name)
{
    public override Tensor forward(Tensor x) => x;
}

public class FieldsAndCall : Plain
{
    private readonly Linear first, second = Linear(2, 2);
    public FieldsAndCall() : base("m") { first = Linear(2, 2); RegisterComponents(); }
}

public class NeverCalled : Plain
{
    private readonly Linear first = Linear(2, 2);
    public NeverCalled() : base("m") { }
}

public class CalledTooEarly : Plain
{
    private readonly Linear first = Linear(2, 2), second;
    public CalledTooEarly() : base("m") { RegisterComponents(); second = Linear(2, 2); }
}

public class CalledTwice : Plain
{
    private readonly Linear first = Linear(2, 2), second;
    public CalledTwice() : base("m") { RegisterComponents(); second = Linear(2, 2); RegisterComponents(); }
}

public class CalledByHelper : Plain
{
    private Linear first;
    public CalledByHelper() : base("m") => Build();
    private void Build() { first = Linear(2, 2); RegisterComponents(); }
}

public class HelperFillsLater : Plain
{
    private Linear first;
    public HelperFillsLater() : base("m") { RegisterComponents(); Build(); }
    private void Build() => first = Linear(2, 2);
}

public class AutoProperties : Plain
{
    public Linear First { get; } = Linear(2, 2);
    public Linear Second { get; private set; }
    public AutoProperties() : base("m") { Second = Linear(2, 2); RegisterComponents(); }
}

public class PropertyWithoutField : Plain
{
    private static readonly Linear Shared = Linear(2, 2);
    public Linear First => Shared;
    private readonly Linear second = Linear(2, 2);
    public PropertyWithoutField() : base("m") => RegisterComponents();
}

public class StaticField : Plain
{
    private static readonly Linear Shared = Linear(2, 2);
    private readonly Linear own = Linear(2, 2);
    public StaticField() : base("m") => RegisterComponents();
    public override Tensor forward(Tensor x) => own.forward(Shared.forward(x));
}

public class PublicProtectedInternal : Plain
{
    public Linear First = Linear(2, 2);
    protected Linear Second = Linear(2, 2);
    internal Linear Third = Linear(2, 2);
    public PublicProtectedInternal() : base("m") => RegisterComponents();
}

public class NullableLeftOut : Plain
{
    private readonly Linear? first;
    private readonly Linear? second = Linear(2, 2);
    public NullableLeftOut() : base("m") => RegisterComponents();
}

public class DeclaredAsModule : Plain
{
    private readonly Module<Tensor, Tensor> first = Linear(2, 2);
    private readonly torch.nn.Module second = Linear(2, 2);
    private readonly object third = Linear(2, 2);
    public DeclaredAsModule() : base("m") => RegisterComponents();
}

public class InArray : Plain
{
    private readonly Linear[] layers = [Linear(2, 2), Linear(2, 2)];
    private readonly Linear last = Linear(2, 2);
    public InArray() : base("m") => RegisterComponents();
}

public class InList : Plain
{
    private readonly List<Module<Tensor, Tensor>> layers = new();
    private readonly Linear last = Linear(2, 2);
    public InList() : base("m")
    {
        for (var i = 0; i < 3; i++) layers.Add(Linear(2, 2));
        RegisterComponents();
    }
}

public class InDictionary : Plain
{
    private readonly Dictionary<string, Linear> layers = new() { ["a"] = Linear(2, 2) };
    private readonly Linear last = Linear(2, 2);
    public InDictionary() : base("m") => RegisterComponents();
}

public class InTuple : Plain
{
    private readonly (Linear First, Linear Second) layers = (Linear(2, 2), Linear(2, 2));
    private readonly Linear last = Linear(2, 2);
    public InTuple() : base("m") => RegisterComponents();
}

public class InModuleList : Plain
{
    private readonly ModuleList<Module<Tensor, Tensor>> layers = ModuleList<Module<Tensor, Tensor>>(Linear(2, 2), ReLU(), Linear(2, 2));
    public InModuleList() : base("m") => RegisterComponents();
}

public class ModuleListFilled : Plain
{
    private readonly ModuleList<Linear> layers = new();
    public ModuleListFilled() : base("m")
    {
        for (var i = 0; i < 3; i++) layers.Add(Linear(2, 2));
        RegisterComponents();
    }
}

public class ModuleListFilledLate : Plain
{
    private readonly ModuleList<Linear> layers = new(Linear(2, 2));
    public ModuleListFilledLate() : base("m")
    {
        RegisterComponents();
        layers.Add(Linear(2, 2));
        layers.append(Linear(2, 2));
    }
}

public class ModuleListOfArray : Plain
{
    private readonly ModuleList<Linear> layers;
    public ModuleListOfArray() : base("m")
    {
        layers = ModuleList(Enumerable.Range(0, 3).Select(_ => Linear(2, 2)).ToArray());
        RegisterComponents();
    }
}

public class ModuleListInitializer : Plain
{
    private readonly ModuleList<Linear> layers = new() { Linear(2, 2), Linear(2, 2) };
    public ModuleListInitializer() : base("m") => RegisterComponents();
}

public class ModuleListNever : Plain
{
    private readonly ModuleList<Linear> layers = new(Linear(2, 2));
    public ModuleListNever() : base("m") { }
}

public class InModuleDict : Plain
{
    private readonly ModuleDict<Linear> layers = ModuleDict(("a", Linear(2, 2)), ("b", Linear(2, 2)));
    public InModuleDict() : base("m") => RegisterComponents();
}

public class ModuleDictFilled : Plain
{
    private readonly ModuleDict<Linear> layers = new();
    public ModuleDictFilled() : base("m")
    {
        layers.Add("a", Linear(2, 2));
        layers.Add(("b", Linear(2, 2)));
        RegisterComponents();
        layers.Add("late", Linear(2, 2));
    }
}

public class InSequential : Plain
{
    private readonly Sequential layers = Sequential(Linear(2, 2), ReLU(), Linear(2, 2));
    public InSequential() : base("m") => RegisterComponents();
}

public class SequentialGrowsLate : Plain
{
    private readonly Sequential layers = Sequential(Linear(2, 2));
    public SequentialGrowsLate() : base("m")
    {
        RegisterComponents();
        layers.append(Linear(2, 2));
    }
}

public class SequentialOfList : Plain
{
    private readonly Sequential layers;
    public SequentialOfList() : base("m")
    {
        var parts = new List<Module<Tensor, Tensor>> { Linear(2, 2) };
        parts.Add(Linear(2, 2));
        layers = Sequential(parts);
        RegisterComponents();
    }
}

public class ListKeptAndInSequential : Plain
{
    private readonly List<Module<Tensor, Tensor>> parts = [Linear(2, 2), Linear(2, 2)];
    private readonly Sequential layers;
    public ListKeptAndInSequential() : base("m") { layers = Sequential(parts); RegisterComponents(); }
}

public class ByName : Plain
{
    private readonly List<Linear> parts = [];
    public ByName() : base("m")
    {
        for (var i = 0; i < 2; i++)
        {
            var part = Linear(2, 2);
            parts.Add(part);
            register_module($"part{i}", part);
        }
        add_module("more", Linear(2, 2));
    }
}

public class ByNameAndCall : Plain
{
    private readonly Linear first = Linear(2, 2), second = Linear(2, 2);
    public ByNameAndCall() : base("m") { register_module("first", first); RegisterComponents(); }
}

public class LateByName : Plain
{
    private readonly Linear first = Linear(2, 2), second;
    public LateByName() : base("m") { RegisterComponents(); second = Linear(2, 2); register_module("second", second); }
}

public class Registered : Plain
{
    private readonly Linear inner = Linear(2, 2);
    public Registered() : base("m") => RegisterComponents();
}

public class ParentRegisters : Plain
{
    private readonly NeverCalled block = new();
    private readonly Registered other = new();
    public ParentRegisters() : base("m") => RegisterComponents();
}

public class ParentRegistersList : Plain
{
    private readonly ModuleList<Plain> blocks = new(new NeverCalled(), new Registered());
    public ParentRegistersList() : base("m") => RegisterComponents();
}

public class SequentialDoesNot : Plain
{
    private readonly Sequential blocks = Sequential(new NeverCalled(), new Registered(), Linear(2, 2));
    public SequentialDoesNot() : base("m") => RegisterComponents();
}

public class Deep : Plain
{
    private readonly ParentRegistersList lists = new();
    private readonly SequentialDoesNot sequence = new();
    private readonly ParentOfUnregistered unregistered = new();
    public Deep() : base("m") => RegisterComponents();
}

public class ParentOfUnregistered : Plain
{
    private readonly NeverCalled block = new();
    private readonly ModuleList<Plain> more = new(new NeverCalled());
    public ParentOfUnregistered() : base("m") { }
}

public class SequentialOfParents : Plain
{
    private readonly Sequential blocks = Sequential(new ParentOfUnregistered(), new ParentRegisters());
    public SequentialOfParents() : base("m") => RegisterComponents();
}

public class BaseRegisters : Plain
{
    private readonly Linear hidden = Linear(2, 2);
    protected Linear visible = Linear(2, 2);
    public Linear Property { get; } = Linear(2, 2);
    public BaseRegisters() : base("m") => RegisterComponents();
}

public class DerivedAssigns : BaseRegisters
{
    private readonly Linear initialized = Linear(2, 2), assigned;
    public DerivedAssigns() { assigned = Linear(2, 2); RegisterComponents(); }
}

public class BaseDoesNot : Plain
{
    private readonly Linear hidden = Linear(2, 2);
    protected Linear visible = Linear(2, 2);
    public BaseDoesNot() : base("m") { }
}

public class DerivedRegisters : BaseDoesNot
{
    private readonly Linear own;
    public DerivedRegisters() { own = Linear(2, 2); RegisterComponents(); }
}

public class DerivedOfDerived : DerivedRegisters
{
    private readonly Linear initialized = Linear(2, 2), late;
    public DerivedOfDerived() => late = Linear(2, 2);
}

public abstract class BuildsInBase : Plain
{
    protected BuildsInBase() : base("m") { Build(); RegisterComponents(); }
    protected abstract void Build();
}

public class Built : BuildsInBase
{
    private Linear first;
    protected override void Build() => first = Linear(2, 2);
}

public partial class InParts : Plain
{
    private readonly Linear first = Linear(2, 2);
    public InParts() : base("m") { second = Linear(2, 2); Finish(); }
}

public partial class InParts
{
    private readonly Linear second;
    private void Finish() => RegisterComponents();
}

public class WithPrimary() : Module<Tensor, Tensor>("m")
{
    private readonly Linear first = Linear(2, 2);
    public override Tensor forward(Tensor x) => first.forward(x);
}

public class OneCallsOther : Plain
{
    private readonly Linear first, second;
    public OneCallsOther() : this(2) => second = Linear(2, 2);
    private OneCallsOther(int size) : base("m") { first = Linear(size, size); RegisterComponents(); }
}

public class Conditional : Plain
{
    private readonly Linear first = Linear(2, 2);
    private readonly Linear? second;
    public Conditional() : this(true) { }
    private Conditional(bool more) : base("m")
    {
        if (more) second = Linear(2, 2);
        RegisterComponents();
    }
}

public class Parameters : Plain
{
    private readonly Parameter scale = Parameter(ones(2));
    private readonly Tensor shift = Parameter(zeros(2)), buffer = ones(2);
    private readonly Parameter[] several = [Parameter(ones(2))];
    private Parameter late;
    public Parameters() : base("m") { RegisterComponents(); late = Parameter(ones(2)); }
}

public class ParametersByName : Plain
{
    private readonly Parameter scale = Parameter(ones(2));
    public ParametersByName() : base("m") => register_parameter("weight", scale);
}

public class InParameterList : Plain
{
    private readonly ParameterList parts = new(Parameter(ones(2)), Parameter(ones(2)));
    public InParameterList() : base("m") => RegisterComponents();
}

public class TwoInputs : Module<Tensor, Tensor, Tensor>
{
    private readonly Bilinear first = Bilinear(2, 2, 2);
    private readonly Embedding table = Embedding(4, 2);
    private readonly LayerNorm norm = LayerNorm(2);
    public TwoInputs() : base("m") => RegisterComponents();
    public override Tensor forward(Tensor x, Tensor y) => first.forward(x, y);
}

public class OwnForward : torch.nn.Module
{
    private readonly Linear first = Linear(2, 2);
    private readonly LSTM memory = LSTM(2, 2);
    private readonly Dropout drop = Dropout(0.1);
    public OwnForward() : base("m") => RegisterComponents();
    public Tensor Forward(Tensor x) => first.forward(x);
}

public class ChainedAssignment : Plain
{
    private readonly Linear first, second;
    public ChainedAssignment() : base("m") { first = second = Linear(2, 2); RegisterComponents(); }
}

public class MadeByHelper : Plain
{
    private readonly Module<Tensor, Tensor> first, second;
    public MadeByHelper() : base("m")
    {
        (first, second) = (Make(2), Make(2));
        RegisterComponents();
    }
    private static Module<Tensor, Tensor> Make(int size) => Sequential(Linear(size, size), ReLU());
}

public class OnlyLocal : Plain
{
    private readonly Linear first = Linear(2, 2);
    public OnlyLocal() : base("m")
    {
        var local = Linear(2, 2);
        local.forward(ones(2));
        RegisterComponents();
    }
}

public class Overridden : Plain
{
    private readonly Linear first = Linear(2, 2);
    private readonly List<Linear> more = [Linear(2, 2)];
    public Overridden() : base("m") => RegisterComponents();
    protected override void RegisterComponents()
    {
        for (var i = 0; i < more.Count; i++) register_module("more" + i, more[i]);
        base.RegisterComponents();
    }
}

public class Generic<T> : Plain where T : Module<Tensor, Tensor>, new()
{
    private readonly T inner = new();
    private readonly Linear own = Linear(2, 2);
    public Generic() : base("m") => RegisterComponents();
}

public class Closed : Generic<Registered>;

public class Captured(Linear given) : Module<Tensor, Tensor>("m")
{
    private readonly Linear own = Linear(2, 2);
    public Captured() : this(Linear(2, 2)) => RegisterComponents();
    public override Tensor forward(Tensor x) => given.forward(own.forward(x));
}

public class InNestedLists : Plain
{
    private readonly List<List<Linear>> rows = [[Linear(2, 2)], [Linear(2, 2)]];
    private readonly ModuleList<ModuleList<Linear>> grid = new(new ModuleList<Linear>(Linear(2, 2)), new ModuleList<Linear>(Linear(2, 2)));
    public InNestedLists() : base("m") => RegisterComponents();
}

public class AddedByMethod : Plain
{
    private readonly ModuleList<Linear> layers = new();
    public AddedByMethod() : base("m")
    {
        Add(2);
        Add(2);
        RegisterComponents();
        Add(2);
    }
    private void Add(int size) => layers.Add(Linear(size, size));
}

public class Renamed : Plain
{
    [TorchSharp.Utils.ComponentName(Name = "projection")]
    private readonly Linear first = Linear(2, 2);
    public Renamed() : base("m") => RegisterComponents();
}

// What cannot be known without running: nothing is said of what is only registered sometimes.

public class RegisteredIf : Plain
{
    private readonly Linear first = Linear(2, 2);
    public RegisteredIf() : this(DateTime.Now.Year > 2000) { }
    private RegisteredIf(bool now) : base("m")
    {
        if (now) RegisterComponents();
    }
}

public class RegisteredByReflection : Plain
{
    private readonly List<Linear> layers = [Linear(2, 2)];
    private readonly Linear first = Linear(2, 2);
    public RegisteredByReflection() : base("m")
    {
        foreach (var field in GetType().GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance))
            if (field.GetValue(this) is torch.nn.Module module && field.DeclaringType == typeof(RegisteredByReflection))
                register_module(field.Name, module);
    }
}

public class RegisteredByOther : Plain
{
    private readonly Linear first = Linear(2, 2);
    public RegisteredByOther() : base("m") => Helper.Register(this, "first", first);
    private static class Helper
    {
        public static void Register(torch.nn.Module module, string name, torch.nn.Module part) => module.register_module(name, part);
    }
}

public class ListFromOutside : Plain
{
    private readonly IList<Linear> layers;
    public ListFromOutside() : this(Make()) { }
    private ListFromOutside(IList<Linear> given) : base("m") { layers = given; RegisterComponents(); }
    private static ModuleList<Linear> Make() => new(Linear(2, 2));
}
