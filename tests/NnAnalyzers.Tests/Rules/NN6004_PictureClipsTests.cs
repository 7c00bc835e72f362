namespace NnAnalyzers.Tests.Rules;

public class NN6004_PictureClipsTests
{
    private static string Show(string shown, string picture, string target = "x") => $$"""
        static class Program
        {
            static void Train(string path)
            {
                var stem = Sequential(Conv2d(1, 8, 3, padding: 1), ReLU());
                var model = Sequential(Conv2d(1, 8, 3, padding: 1), ReLU(), Conv2d(8, 1, 3, padding: 1));
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 100; step++)
                {
                    using var x = rand(8, 1, 28, 28);
                    var loss = functional.mse_loss(model.forward(x), {{target}});
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
                using var _ = no_grad();
                var maps = {{shown}};
                Save({{picture}}, path);
            }

            static void Save(Tensor picture, string path) => File.WriteAllBytes(path, picture.data<byte>().ToArray());
        }
        """;

    private const string Maps = "stem.forward(rand(1, 1, 28, 28))";

    [Theory]
    [InlineData("{|NN6004:maps.clamp(0, 255)|}.to(uint8)", "((maps - maps.min()) / (maps.max() - maps.min()) * 255).to(uint8)")]
    [InlineData("{|NN6004:maps.clamp(0, 1)|}.mul(255).to_type(ScalarType.Byte)",
        "((maps - maps.min()) / (maps.max() - maps.min())).mul(255).to_type(ScalarType.Byte)")]
    [InlineData("{|NN6004:torch.clamp(maps, 0, 255)|}.@byte()", "((maps - maps.min()) / (maps.max() - maps.min()) * 255).@byte()")]
    [InlineData("({|NN6004:maps.clamp(min: 0, max: 1)|} * 255).select(1, 0).to(torch.uint8)",
        "(((maps - maps.min()) / (maps.max() - maps.min())) * 255).select(1, 0).to(torch.uint8)")]
    public Task Activations(string picture, string scaled) => Verify.FixAsync(Show(Maps, picture), Show(Maps, scaled));

    [Theory]
    [InlineData("{|NN6004:(maps * 255).clamp(0, 255)|}.to(uint8)")]
    [InlineData("{|NN6004:maps.select(1, 3).clamp_(0, 255)|}.to(uint8)")]
    public Task Activations_that_are_multiplied(string picture) => Verify.FiresAsync(Show(Maps, picture));

    [Fact]
    public Task Predictions_of_negative_numbers() => Verify.FiresAsync(
        Show("model.forward(rand(1, 1, 28, 28))", "{|NN6004:maps.clamp(0, 1)|}.mul(255).to(uint8)", "x * 2 - 1"));

    [Theory]
    [InlineData("model.forward(rand(1, 1, 28, 28))", "maps.clamp(0, 1).mul(255).to(uint8)")] // it was taught numbers from 0 to 1
    [InlineData("model.forward(rand(1, 1, 28, 28))", "maps.clamp(0, 1).mul(255).to(uint8)", "torch.load(path)")]
    [InlineData("stem.forward(rand(1, 1, 28, 28)).sigmoid()", "maps.clamp(0, 1).mul(255).to(uint8)")]
    [InlineData(Maps, "((maps - maps.min()) / (maps.max() - maps.min()) * 255).clamp(0, 255).to(uint8)")]
    [InlineData(Maps, "maps.clamp(0, 6).mul(40).to(uint8)")]
    [InlineData("stem.forward(rand(1, 1, 28, 28)).clamp(0, 1)", "zeros(3).to(uint8)")] // no picture
    [InlineData("rand(1, 1, 28, 28) * 300", "maps.clamp(0, 255).to(uint8)")]
    public Task Silent(string shown, string picture, string target = "x") => Verify.SilentAsync(Show(shown, picture, target));

    /// <summary>What a network's own method gives is what its forward taught.</summary>
    [Fact]
    public Task A_method_of_the_network() => Verify.FiresAsync(Decoded("x * 2 - 1", "{|NN6004:shown.clamp(0, 1)|}"));

    [Fact]
    public Task Silent_on_a_method_that_was_taught_its_range() => Verify.SilentAsync(Decoded("x", "shown.clamp(0, 1)"));

    private static string Decoded(string target, string picture) => $$"""
        class Coder : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> down = Linear(784, 32), act = ReLU(), up = Linear(32, 784);
            public Coder() : base("coder") => RegisterComponents();
            public Tensor Decode(Tensor code) => up.forward(act.forward(code));
            public override Tensor forward(Tensor x) => Decode(down.forward(x));
        }

        static class Program
        {
            static void Train(string path)
            {
                var model = new Coder();
                var optimizer = optim.Adam(model.parameters());
                for (var step = 0; step < 100; step++)
                {
                    using var x = rand(8, 784);
                    var loss = functional.mse_loss(model.forward(x), {{target}});
                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                }
                using var _ = no_grad();
                var shown = model.Decode(randn(1, 32));
                File.WriteAllBytes(path, {{picture}}.mul(255).to(uint8).data<byte>().ToArray());
            }
        }
        """;
}
