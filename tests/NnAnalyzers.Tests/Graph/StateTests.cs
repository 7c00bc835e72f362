namespace NnAnalyzers.Tests.Graph;

/// <summary>The states that recurrent layers return: (layers · directions, N, hidden), also where the batch stands first.</summary>
public class StateTests
{
    private static string Net(string layer, string head, string forward) => Code.Net(
        $"private readonly {layer}; private readonly Linear fc = Linear({head}, 3);", forward, "prediction.sum()",
        input: "randn(8, 10, 16)");

    [Theory]
    [InlineData("GRU r = GRU(16, 24, batchFirst: true)", "25", "var (_, h) = r.forward(x); return {|NN3003:fc.forward(h[-1])|};")]
    [InlineData("LSTM r = LSTM(16, 24, 2)", "25", "var (_, h, c) = r.forward(x); return {|NN3003:fc.forward(c.select(0, 1))|};")]
    [InlineData("RNN r = RNN(16, 24, bidirectional: true)", "24",
        "var (_, h) = r.forward(x, null); return {|NN3003:fc.forward(cat(new[] { h[0], h[1] }, 1))|};")]
    [InlineData("GRU r = GRU(16, 24, 3, batchFirst: true, bidirectional: true)", "24",
        "var (_, h) = r.forward(x); return {|NN3003:fc.forward(h.permute(1, 0, 2).flatten(1))|};")]
    [InlineData("LSTMCell r = LSTMCell(16, 24)", "25",
        "var (h, c) = r.forward(x.select(1, 0), (zeros(8, 24), zeros(8, 24))); return {|NN3003:fc.forward(c)|};")]
    public Task States_that_do_not_fit(string layer, string head, string forward) =>
        Verify.Sizes.FiresAsync(Net(layer, head, forward));

    [Theory]
    [InlineData("GRU r = GRU(16, 24, batchFirst: true)", "24", "var (_, h) = r.forward(x); return fc.forward(h[-1]);")]
    [InlineData("GRU r = GRU(16, 24, batchFirst: true, bidirectional: true)", "48",
        "var (_, h) = r.forward(x); return fc.forward(cat(new[] { h[-2], h[-1] }, 1));")]
    [InlineData("LSTM r = LSTM(16, 24, 2, batchFirst: true, bidirectional: true)", "96",
        "var (_, h, c) = r.forward(x); return fc.forward(h.permute(1, 0, 2).reshape(x.shape[0], -1));")]
    [InlineData("LSTM r = LSTM(16, 24)", "24", "var (o, h, c) = r.forward(x); return fc.forward(h.squeeze(0));")]
    [InlineData("LSTM r = LSTM(16, 24)", "24", "var (o, h, c) = r.forward(x); (o, h, c) = r.forward(x, (h, c)); return fc.forward(h[0]);")]
    [InlineData("GRU r = GRU(16, 24, Environment.ProcessorCount)", "48",
        "var (_, h) = r.forward(x); return fc.forward(h.permute(1, 0, 2).flatten(1));")]
    public Task Silent(string layer, string head, string forward) => Verify.Sizes.SilentAsync(Net(layer, head, forward));

    [Fact]
    public Task A_state_with_the_batch_brought_to_the_front_by_a_reshape() => Verify.FixAsync(
        Net("GRU r = GRU(16, 24, 2, batchFirst: true)", "48",
            "var (_, h) = r.forward(x); return fc.forward({|NN3001:h.view(x.shape[0], -1)|});"),
        Net("GRU r = GRU(16, 24, 2, batchFirst: true)", "48",
            "var (_, h) = r.forward(x); return fc.forward(h.permute(1, 0, 2).reshape(x.shape[0], -1));"));

    [Theory]
    [InlineData("GRU r = GRU(16, 24, batchFirst: true)", "24", "var (_, h) = r.forward(x); return fc.forward(h.view(x.shape[0], -1));")]
    [InlineData("GRU r = GRU(16, 24, 2)", "24", "var (_, h) = r.forward(x); return fc.forward(h.view(2, 1, x.shape[1], 24)[1, 0]);")]
    [InlineData("GRU r = GRU(16, 24, 2, batchFirst: true)", "48",
        "var (_, h) = r.forward(x); return fc.forward(h.transpose(0, 1).reshape(x.shape[0], -1));")]
    [InlineData("GRU r = GRU(16, 24, Environment.ProcessorCount, batchFirst: true)", "48",
        "var (_, h) = r.forward(x); return fc.forward(h.view(x.shape[0], 48));")]
    public Task Silent_on_values_that_are_in_order(string layer, string head, string forward) =>
        Verify.SilentAsync(Net(layer, head, forward));
}
