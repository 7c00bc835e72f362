using System.Reflection;
using NnAnalyzers.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;
using LRScheduler = TorchSharp.torch.optim.lr_scheduler.LRScheduler;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What is said of a rate after n steps is what TorchSharp's own schedulers do to it.</summary>
public class ScheduleTests
{
    private const double Start = 0.1;
    private const int Steps = 60;

    private static readonly Dictionary<string, (Func<Optimizer, LRScheduler> Make, ScheduleSettings Settings)> Cases = new()
    {
        ["StepLR"] = (o => lr_scheduler.StepLR(o, 7, 0.5), Of("StepLR", ("step_size", 7), ("gamma", 0.5))),
        ["MultiStepLR"] = (o => lr_scheduler.MultiStepLR(o, [3, 10, 10, 25], 0.3), Of("MultiStepLR", ("gamma", 0.3)) with
        {
            Milestones = [3, 10, 10, 25],
        }),
        ["ExponentialLR"] = (o => lr_scheduler.ExponentialLR(o, 0.9), Of("ExponentialLR", ("gamma", 0.9))),
        ["PolynomialLR"] = (o => lr_scheduler.PolynomialLR(o, 40, 2), Of("PolynomialLR", ("total_iters", 40), ("power", 2))),
        ["ConstantLR"] = (o => lr_scheduler.ConstantLR(o, 0.5, 6), Of("ConstantLR", ("factor", 0.5), ("total_iters", 6))),
        ["LinearLR"] = (o => lr_scheduler.LinearLR(o, 0.2, 0.8, 12), Of("LinearLR", ("start_factor", 0.2), ("end_factor", 0.8),
            ("total_iters", 12))),
        ["CosineAnnealingLR"] = (o => lr_scheduler.CosineAnnealingLR(o, 20, 0.01), Of("CosineAnnealingLR", ("T_max", 20),
            ("eta_min", 0.01))),
        ["CyclicLR"] = (o => lr_scheduler.CyclicLR(o, 0.01, 0.2, 5, 8), Of("CyclicLR", ("base_lr", 0.01), ("max_lr", 0.2),
            ("step_size_up", 5), ("step_size_down", 8), ("mode", 0))),
        ["CyclicLR, falling"] = (o => lr_scheduler.CyclicLR(o, 0.01, 0.2, 5, mode: lr_scheduler.impl.CyclicLR.Mode.Triangular2),
            Of("CyclicLR", ("base_lr", 0.01), ("max_lr", 0.2), ("step_size_up", 5), ("step_size_down", -1), ("mode", 1))),
        ["CyclicLR, exponential"] = (
            o => lr_scheduler.CyclicLR(o, 0.01, 0.2, 5, mode: lr_scheduler.impl.CyclicLR.Mode.ExpRange, gamma: 0.9),
            Of("CyclicLR", ("base_lr", 0.01), ("max_lr", 0.2), ("step_size_up", 5), ("mode", 2), ("gamma", 0.9))),
        ["OneCycleLR"] = (o => lr_scheduler.OneCycleLR(o, 0.3, total_steps: Steps + 1), Cycle(("total_steps", Steps + 1))),
        ["OneCycleLR, three phases"] = (o => lr_scheduler.OneCycleLR(o, 0.3, epochs: 7, steps_per_epoch: 9, three_phase: true,
            anneal_strategy: lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear),
            Cycle(("epochs", 7), ("steps_per_epoch", 9), ("three_phase", 1), ("anneal_strategy", 1))),
        ["LambdaLR"] = (o => lr_scheduler.LambdaLR(o, n => 1 / (1 + 0.1 * n)), Of("LambdaLR") with { Factor = n => 1 / (1 + 0.1 * n) }),
        ["MultiplicativeLR"] = (o => lr_scheduler.MultiplicativeLR(o, n => n % 2 == 0 ? 0.9 : 0.95),
            Of("MultiplicativeLR") with { Factor = n => n % 2 == 0 ? 0.9 : 0.95 }),
        ["ChainedLR"] = (o => lr_scheduler.ChainedLR([lr_scheduler.StepLR(o, 4, 0.5), lr_scheduler.ExponentialLR(o, 0.9)]),
            Of("ChainedLR") with { Parts = [Of("StepLR", ("step_size", 4), ("gamma", 0.5)), Of("ExponentialLR", ("gamma", 0.9))] }),
        ["SequentialLR"] = (o => lr_scheduler.SequentialLR(o,
            [lr_scheduler.ConstantLR(o, 0.1, 100), lr_scheduler.ExponentialLR(o, 0.9)], [10]), Of("SequentialLR") with
            {
                Milestones = [10],
                Parts = [Of("ConstantLR", ("factor", 0.1), ("total_iters", 100)), Of("ExponentialLR", ("gamma", 0.9))],
            }),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static ScheduleSettings Of(string kind, params (string Name, double Value)[] numbers) => new(kind, numbers);

    private static ScheduleSettings Cycle(params (string Name, double Value)[] numbers)
    {
        var all = new Dictionary<string, double> { ["max_lr"] = 0.3, ["pct_start"] = 0.3, ["div_factor"] = 25, ["final_div_factor"] = 1e4,
            ["three_phase"] = 0, ["anneal_strategy"] = 0 };
        foreach (var (name, value) in numbers) all[name] = value;
        return Of("OneCycleLR") with { Numbers = all };
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_rate_after_n_steps_is_that_of_the_real_scheduler(string name)
    {
        TorchLibrary.Load();
        var (make, settings) = Cases[name];
        using var weight = nn.Parameter(ones(1));
        var optimizer = SGD([weight], Start, momentum: 0.9);
        var scheduler = make(optimizer);
        for (var steps = 0; steps <= Steps; steps++)
        {
            var (real, said) = (optimizer.ParamGroups.First().LearningRate, Schedules.RateAfter(settings, Start, steps));
            Assert.True(said is { } rate && Math.Abs(real - rate) <= 1e-9 + 1e-9 * Math.Abs(real),
                $"after {steps} steps {real}, not {said}");
            scheduler.step();
        }
    }

    /// <summary>Every scheduler but the one that a metric decides.</summary>
    [Fact]
    public void Every_scheduler_is_compared() =>
        Assert.Equal(typeof(lr_scheduler).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(m => typeof(LRScheduler).IsAssignableFrom(m.ReturnType)).Select(m => m.Name).Distinct()
            .Except(["ReduceLROnPlateau"]).Order(),
            Cases.Keys.Select(k => k.Split(',')[0]).Distinct().Order());
}
