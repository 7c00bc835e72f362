namespace NnAnalyzers.Tests.Rules;

public class NN3010_BatchAxisSecondTests
{
    private static string Net(string layer, string forward) => $$"""
        class Reader : Module<Tensor, Tensor>
        {
            private readonly {{layer}};
            private readonly Linear head = Linear(16, 1);
            public Reader() : base("r") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                // (sample, time, feature)
                {{forward}}
            }
        }
        """;

    [Theory]
    [InlineData("LSTM rnn = LSTM(4, 16{0})", "var (y, _, _) = {1}; return head.forward(y.select(1, -1));", "rnn.forward(x)")]
    [InlineData("LSTM rnn = LSTM(4, 16, numLayers: 2{0})", "var (y, h, c) = {1}; return head.forward(y[.., -1]);", "rnn.call(x)")]
    [InlineData("GRU rnn = GRU(4, 16{0})", "var y = {1}.Item1; return head.forward(y.select(1, x.shape[1] - 1));", "rnn.forward(x)")]
    [InlineData("GRU rnn = GRU(4, 16{0})", "var (y, _) = {1}; return head.forward(y.mean(new long[] {{ 1 }}));", "rnn.forward(x)")]
    [InlineData("LSTM rnn = LSTM(4, 16{0})",
        "var (y, _, _) = {1}; return head.forward(y[TensorIndex.Colon, TensorIndex.Single(-1), TensorIndex.Colon]);", "rnn.forward(x)")]
    public Task The_batch_comes_first(string layer, string forward, string call) => Verify.FixAsync(
        Net(string.Format(layer, ""), string.Format(forward, "", $"{{|NN3010:{call}|}}")),
        Net(string.Format(layer, ", batchFirst: true"), string.Format(forward, "", call)));

    [Theory]
    [InlineData("TransformerEncoder encoder = TransformerEncoder(TransformerEncoderLayer(16, 4, 32), 2)",
        "var y = {|NN3010:encoder.forward(x, null, null)|}; return head.forward(y.select(1, 0));",
        "var y = encoder.forward(x.transpose(0, 1), null, null).transpose(0, 1); return head.forward(y.select(1, 0));")]
    [InlineData("TransformerEncoderLayer encoder = TransformerEncoderLayer(16, 4, 32)",
        "return head.forward({|NN3010:encoder.call(x)|}.mean(new long[] { 1 }));",
        "return head.forward(encoder.call(x.transpose(0, 1)).transpose(0, 1).mean(new long[] { 1 }));")]
    public Task Layers_without_a_switch_get_their_axes_turned(string layer, string before, string after) =>
        Verify.FixAsync(Net(layer, before), Net(layer, after));

    [Theory]
    [InlineData("LSTM rnn = LSTM(4, 16, batchFirst: true)", "var (y, _, _) = rnn.forward(x); return head.forward(y.select(1, -1));")]
    [InlineData("LSTM rnn = LSTM(4, 16)", "var (y, _, _) = rnn.forward(x); return head.forward(y.select(0, -1));")]
    [InlineData("LSTM rnn = LSTM(4, 16)", "var (y, _, _) = rnn.forward(x); return head.forward(y[-1]);")]
    [InlineData("LSTM rnn = LSTM(4, 16)", "var (y, _, _) = rnn.forward(x.permute(1, 0, 2)); return head.forward(y[-1]);")]
    [InlineData("LSTM rnn = LSTM(4, 16)",
        "var (y, _, _) = rnn.forward(x.transpose(0, 1)); return head.forward(y.transpose(0, 1).select(1, -1));")]
    [InlineData("LSTM rnn = LSTM(4, 16)", "var (y, _, _) = rnn.forward(x.unsqueeze(1)); return head.forward(y.select(1, -1));")]
    [InlineData("GRU rnn = GRU(4, 16)", "var (y, _) = rnn.forward(x); return head.forward(y.mean(new long[] { 0 }));")]
    [InlineData("GRU rnn = GRU(4, 16)", "var (y, _) = rnn.forward(x); return head.forward(y);")]
    [InlineData("GRU rnn = GRU(4, 16)", "var (y, _) = rnn.forward(x); return head.forward(y.select(1, 0));")]
    public Task Silent(string layer, string forward) => Verify.SilentAsync(Net(layer, forward));

    [Fact]
    public Task A_loaders_batches_come_first_whatever_is_read_on() => Verify.FiresAsync(
        Net("GRU rnn = GRU(4, 16)", "var (y, _) = {|NN3010:rnn.forward(x)|}; return head.forward(y);"), Loaded);

    [Fact]
    public Task Silent_where_a_loaders_batches_are_turned_before() => Verify.SilentAsync(
        Net("GRU rnn = GRU(4, 16)", "var (y, _) = rnn.forward(x); return head.forward(y);"),
        Loaded.Replace("net.forward(batch[\"x\"])", "net.forward(batch[\"x\"].transpose(0, 1))"));

    private const string Loaded = """
        class Series : torch.utils.data.Dataset
        {
            private readonly Tensor x = randn(100, 20, 4), y = randn(100, 20, 1);
            public override long Count => 100;
            public override Dictionary<string, Tensor> GetTensor(long i) => new() { ["x"] = x[i], ["y"] = y[i] };
        }
        static class P
        {
            static void Main()
            {
                var net = new Reader();
                var optimizer = optim.Adam(net.parameters());
                using var loader = torch.utils.data.DataLoader(new Series(), 10, shuffle: true);
                for (var epoch = 0; epoch < 50; epoch++)
                    foreach (var batch in loader)
                    {
                        using var scope = NewDisposeScope();
                        optimizer.zero_grad();
                        functional.mse_loss(net.forward(batch["x"]), batch["y"]).backward();
                        optimizer.step();
                    }
            }
        }
        """;
}
