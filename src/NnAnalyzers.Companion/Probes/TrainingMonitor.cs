using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>
/// Watches a training that runs: one line in the loop, <c>using var watch = monitor.Watch(model, optimizer);</c>. At every sixteenth
/// step it looks at gradients and updates; the others cost a counter. It changes nothing and keeps no tensor beyond the step.
/// </summary>
public sealed class TrainingMonitor
{
    private static readonly IDisposable Nothing = new Step(null);
    private readonly HashSet<string> _told = [];
    private readonly List<ProbeResult> _findings = [];
    private long _step;

    /// <param name="every">How many steps go by between two looks.</param>
    public TrainingMonitor(int every = 16)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 1);
        Every = every;
    }

    /// <summary>How many steps go by between two looks.</summary>
    public int Every { get; }

    /// <summary>Steps seen.</summary>
    public long Steps => _step;

    /// <summary>What was found, each trouble of each parameter once, at the step it was first seen.</summary>
    public IReadOnlyList<ProbeResult> Findings => _findings;

    /// <summary>The findings as a report.</summary>
    public ProbeReport Report(string model = "training") =>
        new(model, _findings.Count > 0 ? _findings : [new("GradientFlow", ProbeVerdict.Passed, $"{_step} steps, nothing found", "", "")]);

    /// <summary>Stands at the top of the loop's body; what it watches is the step until it is disposed.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="optimizer">Its optimizer.</param>
    public IDisposable Watch(nn.Module model, optim.Optimizer optimizer)
    {
        if (_step++ % Every != 0) return Nothing;
        if (_step == 1) Parameters(model, optimizer);
        using var guard = no_grad();
        var watched = model.named_parameters().Where(p => p.parameter.requires_grad && p.parameter.dim() >= 2).ToList();
        var before = watched.Select(p => p.parameter.detach().clone().DetachFromDisposeScope()).ToList();
        return new Step(() => Look(watched, before));
    }

    /// <summary>An optimizer that has none of the model's parameters trains something else.</summary>
    private void Parameters(nn.Module model, optim.Optimizer optimizer)
    {
        var handles = optimizer.parameters().Select(p => p.Handle).ToHashSet();
        var own = model.parameters().ToList();
        if (own.Count == 0) Tell("", "the model has no registered parameters", "at least one",
            "Call RegisterComponents() at the end of the constructor.");
        else if (!own.Any(p => handles.Contains(p.Handle))) Tell("", "the optimizer has none of the model's parameters", "all of them",
            "Make the optimizer after the model was made and moved, from model.parameters().", "NN5003");
    }

    private void Look(List<(string name, Parameter parameter)> watched, List<Tensor> before)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        try
        {
            var seen = watched.Zip(before).Where(p => p.First.parameter.grad is not null).ToList();
            if (seen.Count == 0) return;
            // All numbers of a step come over in one piece: each transfer waits for the device.
            var table = stack(seen.SelectMany(p => new[]
            {
                p.First.parameter.grad!.abs().mean(), p.Second.norm(), (p.First.parameter - p.Second).norm(),
                p.First.parameter.grad!.flatten(1).abs().sum(1).eq(0).to(float32).mean(),
            }.Select(t => t.to(float32))).ToList()).cpu().data<float>().ToArray();
            for (var i = 0; i < seen.Count; i++)
            {
                var name = seen[i].First.name;
                var (mean, size, update, dead) = (table[4 * i], table[4 * i + 1], table[4 * i + 2], table[4 * i + 3]);
                if (!float.IsFinite(mean) || !float.IsFinite(update)) Tell(name, $"the gradient or the update of {name} is not a number",
                    "finite numbers", "Look for a division, a logarithm or a root of zero; lower the rate.");
                else if (mean > Thresholds.ExplodingGradient)
                    Tell(name, $"the mean gradient of {name} is {mean:g3}", $"{Thresholds.ExplodingGradient:g} (source: ours)",
                        "The gradient explodes: scale inputs, targets and weights, or clip it.", "NN2001");
                else if (mean < Thresholds.VanishedGradient) Tell(name, $"the mean gradient of {name} is {mean:g3}",
                    $"{Thresholds.VanishedGradient:g} (source: SageMaker Debugger, VanishingGradient)",
                    "The gradient has vanished, or there is nothing left to learn.", verdict: ProbeVerdict.Suspicious);
                if (size > 0 && update / size > Thresholds.LargeUpdate)
                    Tell(name, $"one step changes {name} by {update / size:g3} of its size", $"{Thresholds.LargeUpdate:g} (source: ours)",
                        "The learning rate is too high for these weights.", verdict: ProbeVerdict.Suspicious);
                if (mean > 0 && dead > Thresholds.DeadShare) Tell(name,
                    $"{dead:p0} of the rows of {name} get no gradient", $"{Thresholds.DeadShare:p0} (source: SageMaker Debugger, DeadRelu)",
                    "Units may be dead. (For an embedding these are words the batch does not have.)", verdict: ProbeVerdict.Suspicious);
            }
        }
        finally
        {
            foreach (var copy in before) copy.Dispose();
        }
    }

    private void Tell(string place, string measured, string threshold, string advice, string? rule = null,
        ProbeVerdict verdict = ProbeVerdict.Failed)
    {
        if (_told.Add(place + advice)) _findings.Add(new("GradientFlow", verdict, $"step {_step}: {measured}", threshold, advice)
            { Place = place.Length == 0 ? null : place, RuleId = rule });
    }

    private sealed class Step(Action? end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose()
        {
            _end?.Invoke();
            _end = null;
        }
    }
}
