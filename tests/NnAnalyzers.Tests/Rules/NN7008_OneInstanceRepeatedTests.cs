namespace NnAnalyzers.Tests.Rules;

public class NN7008_OneInstanceRepeatedTests
{
    private const string Block = """
        class Block : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(8, 8);
            public Block() : base("block") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.relu(fc.forward(x));
        }
        """;

    private static string Net(string fields, string constructor, string forward = "return all.forward(x);") => $$"""
        {{Block}}

        class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net(int depth) : base("net")
            {
                {{constructor}}
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    [Theory]
    [InlineData("all = Sequential({|NN7008:Enumerable.Repeat(new Block(), depth)|}.ToArray()); // deep",
        "all = Sequential(Enumerable.Range(0, depth).Select(_ => new Block()).ToArray()); // deep")]
    [InlineData("all = Sequential({|NN7008:Enumerable.Repeat<Module<Tensor, Tensor>>(new Block(), 4)|});",
        "all = Sequential(Enumerable.Range(0, 4).Select(_ => (Module<Tensor, Tensor>)new Block()));")]
    [InlineData("all = Sequential({|NN7008:Enumerable.Repeat(Linear(8, 8), 3)|}.ToArray());",
        "all = Sequential(Enumerable.Range(0, 3).Select(_ => Linear(8, 8)).ToArray());")]
    public Task One_for_each_place(string before, string after) => Verify.FixAsync(Net("private readonly Sequential all;", before),
        Net("private readonly Sequential all;", after));

    [Theory]
    [InlineData("var blocks = new Block[4]; {|NN7008:Array.Fill(blocks, new Block())|}; all = ModuleList(blocks); // deep",
        "var blocks = new Block[4]; for (var i = 0; i < blocks.Length; i++) blocks[i] = new Block(); all = ModuleList(blocks); // deep")]
    [InlineData("""
        var blocks = new Block[depth];
                // All of them.
                {|NN7008:Array.Fill(blocks, new())|}; // deep
                all = ModuleList(blocks);
        """, """
        var blocks = new Block[depth];
                // All of them.
                for (var i = 0; i < blocks.Length; i++) blocks[i] = new(); // deep
                all = ModuleList(blocks);
        """)]
    [InlineData("""
        all = new();
                var block = new Block();
                for (var i = 0; i < depth; i++)
                {
                    // Deeper.
                    {|NN7008:all.Add(block)|};
                }
        """, """
        all = new();
                for (var i = 0; i < depth; i++)
                {
                    // Deeper.
                    var block = new Block();
                    all.Add(block);
                }
        """)]
    [InlineData("""
        all = new();
                Block block = new();
                for (var i = 0; i < depth; i++) {|NN7008:all.Add(block)|};
        """, """
        all = new();
                for (var i = 0; i < depth; i++) { Block block = new(); all.Add(block); }
        """)]
    public Task One_for_each_turn(string before, string after) => Verify.FixAsync(
        Net("private readonly ModuleList<Block> all;", before, "foreach (var b in all) x = b.forward(x); return x;"),
        Net("private readonly ModuleList<Block> all;", after, "foreach (var b in all) x = b.forward(x); return x;"));

    [Theory]
    [InlineData("private readonly Sequential all;", "var fc = Linear(8, 8); all = {|NN7008:Sequential(fc, ReLU(), fc)|};",
        "return all.forward(x);")]
    [InlineData("private readonly ModuleList<Block> all = new();",
        "var block = new Block(); for (var i = 0; i < depth; i++) {|NN7008:all.Add(block)|}; block.train();",
        "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly ModuleList<Linear> all = new();",
        "var size = 8; var fc = Linear(size, 8); for (var i = 0; i < depth; i++) { size = 4; {|NN7008:all.Add(fc)|}; }",
        "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly ModuleList<Block> all = new();",
        "var block = new Block(); all.Add(block); {|NN7008:all.Add(block)|};", "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly Sequential all;",
        "var block = new Block(); all = Sequential({|NN7008:new Module<Tensor, Tensor>[] { block, block }|});", "return all.forward(x);")]
    [InlineData("private readonly ModuleList<Block> all;",
        "var (blocks, b) = (new Block[4], new Block()); {|NN7008:Array.Fill(blocks, b)|}; all = ModuleList(blocks);",
        "foreach (var b in all) x = b.forward(x); return x;")]
    public Task Without_a_fix(string fields, string constructor, string forward) =>
        Verify.FiresAsync(Net(fields, constructor, forward));

    [Fact]
    public Task In_training_code() => Verify.FiresAsync(Code.Method("""
        var middle = Linear(8, 8);
        var model = {|NN7008:Sequential(Linear(4, 8), ReLU(), middle, ReLU(), middle, ReLU(), Linear(8, 1))|};
        var optimizer = optim.Adam(model.parameters());
        for (var i = 0; i < 100; i++)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(randn(8, 4)), randn(8, 1)).backward();
            optimizer.step();
        }
        """));

    private static string Training(string made) => Code.Method($$"""
        var model = {{made}};
        var optimizer = optim.Adam(model.parameters());
        for (var i = 0; i < 100; i++)
        {
            optimizer.zero_grad();
            functional.mse_loss(model.forward(randn(8, 8)), randn(8, 1)).backward();
            optimizer.step();
        }
        """) + Block;

    [Fact]
    public Task Blocks_of_a_part_in_training_code() => Verify.FixAsync(
        Training("Sequential(Linear(8, 8), Sequential({|NN7008:Enumerable.Repeat(new Block(), 4)|}), Linear(8, 1))"),
        Training("Sequential(Linear(8, 8), Sequential(Enumerable.Range(0, 4).Select(_ => new Block())), Linear(8, 1))"));

    [Fact]
    public Task Silent_in_training_code() => Verify.SilentAsync(
        Training("Sequential(Linear(8, 8), Sequential(Enumerable.Range(0, 4).Select(_ => new Block())), Linear(8, 1))"));

    [Theory]
    [InlineData("private readonly Block block = new();", "", "for (var i = 0; i < 3; i++) x = block.forward(x); return x;")]
    [InlineData("private readonly Sequential all;", "var act = ReLU(); all = Sequential(Linear(8, 8), act, Linear(8, 8), act);",
        "return all.forward(x);")]
    [InlineData("private readonly Sequential all;", "var drop = Dropout(0.1); all = Sequential(Linear(8, 8), drop, Linear(8, 8), drop);",
        "return all.forward(x);")]
    [InlineData("private readonly Sequential all;", "var shared = Linear(8, 8); all = Sequential(shared, ReLU(), shared);",
        "return all.forward(x);")]
    [InlineData("private readonly ModuleList<Block> tiedBlocks;",
        "tiedBlocks = ModuleList(Enumerable.Repeat(new Block(), depth).ToArray());",
        "foreach (var b in tiedBlocks) x = b.forward(x); return x;")]
    [InlineData("private readonly ModuleList<Block> all = new();",
        "for (var i = 0; i < depth; i++) { var block = new Block(); all.Add(block); }",
        "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly ModuleList<Block> all = new();", "for (var i = 0; i < 3; i++) all.Add(new Block());",
        "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly ModuleList<Block> all = new();",
        "Func<Block> make = () => new Block(); for (var i = 0; i < depth; i++) all.Add(make());",
        "foreach (var b in all) x = b.forward(x); return x;")]
    [InlineData("private readonly Sequential all;",
        "all = Sequential(Enumerable.Repeat(new Block(), 1).ToArray());", "return all.forward(x);")]
    [InlineData("private readonly Block block = new();", "", "foreach (var b in new[] { block, block }) x = b.forward(x); return x;")]
    public Task Silent(string fields, string constructor, string forward) => Verify.SilentAsync(Net(fields, constructor, forward));
}
