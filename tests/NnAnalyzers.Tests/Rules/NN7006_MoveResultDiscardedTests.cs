namespace NnAnalyzers.Tests.Rules;

public class NN7006_MoveResultDiscardedTests
{
    private static string Method(string body, string members = "") => $$"""
        class Program
        {
            private Tensor kept = zeros(1);
            private readonly Tensor still = zeros(1);
            private Tensor Own { get; set; } = zeros(1);
            {{members}}
            void Run(Tensor x, Device device, Tensor[] many, in Tensor given)
            {
                var local = randn(4);
                {{body}}
            }
        }
        """;

    [Theory]
    [InlineData("{|NN7006:x.to(device)|}; // to the card", "x = x.to(device); // to the card")]
    [InlineData("{|NN7006:x.cuda()|};", "x = x.cuda();")]
    [InlineData("{|NN7006:local.to(float32)|};", "local = local.to(float32);")]
    [InlineData("{|NN7006:local.cpu()|};", "local = local.cpu();")]
    [InlineData("{|NN7006:local.@float()|};", "local = local.@float();")]
    [InlineData("{|NN7006:local.to_type(ScalarType.Int64)|};", "local = local.to_type(ScalarType.Int64);")]
    [InlineData("{|NN7006:local.half()|};", "local = local.half();")]
    [InlineData("{|NN7006:kept.to(device)|};", "kept = kept.to(device);")]
    [InlineData("{|NN7006:this.kept.to(device)|};", "this.kept = this.kept.to(device);")]
    [InlineData("if (x.shape[0] > 1) {|NN7006:x.to(device)|}; else {|NN7006:local.to(device)|};",
        "if (x.shape[0] > 1) x = x.to(device); else local = local.to(device);")]
    [InlineData("{|NN7006:/* both */ x.to(device, copy: true)|};", "/* both */ x = x.to(device, copy: true);")]
    public Task Assigned(string before, string after) => Verify.FixAsync(Method(before.Replace("{|NN7006:/* both */ ",
        "/* both */ {|NN7006:")), Method(after));

    [Theory]
    [InlineData("foreach (var one in many) {|NN7006:one.to(device)|};")]
    [InlineData("{|NN7006:still.to(device)|};")]
    [InlineData("{|NN7006:Own.to(device)|};")]
    [InlineData("{|NN7006:many[0].to(device)|};")]
    [InlineData("{|NN7006:given.to(device)|};")]
    [InlineData("using var own = randn(2); {|NN7006:own.to(device)|};")]
    [InlineData("var weight = Parameter(x); {|NN7006:weight.to(device)|};")]
    public Task Without_a_fix(string body) => Verify.FixAsync(Method(body), Method(body));

    [Theory]
    [InlineData("x = x.to(device);")]
    [InlineData("var moved = x.to(device); Console.WriteLine(moved);")]
    [InlineData("Console.WriteLine(x.to(device));")]
    [InlineData("_ = x.to(device);")]
    [InlineData("Linear(4, 2).to(device);")]
    [InlineData("var model = Sequential(Linear(4, 2)); model.to(device); model.cuda(); model.half();")]
    [InlineData("zeros(1).to(device); randn(1).cuda();")] // wakes the device up
    [InlineData("try { x.cuda(); } catch (Exception) { Console.WriteLine(\"no card\"); }")]
    [InlineData("x.print(); x.add_(1); x.requires_grad_(); x.MoveToOuterDisposeScope();")]
    [InlineData("many.Select(m => m.to(device)).ToArray();")]
    public Task Silent(string body) => Verify.SilentAsync(Method(body));

    [Fact]
    public Task Silent_where_another_method_is_called_so() => Verify.SilentAsync(
        "class Box { public Tensor to(Device device) => zeros(1); static void Run(Box box) { box.to(CPU); } }");

    [Fact]
    public Task Silent_in_whole_programs() => Verify.SilentAsync("""
        class Trainer<T> where T : Module<Tensor, Tensor>
        {
            private readonly T model;
            private readonly Device device;
            public Trainer(T model, Device device) { (this.model, this.device) = (model, device); this.model.to(device); }

            public void Fit(IEnumerable<(Tensor, Tensor)> batches)
            {
                var optimizer = optim.AdamW(model.parameters());
                foreach (var batch in batches)
                {
                    using var scope = NewDisposeScope();
                    var (x, y) = (batch.Item1.to(device), batch.Item2.to(device));
                    optimizer.zero_grad();
                    functional.cross_entropy(model.forward(x.to(float16)).to(float32), y).backward();
                    optimizer.step();
                }
                model.cpu();
            }
        }
        """, """
        static class Teacher
        {
            static void Follow(Module<Tensor, Tensor> teacher, Module<Tensor, Tensor> student, Device device)
            {
                teacher.to(device).eval();
                using var quiet = no_grad();
                foreach (var (slow, fast) in teacher.parameters().Zip(student.parameters())) slow.mul_(0.99).add_(fast.to(device), 0.01);
            }
        }
        """);
}
