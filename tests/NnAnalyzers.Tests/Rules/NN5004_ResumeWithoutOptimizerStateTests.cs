namespace NnAnalyzers.Tests.Rules;

public class NN5004_ResumeWithoutOptimizerStateTests
{
    private static string Train(string setup, string save = "model.save(path); optimizer.save_state_dict(path + \".adam\");") =>
        Code.Method($$"""
        var model = Linear(4, 1);
                {{setup}}
                for (var epoch = 0; epoch < 100; epoch++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    {{save}}
                }
        """);

    [Fact]
    public Task The_state_is_loaded_once_the_optimizer_is_there() => Verify.FixAsync(
        Train("if (File.Exists(path)) {|NN5004:model.load(path)|};\n        var optimizer = optim.Adam(model.parameters()); // fresh"),
        Train("if (File.Exists(path)) model.load(path);\n        var optimizer = optim.Adam(model.parameters()); // fresh\n        "
            + "if (System.IO.File.Exists(path + \".adam\")) optimizer.load_state_dict(path + \".adam\");"));

    [Fact]
    public Task Behind_the_load() => Verify.FixAsync(
        Train("var optimizer = optim.Adam(model.parameters());\n        {|NN5004:model.load(path)|};"),
        Train("var optimizer = optim.Adam(model.parameters());\n        model.load(path);\n        "
            + "if (System.IO.File.Exists(path + \".adam\")) optimizer.load_state_dict(path + \".adam\");"));

    // Where the file's name means nothing at the load, there is no fix.
    [Fact]
    public Task In_helpers() => Verify.FiresAsync(Train(
        "var optimizer = optim.Adam(model.parameters()); var files = new Files(path); files.Load(model);",
        "files.Save(model, optimizer);") + """

        class Files(string folder)
        {
            public void Save(Linear model, Adam optimizer)
            {
                model.save(Path.Combine(folder, "w"));
                var file = Path.Combine(folder, "o");
                optimizer.save_state_dict(file);
            }
            public void Load(Linear model) => {|NN5004:model.load(Path.Combine(folder, "w"))|};
        }
        """);

    [Fact]
    public Task Loaded_into_an_optimizer_that_is_replaced() => Verify.FiresAsync(
        Train("var optimizer = optim.Adam(model.parameters());\n        {|NN5004:optimizer.load_state_dict(path + \".adam\")|};\n        "
            + "model.load(path);\n        optimizer = optim.Adam(model.parameters());"));

    [Theory]
    [InlineData("model.load(path); var optimizer = optim.Adam(model.parameters()); optimizer.load_state_dict(path + \".adam\");")]
    [InlineData("var optimizer = optim.Adam(model.parameters()); if (path.Length > 2) { model.load(path); "
        + "optimizer.load_state_dict(path + \".adam\"); }")]
    [InlineData("model.load(\"imagenet.dat\"); var optimizer = optim.Adam(model.parameters());")] // foreign weights
    [InlineData("var optimizer = optim.Adam(model.parameters());")]
    [InlineData("model.load(path); var optimizer = optim.Adam(model.parameters()); Keeper.Restore(optimizer);")]
    [InlineData("model.load(path); var optimizer = optim.SGD(model.parameters(), 0.1);")]
    [InlineData("var other = Linear(4, 1); var first = optim.Adam(other.parameters()); first.load_state_dict(path); "
        + "var optimizer = optim.Adam(model.parameters());")]
    public Task Silent(string setup) => Verify.SilentAsync(
        Train(setup) + "\nclass Keeper { public static Action<optim.Optimizer> Restore = null!; }");
}
