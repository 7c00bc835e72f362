namespace NnAnalyzers.Tests.Rules;

public class NN1015_ActivationSkippedTests
{
    private const string Convs = "private readonly Conv2d c1 = Conv2d(3, 16, 3), c2 = Conv2d(16, 32, 3), c3 = Conv2d(32, 64, 3), "
        + "c4 = Conv2d(64, 1, 3); private readonly BatchNorm2d norm = BatchNorm2d(32);";

    private static string Net(string forward, string fields = Convs) => Code.Net(fields, $"return {forward};",
        input: "randn(8, 3, 32, 32)", target: "randn(8, 1, 24, 24)");

    [Theory]
    [InlineData("c4.forward(functional.relu(c3.forward({|NN1015:c2.forward(functional.relu(c1.forward(x)))|})))",
        "c4.forward(functional.relu(c3.forward(functional.relu(c2.forward(functional.relu(c1.forward(x)))))))")]
    [InlineData("c4.forward(functional.gelu(c3.forward(norm.forward({|NN1015:c2.forward(functional.gelu(c1.forward(x)))|}))))",
        "c4.forward(functional.gelu(c3.forward(functional.gelu(norm.forward(c2.forward(functional.gelu(c1.forward(x))))))))")]
    [InlineData("c4.forward(functional.silu(c3.forward({|NN1015:c2.forward(functional.silu(c1.forward(x)))|})))",
        "c4.forward(functional.silu(c3.forward(functional.silu(c2.forward(functional.silu(c1.forward(x)))))))")]
    [InlineData("c4.forward(functional.relu(c3.forward(functional.max_pool2d({|NN1015:c2.forward(functional.relu(c1.forward(x)))|}, 2))))",
        "c4.forward(functional.relu(c3.forward(functional.max_pool2d(functional.relu(c2.forward(functional.relu(c1.forward(x)))), 2))))")]
    public Task Called_in_forward(string before, string after) => Verify.Links.FixAsync(Net(before), Net(after));

    [Fact]
    public Task Elements_of_a_Sequential() => Verify.Links.FixAsync(
        Net("net.forward(x)", "private readonly Sequential net = Sequential(Conv2d(3, 16, 3), ReLU(), {|NN1015:Conv2d(16, 32, 3)|}, "
            + "AvgPool2d(2), /* next */ Conv2d(32, 64, 3), ReLU(), Conv2d(64, 1, 3));"),
        Net("net.forward(x)", "private readonly Sequential net = Sequential(Conv2d(3, 16, 3), ReLU(), Conv2d(16, 32, 3), ReLU(), "
            + "AvgPool2d(2), /* next */ Conv2d(32, 64, 3), ReLU(), Conv2d(64, 1, 3));"));

    [Theory]
    [InlineData("c4.forward(functional.relu(c3.forward(functional.relu(c2.forward(functional.relu(c1.forward(x)))))))", Convs)]
    [InlineData("c4.forward(c3.forward(c2.forward(c1.forward(x))))", Convs)] // none has one
    [InlineData("c4.forward(functional.relu(c3.forward(c2.forward(functional.relu(c1.forward(x))) + s.forward(x))))",
        Convs + " private readonly Conv2d s = Conv2d(3, 32, 5);")] // a shortcut
    [InlineData("c4.forward(functional.relu(c3.forward(s.forward(functional.relu(c1.forward(x))))))",
        Convs + " private readonly Conv2d s = Conv2d(16, 32, 1);")] // a projection
    [InlineData("c4.forward(functional.relu(p.forward(d.forward(functional.relu(c1.forward(x))))))",
        Convs + " private readonly Conv2d d = Conv2d(16, 16, 3, groups: 16), p = Conv2d(16, 64, 1);")] // separable
    [InlineData("c4.forward(functional.relu(b.forward(a.forward(functional.relu(c1.forward(x))))))",
        Convs + " private readonly Conv2d a = Conv2d(16, 16, (1, 3)), b = Conv2d(16, 64, (3, 1));")] // one kernel in two parts
    [InlineData("c4.forward(functional.relu(b.forward(a.forward(functional.relu(c1.forward(x))))))",
        Convs + " private readonly Conv2d a = Conv2d(16, 4, 3), b = Conv2d(4, 64, 3);")] // a bottleneck
    [InlineData("c4.forward(functional.relu(c3.forward(c2.forward(functional.relu(c1.forward(x))) * torch.sigmoid(g.forward(x)))))",
        Convs + " private readonly Conv2d g = Conv2d(3, 32, 5);")] // a gate
    public Task Silent(string forward, string fields) => Verify.Links.SilentAsync(Net(forward, fields));

    /// <summary>Two linear layers in a row are NN1007's.</summary>
    [Fact]
    public Task One_place_one_finding() => Verify.Links.FiresAsync(Code.Net(
        "private readonly Linear a = Linear(32, 64), b = Linear(64, 64), c = Linear(64, 64), d = Linear(64, 1);",
        "return d.forward(functional.relu(c.forward({|NN1007:b.forward(functional.relu(a.forward(x)))|})));", input: "randn(8, 32)"));

    /// <summary>A GAN's two networks each have their recipe.</summary>
    [Fact]
    public Task Silent_on_a_generator() => Verify.Links.SilentAsync("""
        class Generator : Module<Tensor, Tensor>
        {
            private readonly Sequential net = Sequential(ConvTranspose2d(64, 32, 4), BatchNorm2d(32), ReLU(),
                ConvTranspose2d(32, 16, 4, 2, 1), BatchNorm2d(16), ReLU(), ConvTranspose2d(16, 1, 4, 2, 1), Tanh());
            public Generator() : base("g") => RegisterComponents();
            public override Tensor forward(Tensor z) => net.forward(z);
        }
        class Critic : Module<Tensor, Tensor>
        {
            private readonly Sequential net = Sequential(Conv2d(1, 16, 4, 2, 1), LeakyReLU(0.2), Conv2d(16, 32, 4, 2, 1), LeakyReLU(0.2),
                Conv2d(32, 1, 4));
            public Critic() : base("c") => RegisterComponents();
            public override Tensor forward(Tensor x) => net.forward(x).view(-1);
        }
        static class Program
        {
            static void Train(Tensor real)
            {
                var (generator, critic) = (new Generator(), new Critic());
                var (forG, forC) = (optim.Adam(generator.parameters(), 2e-4), optim.Adam(critic.parameters(), 2e-4));
                for (var i = 0; i < 100; i++)
                {
                    using var scope = NewDisposeScope();
                    var made = generator.forward(randn(16, 64, 1, 1));
                    forC.zero_grad();
                    (functional.binary_cross_entropy_with_logits(critic.forward(real), ones(16))
                        + functional.binary_cross_entropy_with_logits(critic.forward(made.detach()), zeros(16))).backward();
                    forC.step();
                    forG.zero_grad();
                    functional.binary_cross_entropy_with_logits(critic.forward(made), ones(16)).backward();
                    forG.step();
                }
            }
        }
        """);
}
