namespace NnAnalyzers.Tests.Rules;

public class NN5001_SaverBeforeOptimizerTests
{
    private const string Loop = """
        for (var step = 0; step < 100; step++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    if (step % 10 == 0) save();
                }
        """;

    private static string Train(string setup, string loop = Loop, string more = "") =>
        Code.Method("var model = Linear(4, 1);\n        " + setup + "\n        " + loop) + more;

    [Fact]
    public Task A_closure_moves_and_saves_the_state() => Verify.FixAsync(
        Train("""
            Action save = {|NN5001:() => model.save(path)|};
                    var optimizer = optim.Adam(model.parameters());
            """),
        Train("""
            var optimizer = optim.Adam(model.parameters());
                    Action save = () => { model.save(path); optimizer.save_state_dict(path + ".optimizer"); };
            """));

    [Fact]
    public Task A_block_and_a_resume() => Verify.FixAsync(
        Train("""
            // keeps the weights
                    Action save = {|NN5001:() =>
                    {
                        Console.WriteLine("saving");
                        model.save(path);
                    }|};
                    if (File.Exists(path)) model.load(path);
                    model.to(CPU);
                    var optimizer = optim.AdamW(model.parameters(), lr: 1e-3);
            """),
        Train("""
            // keeps the weights
                    if (File.Exists(path)) model.load(path);
                    model.to(CPU);
                    var optimizer = optim.AdamW(model.parameters(), lr: 1e-3);
                    Action save = () =>
                    {
                        Console.WriteLine("saving");
                        model.save(path); optimizer.save_state_dict(path + ".optimizer");
                    };
                    if (System.IO.File.Exists(path + ".optimizer")) optimizer.load_state_dict(path + ".optimizer");
            """));

    private const string Saver = """

        class Saver
        {
            private readonly Linear _model; private readonly OptimizerHelper? _optimizer; private readonly string _path;
            public Saver(Linear model, string path, OptimizerHelper? optimizer = null)
            {
                _model = model;
                _optimizer = optimizer;
                _path = path;
            }
            public void Save() { _model.save(_path); _optimizer?.save_state_dict(_path + ".opt"); }
        }
        """;

    [Fact]
    public Task An_object_is_handed_the_optimizer() => Verify.FixAsync(
        Train("""
            var saver = {|NN5001:new Saver(model, path)|};
                    var optimizer = optim.Adam(model.parameters());
            """, Loop.Replace("save()", "saver.Save()"), Saver),
        Train("""
            var optimizer = optim.Adam(model.parameters());
                    var saver = new Saver(model, path, optimizer: optimizer);
            """, Loop.Replace("save()", "saver.Save()"), Saver));

    [Fact]
    public Task A_captured_state_dictionary() => Verify.FiresAsync(
        Train("var state = {|NN5001:model.state_dict()|}; var optimizer = optim.Adam(model.parameters());",
            Loop.Replace("save()", "Files.Save(state, path)"), """

            static class Files { public static void Save(Dictionary<string, Tensor> state, string path) { } }
            """));

    [Fact]
    public Task Silent_on_a_target_network() => Verify.SilentAsync(
        Train("var target = Linear(4, 1); var state = model.state_dict(); var optimizer = optim.Adam(model.parameters());",
            Loop.Replace("save()", "target.load_state_dict(state)")));

    [Theory]
    [InlineData("var optimizer = optim.Adam(model.parameters()); Action save = () => model.save(path);")] // after it
    [InlineData("Action save = () => model.save(path); var optimizer = optim.SGD(model.parameters(), 0.1);")] // no state worth keeping
    [InlineData("Action save = () => Console.WriteLine(1); var optimizer = optim.Adam(model.parameters());")]
    public Task Silent(string setup) => Verify.SilentAsync(Train(setup));

    [Fact]
    public Task Silent_on_a_final_export() => Verify.SilentAsync(
        Train("Action save = () => model.save(path); var optimizer = optim.Adam(model.parameters());",
            Loop.Replace("if (step % 10 == 0) save();", "") + "\n        save();"));

    [Fact]
    public Task Silent_when_the_state_is_saved_elsewhere() => Verify.SilentAsync(
        Train("Action save = () => model.save(path); var optimizer = optim.Adam(model.parameters());",
            Loop.Replace("save();", "{ save(); optimizer.save_state_dict(path + \"2\"); }")));

    [Fact]
    public Task Silent_when_the_saver_gets_the_optimizer_later() => Verify.SilentAsync(
        Train("var saver = new Saver { Model = model }; var optimizer = optim.Adam(model.parameters()); saver.Optimizer = optimizer;",
            Loop.Replace("save()", "saver.Save(path)"), """

            class Saver
            {
                public Linear? Model { get; set; } public Adam? Optimizer { get; set; }
                public void Save(string path) { Model!.save(path); }
            }
            """));

    /// <summary>What takes an Adam takes this one; what loads weights as it is made must not come behind a move.</summary>
    [Theory]
    [InlineData("Adam?", "", "", true)]
    [InlineData("optim.Optimizer?", "", "model.to(CPU);", true)]
    [InlineData("OptimizerHelper?", "if (File.Exists(path)) model.load(path);", "", true)]
    [InlineData("OptimizerHelper?", "if (File.Exists(path)) model.load(path);", "model.to(CPU);", false)]
    public async Task A_keeper_is_handed_the_optimizer(string type, string load, string move, bool isFixed)
    {
        var finding = Assert.Single(await Verify.FindAsync($$"""
            class Keeper
            {
                private readonly Linear model; private readonly string path; private readonly {{type}} optimizer;
                public Keeper(Linear model, string path, {{type}} optimizer = null)
                {
                    (this.model, this.path, this.optimizer) = (model, path, optimizer);
                    {{load}}
                }
                public void Save() { model.save(path); (optimizer as OptimizerHelper)?.save_state_dict(path + ".adam"); }
            }
            static class Program
            {
                static void Train(string path)
                {
                    var model = Linear(4, 1);
                    var keeper = new Keeper(model, path);
                    {{move}}
                    var optimizer = optim.Adam(model.parameters());
                    for (var step = 0; step < 100; step++)
                    {
                        optimizer.zero_grad();
                        functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
                        optimizer.step();
                        if (step % 10 == 0) keeper.Save();
                    }
                }
            }
            """));
        Assert.Equal(("NN5001", isFixed), (finding.Id, finding.Properties.ContainsKey(FixProperties.Title)));
    }
}
