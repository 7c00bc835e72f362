namespace NnAnalyzers.Tests.Rules;

public class NN5003_OptimizerBeforeMoveTests
{
    private const string Loop =
        "for (var i = 0; i < 3; i++) { optimizer.zero_grad(); model.forward(randn(8, 4)).mean().backward(); optimizer.step(); }";

    [Theory]
    [InlineData("model.to(CUDA);")]
    [InlineData("model.cuda();")]
    [InlineData("model.to(float64);")]
    public Task The_optimizer_is_made_after_the_move(string move) => Verify.FixAsync(
        Code.Method($"var model = Linear(4, 1);\n        var optimizer = {{|NN5003:optim.Adam(model.parameters())|}}; "
            + $"// rate 1e-3\n        {move}\n        {Loop}"),
        Code.Method($"var model = Linear(4, 1);\n        {move}\n        var optimizer = optim.Adam(model.parameters());\n        {Loop}"));

    [Fact]
    public Task Across_methods_and_files() => Verify.FiresAsync(
        "public class Net : Module<Tensor, Tensor> { private readonly Linear fc = Linear(4, 1); "
            + "public Net() : base(\"n\") => RegisterComponents(); public override Tensor forward(Tensor x) => fc.forward(x); }",
        "class Trainer { private readonly Net net = new(); private readonly optim.Optimizer optimizer; public Trainer(Device device) { "
            + "optimizer = {|NN5003:optim.AdamW(net.parameters())|}; Place(net, device); } static void Place(Net n, Device d) => n.to(d); "
            + "public void Step(Tensor x) { net.forward(x).mean().backward(); optimizer.step(); } }");

    [Fact]
    public Task Loaded_while_on_a_device() => Verify.FiresAsync(Code.Method($"var model = Linear(4, 1); model.to(CUDA); "
        + $"var optimizer = {{|NN5003:optim.Adam(model.parameters())|}}; model.load(path); {Loop}"));

    [Theory]
    [InlineData("model.register_module(\"more\", Linear(4, 4));")]
    [InlineData("model.add_module(\"more\", Linear(4, 4));")]
    [InlineData("Grow(model);")]
    public Task Given_layers_afterwards(string grow) => Verify.FiresAsync($$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(4, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        static class Program
        {
            static void Grow(Net net) => net.register_module("more", Linear(4, 4));

            static void Main()
            {
                var model = new Net();
                var optimizer = {|NN5003:optim.Adam(model.parameters())|};
                {{grow}}
                {{Loop}}
            }
        }
        """);

    [Theory]
    [InlineData("var model = Linear(4, 1); model.to(CUDA); var optimizer = optim.Adam(model.parameters()); LOOP")]
    [InlineData("var model = Linear(4, 1); model.to(CUDA); var optimizer = optim.Adam(model.parameters()); model.to(CUDA); LOOP")]
    [InlineData("var model = Linear(4, 1); var optimizer = optim.Adam(model.parameters()); LOOP model.to(CPU);")]
    [InlineData("var model = Linear(4, 1); var optimizer = optim.Adam(model.parameters()); LOOP model.to(CUDA); model.save(path);")]
    [InlineData("var model = Linear(4, 1); var optimizer = optim.Adam(model.parameters()); model.cpu(); LOOP")]
    [InlineData("var model = Linear(4, 1); var optimizer = optim.Adam(model.parameters()); model.load(path); LOOP")]
    [InlineData("var model = Linear(4, 1); var optimizer = optim.Adam(model.parameters()); model.to(CUDA); "
        + "optimizer = optim.Adam(model.parameters()); LOOP")]
    public Task Silent(string body) => Verify.SilentAsync(Code.Method(body.Replace("LOOP", Loop)));
}
