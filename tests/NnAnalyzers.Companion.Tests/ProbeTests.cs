using System.Text.Json;
using NnAnalyzers.Faults;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Companion.Tests;

public class ProbeTests
{
    private static readonly ProbeOptions Short = new() { Steps = 100 };
    private static readonly Func<Tensor, Tensor, Tensor> Mse = (o, t) => F.mse_loss(o, t);

    public static TheoryData<string> Mistakes => [.. Faulty.All.Where(c => c.Probes.Count > 0).Select(c => c.Name)];
    public static TheoryData<string> Networks => [.. NnAnalyzers.Faults.Healthy.All.Select(c => c.Name)];

    private static Sequential Mlp() => nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1));

    private static ProbeReport Ask(Case test)
    {
        random.manual_seed(0);
        using var scope = NewDisposeScope();
        return test.Run();
    }

    [Theory, MemberData(nameof(Mistakes))]
    public void A_planted_mistake_is_noticed(string name) =>
        Assert.Contains(Ask(Faulty.All.Single(c => c.Name == name)).Results,
            r => r.Verdict is ProbeVerdict.Failed or ProbeVerdict.Suspicious);

    [Theory, MemberData(nameof(Networks))]
    public void A_sound_network_passes(string name) => Ask(NnAnalyzers.Faults.Healthy.All.Single(c => c.Name == name)).ShouldLearn();

    [Fact]
    public void The_model_comes_back_as_it_was()
    {
        using var model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 1));
        var (x, y) = (randn(16, 4), randn(16, 1));
        Mse(model.call(x), y).backward();
        model.train();
        model.children().ElementAt(1).eval();
        string State() => string.Join(";",
            model.state_dict().Select(p => p.Key + string.Join(",", p.Value.to(float64).flatten().data<double>().ToArray())))
            + string.Join(",", model.parameters().SelectMany(p => p.grad!.flatten().data<float>().ToArray()))
            + string.Join(",", model.modules().Select(m => m.training)) + string.Join(",", random.get_rng_state().data<byte>().Take(2500));
        var before = State();
        Probe.Run(model, x, y, Mse, Short);
        Assert.Equal(before, State());
        // Also when the user's code throws on the way.
        Assert.Throws<ProbeInputException>(() => Probe.Run(model, x, y, (o, t) => throw new InvalidOperationException("no"), Short));
        Assert.Equal(before, State());
    }

    [Fact]
    public void What_cannot_be_run_is_told_in_one_line()
    {
        using var model = Mlp();
        var (x, y) = (randn(8, 4), randn(8, 1));
        string Told(Func<ProbeReport> run) => Assert.Throws<ProbeInputException>(() => run()).Message is var message
            && !message.Contains('\n') ? message : throw new InvalidOperationException("several lines");
        Assert.Equal("the batch is empty: the input has shape (0, 4); give at least one sample",
            Told(() => Probe.Run(model, zeros(0, 4), zeros(0, 1), Mse)));
        Assert.Equal("the loss has shape (8, 1): give one number, its mean() for example",
            Told(() => Probe.Run(model, x, y, (o, t) => (o - t).pow(2))));
        Assert.StartsWith("Sequential threw for an input of shape (8, 5) and type Float32: mat1 and mat2 shapes cannot be multiplied",
            Told(() => Probe.Run(model, randn(8, 5), y, Mse)));
        Assert.StartsWith("Sequential threw for an input of shape (8, 4) and type Int64",
            Told(() => Probe.Run(model, ones(8, 4, dtype: int64), y, Mse)));
        Assert.Matches(
            @"^the loss threw at ProbeTests\.cs\(\d+\) for an output of shape \(8, 1\) "
                + @"and a target of shape \(8, 1\) and type Float32: no$",
            Told(() => Probe.Run(model, x, y, (o, t) => throw new InvalidOperationException("no\nreally"))));
        Assert.StartsWith("there is no probe Overfit; there are DataCheck, ",
            Told(() => Probe.Run(model, x, y, Mse, new() { Only = ["Overfit"] })));
        var disposed = randn(8, 4);
        disposed.Dispose();
        Assert.StartsWith("the batch was disposed", Told(() => Probe.Run(model, disposed, y, Mse)));
    }

    [Fact]
    public void A_report_can_be_read_in_three_ways()
    {
        using var model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1), nn.ReLU());
        var x = randn(16, 4);
        var report = Probe.Run(model, x, -x.abs().sum(1, keepdim: true), Mse, Short);
        Assert.False(report.Learns);
        var error = Assert.Throws<ProbeFailedException>(() => report.ShouldLearn());
        Assert.Contains("OverfitOneBatch", error.Message);
        Assert.Contains("FAILED      OverfitOneBatch: one sample", report.ToText());
        Assert.Contains("<svg", report.ToHtml());
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(report.Results.Count, json.RootElement.GetProperty("results").GetArrayLength());
    }

    [Fact]
    public void Probes_leave_no_tensors_behind()
    {
        using var model = Mlp();
        var (x, y) = (randn(8, 4), randn(8, 1));
        Probe.Run(model, x, y, Mse, Short);
        var before = Tensor.TotalCount;
        Probe.Run(model, x, y, Mse, Short);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    /// <summary>Trains a thousand steps and gives the number of tensors that are left.</summary>
    private static long Train(TrainingRun? run)
    {
        random.manual_seed(0);
        using var model = Mlp();
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var x = randn(16, 4);
        var before = Tensor.TotalCount;
        for (var step = 0; step < 1000; step++)
        {
            using var scope = NewDisposeScope();
            using var watch = run?.Watch(model, optimizer);
            optimizer.zero_grad();
            Mse(model.call(x), x.sum(1, keepdim: true)).backward();
            optimizer.step();
        }
        return Tensor.TotalCount - before;
    }

    [Fact]
    public void A_watched_loop_leaves_no_more_tensors_than_a_bare_one()
    {
        var bare = Train(null);
        using var run = new TrainingRun(0);
        Assert.InRange(Train(run), long.MinValue, bare);
        Assert.Equal(1000, run.Monitor.Steps);
        Assert.Empty(run.Monitor.Findings);
    }

    [Fact]
    public void The_monitor_tells_each_trouble_once()
    {
        using var model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1));
        using var other = nn.Linear(2, 2);
        using var optimizer = optim.Adam(other.parameters());
        using (no_grad()) model.parameters().ElementAt(1).fill_(-50);
        var monitor = new TrainingMonitor();
        for (var step = 0; step < 64; step++)
        {
            using var scope = NewDisposeScope();
            using var watch = monitor.Watch(model, optimizer);
            Mse(model.call(randn(8, 4)), ones(8, 1)).backward();
        }
        Assert.Contains(monitor.Findings, f => f.RuleId == "NN5003");
        Assert.Single(monitor.Findings, f => f.Place == "0.weight");
        Assert.False(monitor.Report().Learns);
    }

    [Fact]
    public void A_session_goes_on_in_a_fresh_process()
    {
        var report = Sessions.Run(saveOptimizer: true, saveBuffers: true);
        Assert.Contains("8 losses after the reload in a fresh process are the same", report.ToText());
        // Objects of this process stay in it.
        var mine = new object();
        report = Probe.CheckpointRoundTrip(() => nn.Linear(2, 1), m => m.forward(ones(1, 2)).item<float>(),
            (m, folder) => m.save(Path.Combine(folder, "m")), (m, folder) => { lock (mine) m.load(Path.Combine(folder, "m")); });
        Assert.Contains("in the same process, since the functions use objects of this process", report.ToText());
    }

    [Fact]
    public void What_fails_in_the_fresh_process_is_told() =>
        Assert.Equal("the session does not go on in a fresh process: InvalidOperationException: not here",
            Assert.Throws<ProbeInputException>(() =>
            Probe.CheckpointRoundTrip(() => nn.Linear(2, 1), m => m.forward(ones(1, 2)).item<float>(), (m, folder) => { },
                (m, folder) => throw new InvalidOperationException("not here"))).Message);
}
