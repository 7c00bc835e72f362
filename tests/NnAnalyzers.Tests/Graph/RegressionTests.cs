namespace NnAnalyzers.Tests.Graph;

/// <summary>What was once read wrongly in real code.</summary>
public class RegressionTests
{
    [Fact]
    public Task Concatenate_calls_its_axis_axis() => Verify.Sizes.SilentAsync(Code.Method("var a = randn(4, 2); var b = randn(4, 1); var c = torch.concatenate(new[] { a, b }, axis: -1).reshape(2, 2, 3);"));

    [Fact]
    public Task An_inherited_method_that_does_not_fit_the_derived_class_is_not_called() => Verify.Sizes.SilentAsync("""
        class Assigner : Module<Tensor, Tensor> { public Assigner() : base("a") { } public override Tensor forward(Tensor x) => x; }
        class Rotated : Assigner { public override Tensor forward(Tensor x) => x[.., 0..2] + x[.., 4..4]; }
        class Loss : Module<Tensor, Tensor>
        {
            protected Assigner assigner = new();
            public Loss() : base("l") { }
            public override Tensor forward(Tensor x) => x;
            public Tensor Assign(Tensor x) => assigner.forward(x.view(-1, 4));
        }
        class RotatedLoss : Loss { public RotatedLoss() { assigner = new Rotated(); } }
        """);

    [Fact]
    public Task What_one_alternative_wants_says_nothing_about_the_input() => Verify.Sizes.SilentAsync("""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> cell;
            public Net(int kind) : base("n") { cell = kind switch { 0 => Linear(128, 8), 1 => Linear(192, 8), _ => throw new Exception() }; RegisterComponents(); }
            public override Tensor forward(Tensor x) => cell.forward(x);
        }
        """);

    [Fact]
    public Task Two_methods_of_like_blocks_are_told_apart() => Verify.Sizes.SilentAsync(Code.Net("private readonly Block a = new(8), b = new(8); private readonly Linear last = Linear(2, 1);", "var y = a.forward(x).sum(1, true); return last.forward(b.Forward(x)) + y;", "prediction.sum()", input: "randn(8, 8)",
        more: "class Block : Module<Tensor, Tensor> { private readonly Linear wide, thin; public Block(int n) : base(\"b\") { wide = Linear(n, 4); thin = Linear(n, 2); RegisterComponents(); } public override Tensor forward(Tensor x) => wide.forward(x); public Tensor Forward(Tensor x) => thin.forward(x); }"));

    /// <summary>A params array of a call that does not compile is all of its arguments.</summary>
    [Fact]
    public async Task Code_that_does_not_compile_is_read_with_all_its_arguments() =>
        Assert.DoesNotContain(await Verify.FindAsync(Code.Method("var x = randn(3, 4, 5); var y = cat(new[] { x, x }, 0).reshape(6, Missing.Height, Missing.Width);")), d => d.Id.StartsWith("NN", StringComparison.Ordinal));
}
