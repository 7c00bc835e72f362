namespace NnAnalyzers.Tests.Rules;

public class NN1010_NormalizationHidesInitTests
{
    private const string Layers = "private readonly Linear fc1 = Linear(64, 64), fc2 = Linear(64, 1); "
        + "private readonly BatchNorm1d norm = BatchNorm1d(64);",
        Forward = "return fc2.forward(functional.relu({|NN1010:norm.forward(fc1.forward(x))|}));",
        Kaiming = "mode: init.FanInOut.FanIn, nonlinearity: init.NonlinearityType.ReLU)";

    private static string Net(string start, string forward = Forward, string layers = Layers) =>
        Code.Net(layers, forward, input: "randn(8, 64)").Replace("public Net() : base(\"net\") => RegisterComponents();",
            $"public Net() : base(\"net\")\n    {{\n        RegisterComponents();\n        {start}\n    }}");

    private static string Unmarked(string code) => code.Replace("{|NN1010:", "").Replace("{|NN2001:", "").Replace("|}", "");

    [Fact]
    public Task One_layer() => Verify.FixAsync(Net("{|NN2001:init.normal_(fc1.weight, 0, 1)|};"),
        Unmarked(Net($"init.kaiming_normal_(fc1.weight, {Kaiming};")));

    [Fact]
    public Task Where_nobody_else_speaks() => Verify.FixAsync(
        Net("#pragma warning disable NN2001 // normalized anyway\n        init.normal_(fc1.weight /* all */, 0, 1); // wide"),
        Unmarked(Net("#pragma warning disable NN2001 // normalized anyway\n"
            + $"        /* all */ init.kaiming_normal_(fc1.weight, {Kaiming}; // wide")));

    [Fact]
    public Task Every_parameter_the_scale_of_the_normalization_stays_what_it_was_made() => Verify.FixAsync(
        Net("foreach (var p in parameters())\n\t\t\t{|NN2001:init.normal_(p)|};"),
        Unmarked(Net($"foreach (var p in parameters())\n\t\t\tif (p.dim() > 1) init.kaiming_normal_(p, {Kaiming};")));

    [Fact]
    public Task Every_parameter_in_a_branch() => Verify.FixAsync(
        Net("foreach (var p in parameters()) if (p.requires_grad) {|NN2001:init.normal_(p)|}; else Console.WriteLine();"),
        Unmarked(Net("foreach (var p in parameters()) if (p.requires_grad) { if (p.dim() > 1) "
            + $"init.kaiming_normal_(p, {Kaiming}; }} else Console.WriteLine();")));

    [Theory]
    [InlineData("p.dim() > 1")]
    [InlineData("p.dim() >= 2")]
    public Task Every_matrix(string condition) => Verify.FixAsync(
        Net($"foreach (var p in parameters()) if ({condition}) {{ {{|NN2001:init.normal_(p)|}}; }}"),
        Unmarked(Net($"foreach (var p in parameters()) if ({condition}) {{ init.kaiming_normal_(p, {Kaiming}; }}")));

    [Fact]
    public Task A_weight_that_is_put_in() => Verify.FixAsync(Net("fc1.weight = Parameter({|NN2001:randn(64, 64)|});"),
        Unmarked(Net("fc1.weight = Parameter(randn(64, 64) * 0.1768);")));

    [Theory]
    [InlineData("foreach (var m in modules()) if (m is Linear l) {|NN2001:init.normal_(l.weight)|};")]
    [InlineData("apply(m => { if (m is Linear l) {|NN2001:init.uniform_(l.weight, -1, 1)|}; });")]
    [InlineData("{|NN2001:fc1.weight.normal_(0, 1)|};")]
    [InlineData("{|NN2001:init.normal_(fc1.weight, 0, 0.001)|};")]
    [InlineData("foreach (var l in new[] { fc1, fc2 }) {|NN2001:init.normal_(l.weight)|};")]
    public Task In_other_forms(string start) => Verify.FiresAsync(Net(start));

    [Theory]
    [InlineData("return fc2.forward({|NN1010:norm.forward(functional.relu(fc1.forward(x)))|});")]
    [InlineData("return fc2.forward({|NN1010:norm.forward(functional.dropout(fc1.forward(x), training: training).relu())|});")]
    public Task Behind_an_activation(string forward) => Verify.FiresAsync(Net("{|NN2001:init.normal_(fc1.weight)|};", forward));

    [Fact]
    public Task The_first_of_several_speaks() => Verify.FiresAsync(Net("foreach (var p in parameters()) {|NN2001:init.normal_(p)|};",
        "return fc2.forward(again.forward(fc3.forward({|NN1010:norm.forward(fc1.forward(x))|})));",
        Layers + "private readonly Linear fc3 = Linear(64, 64); private readonly BatchNorm1d again = BatchNorm1d(64);"));

    [Theory]
    [InlineData("foreach (var p in model.parameters()) {|NN2001:init.normal_(p)|};")]
    [InlineData("foreach (var m in model.modules()) if (m is Linear l) {|NN2001:init.normal_(l.weight)|};")]
    public Task A_Sequential(string start) => Verify.FiresAsync(Code.Sequential(
        "Sequential(Linear(64, 32), {|NN1010:BatchNorm1d(32)|}, ReLU(), Linear(32, 1)); " + start, input: "randn(8, 64)"));

    [Theory]
    [InlineData("foreach (var p in model.parameters()) {|NN2001:init.normal_(p)|};")]
    [InlineData("foreach (var m in model.modules()) if (m is Linear l) {|NN2001:init.normal_(l.weight)|};")]
    [InlineData("model.apply(Start);")]
    [InlineData("{|NN2001:init.normal_(model.fc1.weight)|};")]
    public Task From_training_code(string start) => Verify.FiresAsync(Net("", layers: Layers.Replace("private readonly Linear", "public "
        + "readonly Linear")).Replace("var optimizer", start + "\n        var optimizer").Replace("static void Train()",
            start.Contains("Start") ? "static void Start(nn.Module m) { if (m is Linear l) {|NN2001:init.normal_(l.weight)|}; }\n"
                + "    static void Train()" : "static void Train()"));

    [Fact]
    public Task The_parameters_of_a_model_from_training_code() => Verify.FixAsync(
        Net("").Replace("var optimizer", "foreach (var p in model.parameters()) {|NN2001:init.normal_(p)|};\n        var optimizer"),
        Unmarked(Net("").Replace("var optimizer", "foreach (var p in model.parameters()) if (p.dim() > 1) "
            + $"init.kaiming_normal_(p, {Kaiming};\n        var optimizer")));

    private static string Blocks(string block, string start) => $$"""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d norm;
            public Block(int from, int to) : base("block")
            {
                (conv, norm) = (Conv2d(from, to, 3, padding: 1), BatchNorm2d(to));
                RegisterComponents();
                {{block}}
            }
            public override Tensor forward(Tensor x) => functional.relu({|NN1010:norm.forward(conv.forward(x))|});
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Block one = new(1, 8), two = new(8, 8);
            private readonly Linear kinds = Linear(8, 3);
            public Net() : base("net") { RegisterComponents(); {{start}} }
            public override Tensor forward(Tensor x) => kinds.forward(two.forward(one.forward(x)).mean(new long[] { 2, 3 }));
        }
        static class Program
        {
            static void Train(Tensor x, Tensor y) => functional.cross_entropy(new Net().forward(x), y).backward();
        }
        """;

    [Theory]
    [InlineData("{|NN2001:init.normal_(conv.weight, 0, 1)|};", "")]
    [InlineData("", "apply(m => { switch (m) { case Conv2d c: {|NN2001:init.normal_(c.weight)|}; break; } });")]
    public Task A_block(string block, string start) => Verify.FiresAsync(Blocks(block, start));

    [Theory]
    [InlineData("init.normal_(conv.weight, 0, 0.02);", "")] // DCGAN
    [InlineData("", "apply(m => { switch (m) { case Conv2d c: init.kaiming_normal_(c.weight); break; "
        + "case BatchNorm2d b: init.normal_(b.weight, 1, 0.02); break; } });")]
    [InlineData("init.normal_(conv.weight, 0, Math.Sqrt(2.0 / (9 * from)));", "")]
    [InlineData("init.zeros_(norm.weight);", "")] // the end of a residual
    public Task Silent_on_a_block(string block, string start) => Verify.SilentAsync(Unmarked(Blocks(block, start)));

    [Theory]
    [InlineData("init.normal_(fc1.weight, 0, 0.1);")]
    [InlineData("init.xavier_normal_(fc1.weight);")]
    [InlineData("init.normal_(norm.weight, 1, 1);")]
    [InlineData("init.normal_(fc1.bias, 0, 1);")]
    [InlineData("foreach (var p in parameters()) init.normal_(p, 0, 0.02);")]
    public Task Silent(string start) => Verify.SilentAsync(Unmarked(Net(start)));

    [Theory]
    [InlineData("{|NN2001:init.normal_(fc2.weight)|};", Forward)] // another layer
    [InlineData("{|NN2001:init.normal_(fc1.weight)|};", "return fc2.forward(functional.relu(fc1.forward(x)));")] // not used
    [InlineData("{|NN2001:init.normal_(fc1.weight)|};", "return fc2.forward(norm.forward(x + fc1.forward(x)));")] // a sum
    [InlineData("{|NN2001:init.normal_(fc1.weight)|};", "return fc2.forward(fc1.forward(norm.forward(x)));")] // the inputs
    public Task Silent_where_no_normalization_follows(string start, string forward) =>
        Verify.FiresAsync(Net(start, forward.Replace("{|NN1010:", "").Replace("(x))|}", "(x))")));

    [Fact]
    public Task Silent_on_a_small_last_layer() => Verify.SilentAsync(Net("init.normal_(fc1.weight, 0, 0.001);",
        "return norm.forward(fc1.forward(x));"));

    [Fact]
    public Task Silent_on_other_normalizations() => Verify.FiresAsync(Net("{|NN2001:init.normal_(fc1.weight)|};",
        "return fc2.forward(functional.relu(norm.forward(fc1.forward(x))));", Layers.Replace("BatchNorm1d", "LayerNorm")));

    [Fact]
    public Task Silent_where_nothing_trains() =>
        Verify.SilentAsync(Unmarked(Net("init.normal_(fc1.weight);")).Replace("loss.backward();", ""));

    [Fact]
    public Task Silent_when_weights_come_from_a_file() => Verify.SilentAsync(
        Unmarked(Net("init.normal_(fc1.weight);")).Replace("var optimizer", "model.load(\"w.dat\"); var optimizer"));
}
