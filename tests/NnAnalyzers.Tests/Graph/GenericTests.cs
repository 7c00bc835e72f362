namespace NnAnalyzers.Tests.Graph;

/// <summary>Networks that generic code makes and trains.</summary>
public class GenericTests
{
    private const string Train = "functional.mse_loss(n.forward(rand(8, 4)), randn(8, 1)).backward();";

    private static string Net(bool cut) => $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 8), b = Linear(8, 1);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => {{(cut ? "{|NN1001:functional.relu(b.forward(functional.relu(a.forward(x))))|}"
                : "b.forward(functional.relu(a.forward(x)))")}};
        }
        """;

    private const string Factories = """
        static class Make
        {
            public static T Given<T>(Func<T> make) where T : Module { var m = make(); m.train(); return m; }
            public static T Fresh<T>() where T : Module, new() { var m = new T(); m.train(); return m; }
            public static T Nested<T>() where T : Module, new() => Fresh<T>();
            public static T Active<T>() => Activator.CreateInstance<T>();
            public static void Out<T>(out T model) where T : new() => model = new T();
        }
        static class Of<T> where T : new() { public static T Make() => new(); }
        class Trainer<TModel> where TModel : Module<Tensor, Tensor>, new()
        {
            private readonly TModel model = new();
            private readonly Adam optimizer;
            public Trainer() => optimizer = optim.Adam(model.parameters());
            public void Fit()
            {
                optimizer.zero_grad();
                functional.mse_loss(model.forward(rand(8, 4)), randn(8, 1)).backward();
                optimizer.step();
            }
        }
        class Special : Trainer<Net> { }
        """;

    public static TheoryData<string> Programs =>
    [
        "var n = Make.Given(() => new Net()); " + Train, "Net n = Make.Given<Net>(() => new()); " + Train,
        "var n = Make.Fresh<Net>(); " + Train,
        "var n = Make.Nested<Net>(); " + Train, "var n = Make.Active<Net>(); " + Train, "Make.Out(out Net n); " + Train,
        "var n = Of<Net>.Make(); " + Train,
        "T Local<T>(T it) => it; var n = Local(new Net()); " + Train, "new Trainer<Net>().Fit();", "new Special().Fit();",
    ];

    [Theory, MemberData(nameof(Programs))]
    public Task The_network_is_found(string program) => Verify.FiresAsync(Net(cut: true), Factories, Code.Method(program));

    [Theory, MemberData(nameof(Programs))]
    public Task Silent(string program) => Verify.SilentAsync(Net(cut: false), Factories, Code.Method(program));

    /// <summary>Two classes made by one factory are two networks.</summary>
    [Fact]
    public Task Silent_on_the_class_that_is_not_trained() => Verify.SilentAsync(Factories, Net(cut: false), """
        class Gate : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(4, 1);
            public Gate() : base("gate") => RegisterComponents();
            public override Tensor forward(Tensor x) => functional.relu(a.forward(x));
        }
        """, Code.Method("var g = Make.Fresh<Gate>(); var n = Make.Fresh<Net>(); " + Train + " using var gated = g.forward(rand(8, 4));"));

    /// <summary>Nothing is known of a type that nobody names.</summary>
    [Fact]
    public Task Silent_on_an_open_type() => Verify.SilentAsync(
        "class Open<T> where T : Module<Tensor, Tensor> { private T? model; public void Fit(T n, T[] all) { " + Train + " model = n; } }");
}
