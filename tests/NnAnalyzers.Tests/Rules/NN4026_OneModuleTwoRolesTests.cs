namespace NnAnalyzers.Tests.Rules;

public class NN4026_OneModuleTwoRolesTests
{
    private static string Learner(string target, string sync = "target.load_state_dict(policy.state_dict());") => $$"""
        static class Program
        {
            static void Main(string[] args)
            {
                var policy = Sequential(Linear(4, 64), ReLU(), Linear(64, 2));
                {{target}}
                var optimizer = optim.Adam(policy.parameters());
                for (var i = 0; i < 100; i++)
                {
                    Tensor goal;
                    using (no_grad()) goal = randn(8, 1) + 0.9 * target.forward(randn(8, 4)).amax(new[] { 1L }, keepdim: true);
                    var value = policy.forward(randn(8, 4)).gather(1, randint(0, 2, new[] { 8L, 1L }));
                    optimizer.zero_grad();
                    functional.mse_loss(value, goal).backward();
                    optimizer.step();
                    if (i % 10 == 0) {{sync}}
                }
            }
        }
        """;

    [Theory]
    [InlineData("var target = policy;", "{|NN4026:target.load_state_dict(policy.state_dict())|};")]
    [InlineData("Module<Tensor, Tensor> target = policy;", "{|NN4026:target.load_state_dict(policy.state_dict())|};")]
    public Task Fires(string target, string sync) => Verify.FiresAsync(Learner(target, sync));

    [Fact]
    public Task A_second_instance() => Verify.FixAsync(
        Agent("{|NN4026:target.load_state_dict(policy.state_dict())|}", "var target = policy; // follows"),
        Agent("target.load_state_dict(policy.state_dict())", "var target = new Net(4); // follows\n        "
            + "target.load_state_dict(policy.state_dict());"));

    [Fact]
    public Task A_second_instance_of_one_on_a_device() => Verify.FixAsync(
        Agent("{|NN4026:target.load_state_dict(policy.state_dict())|}", "var target = policy;", ".to(CUDA)"),
        Agent("target.load_state_dict(policy.state_dict())", "var target = new Net(4).to(CUDA);\n        "
            + "target.load_state_dict(policy.state_dict());", ".to(CUDA)"));

    private static string Agent(string sync, string target, string moved = "") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc;
            public Net(int size) : base("net") { fc = Linear(size, 2); RegisterComponents(); }
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        static class Program
        {
            static void Main()
            {
                var policy = new Net(4){{moved}};
                {{target}}
                var optimizer = optim.Adam(policy.parameters());
                for (var i = 0; i < 100; i++)
                {
                    var goal = target.forward(randn(8, 4)).detach();
                    optimizer.zero_grad();
                    functional.mse_loss(policy.forward(randn(8, 4)), goal).backward();
                    optimizer.step();
                    {{sync}};
                }
            }
        }
        """;

    [Theory]
    [InlineData("var target = Sequential(Linear(4, 64), ReLU(), Linear(64, 2));", "target.load_state_dict(policy.state_dict());")]
    [InlineData("var target = policy;", "policy.load_state_dict(load(\"x\"));")]
    [InlineData("var target = policy;", ";")]
    public Task Silent(string target, string sync) => Verify.SilentAsync(Learner(target, sync)
        .Replace("load(\"x\")", "new Dictionary<string, Tensor>()"));

    // Averaged weights of a copy.
    [Fact]
    public Task Silent_with_a_teacher() => Verify.SilentAsync("""
        static class Program
        {
            static Sequential Make() => Sequential(Linear(4, 64), ReLU(), Linear(64, 2));

            static void Main()
            {
                var (student, teacher) = (Make(), Make());
                teacher.load_state_dict(student.state_dict());
                teacher.eval();
                var optimizer = optim.Adam(student.parameters());
                for (var i = 0; i < 100; i++)
                {
                    Tensor goal;
                    using (no_grad()) goal = teacher.forward(randn(8, 4));
                    optimizer.zero_grad();
                    functional.mse_loss(student.forward(randn(8, 4)), goal).backward();
                    optimizer.step();
                    using (no_grad())
                        foreach (var (slow, fast) in teacher.parameters().Zip(student.parameters()))
                            slow.mul_(0.99).add_(fast, alpha: 0.01);
                }
            }
        }
        """);
}
