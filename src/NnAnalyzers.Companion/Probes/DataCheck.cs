using TorchSharp;
using static TorchSharp.torch;

namespace NnAnalyzers.Companion;

/// <summary>Looks at inputs and targets before any network does: what no network can learn, or need not learn.</summary>
internal static class DataCheck
{
    public static IEnumerable<ProbeResult> Ask(Subject subject)
    {
        using var guard = no_grad();
        var (input, target) = (subject.Input, subject.Target);
        foreach (var (data, name) in new[] { (input, "input"), (target, "target") })
            if (data.is_floating_point() && data.isfinite().logical_not() is var bad && bad.any().item<bool>() && !IsLeftOut(subject))
            {
                yield return Bad(ProbeVerdict.Failed,
                    $"{bad.sum().item<long>()} of {data.numel()} numbers of the {name} are NaN or infinite" + Column(bad),
                    "finite numbers", "Clean the data: fill or drop what is missing.", ProbeCause.NotFiniteData);
                yield break;
            }
        if (Broadcast(subject) is { } shapes)
            yield return Bad(ProbeVerdict.Failed, $"an output of {shapes.Output} is compared with a target of {shapes.Target}",
                "equal shapes", "The loss stretches both to one shape and compares every sample with every target: reshape one of them.",
                ProbeCause.LossBroadcasts, "NN3009");
        if (!subject.HasSamples) yield break;
        var all = Targets(subject, target).Concat(Size(subject)).Concat(Alike(input)).Concat(Copies(input))
            .Concat(Columns(subject, input, target)).Concat(Unrelated(subject, input, target)).ToList();
        foreach (var result in all) yield return result;
        if (all.Count == 0) yield return new("DataCheck", ProbeVerdict.Passed,
            $"{input.shape[0]} samples: all finite, neither copies nor a column that stands out", "", "");
    }

    /// <summary>A loss that is finite all the same does not look at what is missing.</summary>
    private static bool IsLeftOut(Subject subject)
    {
        var (input, target) = subject.Batch();
        return double.IsFinite(subject.Loss(input, target));
    }

    private static (string Output, string Target)? Broadcast(Subject subject)
    {
        using var scope = NewDisposeScope();
        var output = subject.Forward(subject.Batch().Input);
        string Text(Tensor tensor) => $"({string.Join(", ", tensor.shape)})";
        return subject.Kind is LossKind.Mse or LossKind.L1 && subject.BatchSize > 1 && !output.shape.SequenceEqual(subject.Target.shape)
            && output.shape.Max() > 1 ? (Text(output), Text(subject.Target)) : null;
    }

    private static string Column(Tensor bad) =>
        bad.dim() == 2 && bad.any(0).nonzero().flatten() is { } columns && columns.numel() < bad.shape[1]
        ? $", in column {columns[0].item<long>()}" : "";

    private static IEnumerable<ProbeResult> Targets(Subject subject, Tensor target)
    {
        if (target.is_integral() && subject.Kind == LossKind.CrossEntropy && Subject.Named(target) is var named
            && named.numel() is >= Thresholds.FewSamples and var n)
        {
            var (_, _, counts) = unique(named, return_counts: true);
            var most = counts!.max().item<long>() / (double)n;
            if (counts.numel() == 1)
                yield return Bad(ProbeVerdict.Failed, $"all {n} targets are class {named[0].to(int64).item<long>()}",
                    "at least two classes", "There is nothing to tell apart: look at how the labels are read.", ProbeCause.ConstantTarget);
            else if (most > Thresholds.LargeClass)
                yield return Bad(ProbeVerdict.Suspicious, $"{most:p1} of the targets are of one class",
                    $"{Thresholds.LargeClass:p0} (source: ours)", "A network that always names it is nearly right: weigh the classes, "
                    + "or draw the others more often.", ProbeCause.ClassImbalance);
        }
        else if (subject.Kind is LossKind.BinaryLogits or LossKind.BinaryProbabilities && target.numel() >= 100
            && OfSamples(target).to(float64).mean().item<double>() is var ones && Math.Max(ones, 1 - ones) is var share
            && share > Thresholds.LargeClass && share < 1)
            yield return Bad(ProbeVerdict.Suspicious, $"{share:p1} of the targets are {(ones > 0.5 ? 1 : 0)}",
                $"{Thresholds.LargeClass:p1} (source: ours)", "A network that always says so is nearly right: weigh the classes "
                + "(pos_weight), or draw the others more often.", ProbeCause.ClassImbalance);
        // Ones alone, or zeros in the middle of a program, are what the halves of a GAN's data are told to be.
        else if (target.is_floating_point() && subject.Kind is LossKind.Mse or LossKind.L1 && target.numel() >= 4
            && target.eq(target.flatten()[0]).all().item<bool>()
            && target.flatten()[0].to(float64).item<double>() is not (1 or -1) and var c
            && !(c == 0 && subject.Options.IsRunning))
            yield return Bad(ProbeVerdict.Failed, $"all {target.numel()} targets are {c:g4}", "targets that differ",
                "There is nothing to learn but one number: look at how the targets are made.", ProbeCause.ConstantTarget);
    }

    /// <summary>Yes or no for each sample: of many labels few hold, and one is enough.</summary>
    private static Tensor OfSamples(Tensor target) => target.dim() > 1 ? target.flatten(1).amax([1L]) : target;

    /// <summary>Numbers to learn that are far from those a network starts with.</summary>
    private static IEnumerable<ProbeResult> Size(Subject subject)
    {
        // Numbers, whatever is made of the distance: class numbers and chances are smaller.
        if (!subject.Target.is_floating_point()
            || Subject.Rms(subject.Target) is not (> Thresholds.LargeTarget and var size)) yield break;
        yield return Bad(ProbeVerdict.Failed, $"the targets are about {size:g3}", $"{Thresholds.LargeTarget} (source: ours: a network "
            + "starts with outputs of about 1, and Adam moves them by about its rate a step)", "Give the targets a mean of 0 and a "
            + "deviation of 1, and scale back what the network says.", ProbeCause.TargetScale, "NN6003");
    }

    /// <summary>Samples that all hold the same.</summary>
    private static IEnumerable<ProbeResult> Alike(Tensor input)
    {
        if (input.shape[0] > 1 && input.numel() > 4 && input.eq(input.flatten()[0]).all().item<bool>())
            yield return Bad(ProbeVerdict.Failed,
                $"all {input.numel()} numbers of the input are {input.flatten()[0].to(float64).item<double>():g4}",
                "inputs that differ", "Nothing tells the samples apart: look at how they are read and looked up.", ProbeCause.InputIgnored);
    }

    private static IEnumerable<ProbeResult> Copies(Tensor input)
    {
        if (!input.is_floating_point() || input.dim() < 2 || input.shape[0] < Thresholds.FewSamples / 2 || input.numel() > 50_000_000)
            yield break;
        var rows = input.flatten(1);
        // Of a few kinds, a letter or a place on a board, there are no more than that.
        if (rows.shape[1] < 2 || input.eq(input.round()).all().item<bool>()) yield break;
        // Equal rows have equal sums, whatever the weights, and others have not, for these are no multiples of each other.
        var (kinds, _, _) = unique((rows.to(float64) * arange(1, rows.shape[1] + 1, float64, rows.device).sin()).sum(1));
        var copies = 1 - kinds.shape[0] / (double)rows.shape[0];
        if (copies > Thresholds.Copies)
            yield return Bad(ProbeVerdict.Suspicious, $"{copies:p0} of the samples are copies of others",
                $"{Thresholds.Copies:p0} (source: ours)", "Look at how batches are put together.", ProbeCause.DuplicatedData);
    }

    /// <summary>Columns of a table: one of another size, one that is the target.</summary>
    private static IEnumerable<ProbeResult> Columns(Subject subject, Tensor input, Tensor target)
    {
        if (input.dim() != 2 || input.shape[1] < 2 || input.shape[0] < 8 || !input.is_floating_point()) yield break;
        var wide = input.to(float64);
        var spread = wide.std(0, unbiased: false);
        var (largest, middle) = (spread.max().item<double>(), spread.median().item<double>());
        var column = spread.argmax().item<long>();
        if (largest > Thresholds.ColumnRatio * Math.Max(middle, 1e-12) && largest > Thresholds.LargeInput)
            yield return Bad(ProbeVerdict.Failed, $"column {column} of the input has a deviation of {largest:g3}, half of the others "
                + $"less than {middle:g3}", $"{Thresholds.ColumnRatio} times (source: ours)",
                "It drowns the others: give every column a mean of 0 and a deviation of 1.", ProbeCause.InputScale, "NN6001");
        if (target.numel() != input.shape[0] || input.shape[0] < Thresholds.FewSamples || subject.Kind == LossKind.Other) yield break;
        var (x, y) = (wide - wide.mean([0L], keepdim: true), target.flatten().to(float64).to(input.device));
        y -= y.mean();
        var alike = (x * y.unsqueeze(1)).mean([0L]).abs() / (spread * y.square().mean().sqrt() + 1e-12);
        if (alike.max().item<double>() > Thresholds.Alike)
            yield return Bad(ProbeVerdict.Suspicious, $"column {alike.argmax().item<long>()} of the input is the target",
                $"a correlation of {Thresholds.Alike} (source: ours)", "Take it out: what is to be predicted is not known then.",
                ProbeCause.LeakedTarget);
    }

    /// <summary>
    /// Whether targets go with inputs at all: the distance correlation of the two, against that of the same targets in other orders (G.
    /// Székely's permutation test).
    /// </summary>
    private static IEnumerable<ProbeResult> Unrelated(Subject subject, Tensor input, Tensor target)
    {
        const int Most = 400, Orders = 200;
        if (!input.is_floating_point() || input.shape[0] < Thresholds.ManySamples || !target.isfinite().all().item<bool>()
            || !input.isfinite().all().item<bool>() || subject.Kind == LossKind.Other
            || input.numel() / input.shape[0] > 100_000) yield break;
        var n = Math.Min(Most, input.shape[0]);
        var (x, y) = (Centered(Distances(input.narrow(0, 0, n))), target.narrow(0, 0, n).cpu() is var t && t.is_integral() && t.dim() == 1
            && subject.Kind is LossKind.CrossEntropy or LossKind.LogProbabilities
            ? Centered(t.unsqueeze(0).ne(t.unsqueeze(1)).to(float64)) : Centered(Distances(target.narrow(0, 0, n))));
        double Of(Tensor a) => (x * a).sum().item<double>();
        var (own, better) = (Of(y), 0);
        using var generator = new Generator((ulong)subject.Options.Seed + 1);
        for (var i = 0; i < Orders; i++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(n, generator: generator);
            if (Of(y.index_select(0, order).index_select(1, order)) >= own) better++;
        }
        var chance = (better + 1.0) / (Orders + 1);
        if (chance > Thresholds.Unrelated)
            yield return Bad(ProbeVerdict.Suspicious, $"in {chance:p0} of {Orders} other orders the targets go with the inputs as well "
                + "as in their own", $"{Thresholds.Unrelated:p0} (source: a permutation test of distance correlation; the share is ours)",
                "Look at whether each target belongs to its input.", ProbeCause.TargetsUnrelated);
    }

    /// <summary>Distances between samples, wherever they lie.</summary>
    private static Tensor Distances(Tensor samples)
    {
        var wide = samples.reshape(samples.shape[0], -1).cpu().to(float64);
        wide /= wide.std(0, unbiased: false, keepdim: true) + 1e-12;
        return cdist(wide, wide);
    }

    /// <summary>Distances with the means of rows and columns taken off.</summary>
    private static Tensor Centered(Tensor distances) =>
        distances - distances.mean([0L], keepdim: true) - distances.mean([1L], keepdim: true) + distances.mean();

    private static ProbeResult Bad(ProbeVerdict verdict, string measured, string threshold, string advice, ProbeCause cause,
        string? rule = null) => new("DataCheck", verdict, measured, threshold, advice) { Cause = cause, RuleId = rule };
}
