using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;
using NnAnalyzers.Training;

namespace NnAnalyzers.Tests.Graph;

/// <summary>What comes out of TorchVision's data sets has its shape; the package is stood in for by its names.</summary>
public class DataSetTests
{
    private const string Names = """
        using System;
        namespace TorchSharp
        {
            public static class torchvision
            {
                public interface ITransform { }
                public static class transforms
                {
                    public static ITransform Normalize(double[] means, double[] stdevs) => throw new Exception();
                    public static ITransform Resize(int height, int width) => throw new Exception();
                    public static ITransform RandomHorizontalFlip(double p = 0.5) => throw new Exception();
                    public static ITransform Compose(params ITransform[] transforms) => throw new Exception();
                }
                public static class datasets
                {
                    public static torch.utils.data.Dataset MNIST(string root, bool train, bool download = false,
                        ITransform? target_transform = null) => throw new Exception();
                    public static torch.utils.data.Dataset CIFAR100(string root, bool train, bool download = false,
                        ITransform? target_transform = null) => throw new Exception();
                    public static torch.utils.data.Dataset CelebA(string root) => throw new Exception();
                }
            }
        }
        """;

    private static string Trained(string loop, string data = "torchvision.datasets.MNIST(path, true)",
        string loader = "new DataLoader(data, 64)", string fields = "private readonly Linear fc = Linear(784, 10);",
        string forward = "fc.forward(x.flatten(1))") => $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{fields}}
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => {{forward}};
        }
        static class Program
        {
            static void Train(string path)
            {
                var model = new Net();
                using var data = {{data}};
                using var loader = {{loader}};
                foreach (var batch in loader)
                {
                    var (x, y) = (batch["data"], batch["label"]);
                    {{loop}}
                }
            }
        }
        """;

    private const string TooWide = "NN3003: fc (Linear) expects 784 features; flatten(1) of (N, 3, 32, 32) gives 3072";
    private const string Loss = "functional.cross_entropy(model.forward(x), y).backward();";

    [Theory]
    [InlineData(TooWide, "torchvision.datasets.CIFAR100(path, true)")]
    [InlineData(TooWide, "torchvision.datasets.CIFAR100(path, true)", "torch.utils.data.DataLoader(data, 64, shuffle: true)")]
    [InlineData(TooWide, "torchvision.datasets.CIFAR100(path, true, false, torchvision.transforms.Compose("
        + "torchvision.transforms.Normalize(new[] { 0.5 }, new[] { 0.5 })))")]
    [InlineData("")]
    [InlineData("", "torchvision.datasets.MNIST(path, true)", "torch.utils.data.DataLoader(data, 64, shuffle: true)")]
    [InlineData("", "torchvision.datasets.MNIST(path, true, target_transform: torchvision.transforms.Resize(32, 32))")]
    [InlineData("", "torchvision.datasets.MNIST(path, true, target_transform: torchvision.transforms.Compose("
        + "torchvision.transforms.Resize(32, 32), torchvision.transforms.Normalize(new[] { 0.5 }, new[] { 0.5 })))")]
    [InlineData("", "torchvision.datasets.CelebA(path)")]
    public Task Pictures(string expected, string data = "torchvision.datasets.MNIST(path, true)",
        string loader = "new DataLoader(data, 64)") => FindsAsync(expected, Trained(Loss, data, loader));

    [Theory]
    [InlineData("NN3003: CrossEntropyLoss of (N, 10) expects targets of shape (N); they have shape (N, 1)",
        "functional.cross_entropy(model.forward(x), y.view(-1, 1)).backward();")]
    [InlineData("NN3009: MSELoss of (N, 1) and (N) compares every prediction with every target; the best it can learn is the mean",
        "functional.mse_loss(model.forward(x).narrow(1, 0, 1), y).backward();")]
    [InlineData("", "functional.mse_loss(model.forward(x).select(1, 0), y).backward();")]
    [InlineData("", "functional.cross_entropy(model.forward(x.to(float32)), y.to(int64)).backward();")]
    public Task Labels(string expected, string loop) => FindsAsync(expected, Trained(loop));

    [Fact]
    public Task A_convolution_reads_the_channels() => FindsAsync(
        "NN3003: conv (Conv2d) expects 3 channels; its input x has shape (N, 1, 28, 28)",
        Trained("functional.cross_entropy(model.forward(x), y).backward();",
            fields: "private readonly Conv2d conv = Conv2d(3, 10, 28);", forward: "conv.forward(x).flatten(1)"));

    /// <summary>Pictures have no values below 0, which a ReLU would take.</summary>
    [Fact]
    public Task Silent_on_an_autoencoder() => FindsAsync("", Trained("functional.mse_loss(model.forward(x), x).backward();",
        fields: "private readonly Linear a = Linear(784, 16), b = Linear(16, 784);",
        forward: "functional.relu(b.forward(functional.relu(a.forward(x.flatten(1))))).view(-1, 1, 28, 28)"));

    private const string Normalized = "target_transform: torchvision.transforms.Normalize(new[] { 0.13 }, new[] { 0.31 })";

    /// <summary>What a network is tested on is scaled as what it is trained on.</summary>
    [Theory]
    [InlineData("", Normalized, Normalized)]
    [InlineData("", "false", "false")]
    [InlineData("NN6002: model is trained on inputs after Normalize 0.13 0.31; here it gets them as they are", Normalized, "false")]
    [InlineData("NN6002: model is trained on inputs as they are; here it gets them after Normalize 0.13 0.31", "false", Normalized)]
    [InlineData("NN6002: model is trained on inputs after Normalize 0.13 0.31; here it gets them after Normalize 0.5 0.5", Normalized,
        "target_transform: torchvision.transforms.Normalize(new[] { 0.5 }, new[] { 0.5 })")]
    [InlineData("", "target_transform: torchvision.transforms.RandomHorizontalFlip()", "false")]
    [InlineData("", "target_transform: torchvision.transforms.Compose(torchvision.transforms.RandomHorizontalFlip(), "
        + "torchvision.transforms.Normalize(new[] { 0.13 }, new[] { 0.31 }))", Normalized)]
    [InlineData("NN6002: model is trained on inputs as they are; here it gets them after Normalize 0.13 0.31",
        "target_transform: torchvision.transforms.Resize(28, 28)", Normalized)]
    public Task Test_data(string expected, string training, string test) => FindsAsync(expected, Tested($", {training}", $", {test}"));

    /// <summary>The test data gets what lasts of the transform, and no second one.</summary>
    [Theory]
    [InlineData(", " + Normalized, "", ", " + Normalized)]
    [InlineData(", target_transform: torchvision.transforms.Compose(torchvision.transforms.RandomHorizontalFlip(), "
        + "torchvision.transforms.Normalize(new[] { 0.13 }, new[] { 0.31 }))", "", ", " + Normalized)]
    [InlineData(", " + Normalized, ", target_transform: null", null)]
    [InlineData(", " + Normalized, ", false, null", null)]
    public async Task The_test_data_is_mended(string training, string test, string? added)
    {
        var found = Assert.Single(await Verify.FindAsync(Compile(Tested(training, test))));
        Assert.Equal(added, FixProperties.Read(found.Properties) is [var edit] ? edit.Text : null);
    }

    private static string Tested(string training, string test) => $$"""
        static class Program
        {
            static void Train(string path)
            {
                var model = Sequential(Flatten(), Linear(784, 10));
                using var train = torch.utils.data.DataLoader(torchvision.datasets.MNIST(path, true{{training}}), 64);
                using var test = torch.utils.data.DataLoader(torchvision.datasets.MNIST(path, false{{test}}), 64);
                foreach (var batch in train) functional.cross_entropy(model.forward(batch["data"]), batch["label"]).backward();
                using var _ = no_grad();
                foreach (var batch in test) Console.WriteLine(model.forward(batch["data"]).argmax(1).eq(batch["label"]).sum().item<long>());
            }
        }
        """;

    /// <summary>How many batches there are, where the data set or the code says how many samples it has.</summary>
    [Theory]
    [InlineData("938 times", "torchvision.datasets.MNIST(path, true)", "new DataLoader(data, 64)")]
    [InlineData("157 times", "torchvision.datasets.MNIST(path, false)", "new DataLoader(data, 64)")]
    [InlineData("937 times", "torchvision.datasets.MNIST(path, true)", "torch.utils.data.DataLoader(data, 64, drop_last: true)")]
    [InlineData("100 times", "torchvision.datasets.MNIST(path, true)", "torch.utils.data.DataLoader(data, 64).Take(100)")]
    [InlineData("838 times", "torchvision.datasets.MNIST(path, true)", "torch.utils.data.DataLoader(data, 64).Skip(100)")]
    [InlineData("50 times", "torchvision.datasets.CIFAR100(path, true)", "torch.utils.data.DataLoader(data, 1000, shuffle: true)")]
    [InlineData("63 times", "new Own(1000)", "torch.utils.data.DataLoader(data, 16)")]
    [InlineData(null, "torchvision.datasets.MNIST(path, true)", "torch.utils.data.DataLoader(data, path.Length)")]
    [InlineData(null, "torchvision.datasets.MNIST(path, path.Length > 3)", "torch.utils.data.DataLoader(data, 64)")]
    [InlineData(null, "new Own(path.Length)", "torch.utils.data.DataLoader(data, 16)")]
    public void Batches(string? times, string data, string loader)
    {
        var code = Trained(Loss, data, loader)
            .Replace("using var loader", "var loader") + """
            class Own(long n) : torch.utils.data.Dataset
            {
                public override long Count => n;
                public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["data"] = randn(784), ["label"] = ones(1) };
            }
            """;
        var compilation = Compile(code);
        var project = new ProjectGraph(compilation, TorchSymbols.TryCreate(compilation)!);
        var site = SitePrinter.Text(project.Sites.Single(s => s.Name == "Train"));
        Assert.Contains($"foreach batch in loader{(times is null ? "" : ": " + times)}\n", site);
    }

    /// <summary>Tensors that are given together are taken apart together.</summary>
    [Theory]
    [InlineData("NN3003: fc (Linear) expects 784 features; its input x has shape (N, 12)", "randn(100, 12)")]
    [InlineData("", "randn(100, 784)")]
    [InlineData("", "load(path)")]
    public Task Tensors(string expected, string x) => FindsAsync(expected, $$"""
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear fc = Linear(784, 10);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.forward(x);
        }
        static class Program
        {
            static void Train(string path)
            {
                var model = new Net();
                using var data = torch.utils.data.TensorDataset({{x}}, zeros(100, int64));
                using var loader = torch.utils.data.DataLoader(data, 32, shuffle: true);
                foreach (var batch in loader) functional.cross_entropy(model.forward(batch[0]), batch[1]).backward();
            }
        }
        """);

    private static async Task FindsAsync(string expected, string code)
    {
        var compilation = Compile(code);
        Assert.Equal(expected, string.Join("; ", (await Verify.FindAsync(compilation)).Select(d => $"{d.Id}: {d.GetMessage()}")));
    }

    private static Compilation Compile(string code)
    {
        var names = CSharpCompilation.Create("TorchVision", [CSharpSyntaxTree.ParseText(Names)], Verify.Compile("").References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var compilation = Verify.Compile(code).AddReferences(names.ToMetadataReference());
        Assert.DoesNotContain(compilation.GetDiagnostics().Concat(names.GetDiagnostics()), d => d.Severity == DiagnosticSeverity.Error);
        return compilation;
    }
}
