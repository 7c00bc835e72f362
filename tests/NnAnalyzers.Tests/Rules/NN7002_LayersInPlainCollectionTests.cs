namespace NnAnalyzers.Tests.Rules;

public class NN7002_LayersInPlainCollectionTests
{
    private static string Program(string field, string constructor, string forward, string more = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{field}}
            private readonly Linear head = Linear(8, 1);

            public Net(int depth) : base("net")
            {
                {{constructor.Replace("\n", "\n        ")}}
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                {{forward.Replace("\n", "\n        ")}}
                return head.forward(x);
            }
            {{more}}
        }

        static class Program
        {
            static void Train(Tensor x, Tensor y)
            {
                var model = new Net(3);
                var optimizer = optim.Adam(model.parameters());
                for (var i = 0; i < 100; i++)
                {
                    optimizer.zero_grad();
                    functional.mse_loss(model.forward(x), y).backward();
                    optimizer.step();
                }
            }
        }
        """;

    private const string Each = "foreach (var layer in hidden) x = functional.relu(layer.forward(x)); // all";

    [Theory]
    [InlineData("private readonly List<Linear> {|NN7002:hidden|} = new(); // all",
        "private readonly ModuleList<Linear> hidden = new(); // all",
        "hidden.Add(Linear(4, 8));\nfor (var i = 1; i < depth; i++) hidden.Add(Linear(8, 8));", null)]
    [InlineData("private readonly List<Module<Tensor, Tensor>> {|NN7002:hidden|} = [];",
        "private readonly ModuleList<Module<Tensor, Tensor>> hidden = new();", "hidden.Add(Linear(4, 8));", null)]
    [InlineData("private readonly Linear[] {|NN7002:hidden|} = { Linear(4, 8), Linear(8, 8) };",
        "private readonly ModuleList<Linear> hidden = new(Linear(4, 8), Linear(8, 8));", "// none", null)]
    [InlineData("private Linear[] {|NN7002:hidden|} { get; } = new[] { Linear(4, 8), Linear(8, 8), };",
        "private ModuleList<Linear> hidden { get; } = new(Linear(4, 8), Linear(8, 8));", "// none", null)]
    [InlineData("private readonly Linear[] {|NN7002:hidden|};", "private readonly ModuleList<Linear> hidden;",
        "hidden = new Linear[] { Linear(4, 8) };", "hidden = new ModuleList<Linear>(Linear(4, 8));")]
    [InlineData("private readonly Linear[] {|NN7002:hidden|};", "private readonly ModuleList<Linear> hidden;",
        "hidden = Enumerable.Range(0, 2).Select(i => Linear(i == 0 ? 4 : 8, 8)).ToArray();",
        "hidden = new ModuleList<Linear>(Enumerable.Range(0, 2).Select(i => Linear(i == 0 ? 4 : 8, 8)).ToArray());")]
    [InlineData("private readonly List<Linear> {|NN7002:hidden|};", "private readonly ModuleList<Linear> hidden;",
        "hidden = new List<Linear> { Linear(4, 8), Linear(8, 8) };", "hidden = new ModuleList<Linear> { Linear(4, 8), Linear(8, 8) };")]
    public Task Kept_in_a_ModuleList(string field, string mended, string made, string? then) =>
        Verify.FixAsync(Program(field, made, Each), Program(mended, then ?? made, Each));

    [Fact]
    public Task Length_is_called_Count() => Verify.FixAsync(
        Program("private readonly Linear[] {|NN7002:hidden|} = [Linear(4, 8), Linear(8, 8)];", "// none",
            "for (var i = 0; i < hidden.Length; i++) x = functional.relu(hidden[i].forward(x));"),
        Program("private readonly ModuleList<Linear> hidden = new(Linear(4, 8), Linear(8, 8));", "// none",
            "for (var i = 0; i < hidden.Count; i++) x = functional.relu(hidden[i].forward(x));"));

    [Theory]
    [InlineData("private readonly Dictionary<string, Linear> {|NN7002:hidden|} = new();", "hidden[\"a\"] = Linear(4, 8);",
        "x = hidden[\"a\"].forward(x);")]
    [InlineData("private readonly (Linear In, Linear Out) {|NN7002:hidden|} = (Linear(4, 8), Linear(8, 8));", "// none",
        "x = hidden.Out.forward(functional.relu(hidden.In.forward(x)));")]
    [InlineData("private readonly Linear[] {|NN7002:hidden|} = new Linear[2];",
        "for (var i = 0; i < 2; i++) hidden[i] = Linear(i == 0 ? 4 : 8, 8);", Each)]
    [InlineData("private readonly List<Linear> {|NN7002:hidden|} = new();", "hidden.AddRange(new[] { Linear(4, 8) });", Each)]
    // A place of the array is handed out.
    [InlineData("private readonly Linear[] {|NN7002:hidden|} = { Linear(4, 8) }; private ref Linear At(int i) => ref hidden[i];", "",
        "x = hidden[0].forward(x); _ = At(0);")]
    public Task Without_a_fix(string field, string constructor, string forward) =>
        Verify.FiresAsync(Program(field, constructor, forward));

    [Theory]
    // Handed to what registers them.
    [InlineData("private readonly List<Module<Tensor, Tensor>> hidden = []; private readonly Sequential all;",
        "hidden.Add(Linear(4, 8)); all = Sequential(hidden);", "x = hidden[0].forward(x);")]
    [InlineData("private readonly List<Linear> hidden = []; private readonly ModuleList<Linear> all;",
        "hidden.Add(Linear(4, 8)); all = ModuleList(hidden.ToArray());", "x = hidden[0].forward(x);")]
    [InlineData("private readonly List<Linear> hidden = [];",
        "for (var i = 0; i < depth; i++) { var layer = Linear(8, 8); hidden.Add(layer); register_module($\"hidden{i}\", layer); }", Each)]
    [InlineData("private readonly List<Linear> hidden = [];",
        "hidden.Add(Linear(4, 8)); for (var i = 0; i < hidden.Count; i++) register_module($\"hidden{i}\", hidden[i]);", Each)]
    [InlineData("private readonly ModuleList<Linear> hidden = new();", "hidden.Add(Linear(4, 8));", Each)]
    [InlineData("private readonly List<Module<Tensor, Tensor>> hidden = [ReLU(), Tanh()];", "// none",
        "foreach (var layer in hidden) x = layer.forward(x);")]
    [InlineData("private readonly List<int> hidden = [4, 8];", "// none", "// none")]
    // Named by themselves, too.
    [InlineData("private readonly Linear[] hidden; private readonly Linear first = Linear(4, 8);", "hidden = [first];", Each)]
    // A frozen critic that is kept out on purpose.
    [InlineData("private readonly Linear[] hidden = [Linear(8, 8)];", "// none",
        "using (no_grad()) { var wanted = hidden[0].forward(x); x = x + wanted; }")]
    public Task Silent(string field, string constructor, string forward) => Verify.SilentAsync(Program(field, constructor, forward));

    [Theory]
    [InlineData("public IEnumerable<Parameter> All() => hidden.SelectMany(h => h.parameters()).Concat(head.parameters());")]
    [InlineData("protected override void RegisterComponents() { foreach (var (h, i) in hidden.Select((h, i) => (h, i))) "
        + "register_module(\"h\" + i, h); base.RegisterComponents(); }")]
    public Task Silent_where_the_class_sees_to_it(string more) =>
        Verify.SilentAsync(Program("private readonly List<Linear> hidden = [Linear(4, 8)];", "// none", Each, more));

    [Fact]
    public Task Silent_where_training_code_takes_their_parameters() => Verify.SilentAsync(
        Program("public readonly List<Linear> hidden = [Linear(4, 8)];", "// none", Each)
            .Replace("optim.Adam(model.parameters())", "optim.Adam(model.hidden.SelectMany(h => h.parameters()))"));
}
