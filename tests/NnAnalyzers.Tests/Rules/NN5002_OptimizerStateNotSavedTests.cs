namespace NnAnalyzers.Tests.Rules;

public class NN5002_OptimizerStateNotSavedTests
{
    private const string Loop = """
        for (var epoch = 0; epoch < 100; epoch++)
                {
                    var loss = functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1));
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    SAVE
                }
        """;

    private static string Train(string setup, string save, string loop = Loop) =>
        Code.Method("var model = Linear(4, 1);\n        " + setup + "\n        " + loop.Replace("SAVE", save));

    [Fact]
    public Task Saved_beside_the_model_and_restored_after_the_optimizer_is_made() => Verify.FixAsync(
        Train("if (File.Exists(path)) model.load(path); // goes on\n        var optimizer = optim.Adam(model.parameters()); // rate 1e-3",
            "{|NN5002:model.save(path)|}; // every epoch"),
        Train("if (File.Exists(path)) model.load(path); // goes on\n        var optimizer = optim.Adam(model.parameters()); // rate 1e-3\n"
            + "        if (System.IO.File.Exists(path + \".optimizer\")) optimizer.load_state_dict(path + \".optimizer\");",
            "model.save(path); // every epoch\n            optimizer.save_state_dict(path + \".optimizer\");"));

    [Fact]
    public Task Restored_behind_the_load_where_the_optimizer_is_there() => Verify.FixAsync(
        Train("var optimizer = optim.AdamW(model.parameters());\n        if (File.Exists(\"model.dat\"))\n        {\n            "
            + "model.load(\"model.dat\");\n        }", "if (epoch % 10 == 0) {|NN5002:model.save(\"model.dat\")|};"),
        Train("var optimizer = optim.AdamW(model.parameters());\n        if (File.Exists(\"model.dat\"))\n        {\n            "
            + "model.load(\"model.dat\");\n            if (System.IO.File.Exists(\"model.dat.optimizer\")) "
            + "optimizer.load_state_dict(\"model.dat.optimizer\");\n        }",
            "if (epoch % 10 == 0) { model.save(\"model.dat\"); optimizer.save_state_dict(\"model.dat.optimizer\"); }"));

    [Fact]
    public Task A_branch_without_braces_and_a_name_put_together() => Verify.FixAsync(
        Train("if (File.Exists(Path.Combine(path, \"m.dat\")))\n            model.load(Path.Combine(path, \"m.dat\"));\n        "
            + "var optimizer = optim.Adam(model.parameters());",
            "if (epoch % 10 == 0)\n                {|NN5002:model.save(Path.Combine(path, \"m.dat\"))|};"),
        Train("if (File.Exists(Path.Combine(path, \"m.dat\")))\n            model.load(Path.Combine(path, \"m.dat\"));\n        "
            + "var optimizer = optim.Adam(model.parameters());\n        if (System.IO.File.Exists(Path.Combine(path, \"m.dat\") + "
            + "\".optimizer\")) optimizer.load_state_dict(Path.Combine(path, \"m.dat\") + \".optimizer\");",
            "if (epoch % 10 == 0)\n            {\n                model.save(Path.Combine(path, \"m.dat\"));\n                "
            + "optimizer.save_state_dict(Path.Combine(path, \"m.dat\") + \".optimizer\");\n            }"));

    // The first of them saves nothing.
    [Fact]
    public Task In_a_loop_over_numbers() => Verify.FiresAsync(Train("model.load(path); var optimizer = optim.Adam(model.parameters());",
        "if (epoch == 30) {|NN5002:model.save(path)|};", Loop.Replace("for (var epoch = 0; epoch < 100; epoch++)",
        "foreach (var epoch in new[] { 10, 20, 30 })")));

    private const string Trainer = """
        class Trainer
        {
            private readonly Linear _model = Linear(4, 1);
            private readonly Adam _optimizer;
            private readonly string _file;

            public Trainer(string folder)
            {
                _file = Path.Combine(folder, "weights.bin");
                _optimizer = optim.Adam(_model.parameters());
            }

            public void Resume()
            {
                if (File.Exists(_file)) LOAD
            }

            private void Save() SAVE

            public void Run(int epochs)
            {
                Resume();
                for (var i = 0; i < epochs; i++)
                {
                    _optimizer.zero_grad();
                    functional.mse_loss(_model.forward(randn(8, 4)), randn(8, 1)).backward();
                    _optimizer.step();
                    Save();
                }
            }
        }
        """;

    [Fact]
    public Task In_a_trainer_class() => Verify.FixAsync(
        Trainer.Replace("LOAD", "_model.load(_file);").Replace("SAVE", "=> {|NN5002:_model.save(_file)|};"),
        Trainer.Replace("LOAD", "{ _model.load(_file); if (System.IO.File.Exists(_file + \".optimizer\")) "
            + "_optimizer.load_state_dict(_file + \".optimizer\"); }")
            .Replace("SAVE", "{ _model.save(_file); _optimizer.save_state_dict(_file + \".optimizer\"); }"));

    [Fact]
    public Task In_a_helper_that_does_not_know_the_optimizer() => Verify.FiresAsync(Train(
        "Files.Load(model, path); var optimizer = optim.Adam(model.parameters());", "Files.Save(model, path);") + """

        static class Files
        {
            public static void Save(Linear model, string folder) => {|NN5002:model.save($"{folder}/weights.bin")|};
            public static void Load(Linear model, string folder) => model.load($"{folder}/weights.bin");
        }
        """);

    [Theory]
    [InlineData("var optimizer = optim.Adam(model.parameters());", "model.save(path);")] // never resumed
    [InlineData("model.load(path); var optimizer = optim.Adam(model.parameters());", "")] // never saved
    [InlineData("model.load(\"pretrained.dat\"); var optimizer = optim.Adam(model.parameters());", "model.save(\"tuned.dat\");")]
    [InlineData("model.load(path); var optimizer = optim.SGD(model.parameters(), 0.1);", "model.save(path);")] // nothing to remember
    [InlineData("model.load(path); var optimizer = optim.Adam(model.parameters()); optimizer.load_state_dict(path + 2);",
        "model.save(path); optimizer.save_state_dict(path + 2);")]
    [InlineData("model.load(path); var optimizer = optim.Adam(model.parameters());", "model.save(path); Keeper.Keep(optimizer);")]
    [InlineData("model.load(path + DateTime.Now); var optimizer = optim.Adam(model.parameters());", "model.save(path + DateTime.Now);")]
    [InlineData("var optimizer = optim.Adam(model.parameters());", "model.save(path); if (loss.item<float>() > 9) model.load(path);")]
    public Task Silent(string setup, string save) => Verify.SilentAsync(
        Train(setup, save) + "\nclass Keeper { public static Action<optim.Optimizer> Keep = null!; }");

    [Fact]
    public Task Silent_on_the_best_weights_tested_at_the_end() => Verify.SilentAsync(
        Train("var optimizer = optim.Adam(model.parameters());", "if (loss.item<float>() < 0.1) model.save(path);",
            Loop + "\n        model.load(path); model.forward(randn(8, 4));"));

    [Fact]
    public Task Silent_where_what_is_loaded_is_only_asked() => Verify.SilentAsync(
        Train("if (path.Length > 9) { model.load(path); model.forward(randn(8, 4)); return; }\n        "
            + "var optimizer = optim.Adam(model.parameters());",
            "model.save(path);"));
}
