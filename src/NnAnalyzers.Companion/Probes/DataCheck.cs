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
            .Concat(Columns(input)).Concat(Leaked(subject, input, target)).Concat(Unrelated(subject, input, target)).ToList();
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
            else if (most > LargeClass(target))
                yield return Bad(ProbeVerdict.Suspicious, $"{most:p1} of the targets are of one class",
                    $"{LargeClass(target):p1} (source: ours)", "A network that always names it is nearly right: weigh the classes, "
                    + "or draw the others more often.", ProbeCause.ClassImbalance);
        }
        else if (subject.Kind is LossKind.BinaryLogits or LossKind.BinaryProbabilities && target.numel() >= Thresholds.FewSamples
            && Only(target) is 0 or 1 && !IsAdversary(subject))
            yield return Bad(ProbeVerdict.Failed, $"all {target.numel()} targets are {Only(target)}", "yes and no",
                "There is nothing to tell apart: look at how the labels are read.", ProbeCause.ConstantTarget);
        else if (subject.Kind is LossKind.BinaryLogits or LossKind.BinaryProbabilities && target.shape[0] >= 40
            && OfSamples(target).to(float64).mean().item<double>() is var ones && Math.Max(ones, 1 - ones) is var share
            && share > LargeClass(OfSamples(target)) && share < 1)
            yield return Bad(ProbeVerdict.Suspicious, $"{share:p1} of the targets are {(ones > 0.5 ? 1 : 0)}",
                $"{LargeClass(OfSamples(target)):p1} (source: ours)", "A network that always says so is nearly right: weigh the classes "
                + "(pos_weight), or draw the others more often.", ProbeCause.ClassImbalance);
        // Ones alone, or zeros in the middle of a program, are what the halves of a GAN's data are told to be.
        else if (target.is_floating_point() && subject.Kind is LossKind.Mse or LossKind.L1 && target.numel() >= 4
            && Only(target) is { } c and not (1 or -1)
            && !(c == 0 && subject.Options.IsRunning))
            yield return Bad(ProbeVerdict.Failed, $"all {target.numel()} targets are {c:g4}", "targets that differ",
                "There is nothing to learn but one number: look at how the targets are made.", ProbeCause.ConstantTarget);
    }

    /// <summary>The number that all of these are; null where they differ.</summary>
    private static double? Only(Tensor values) =>
        values.flatten()[0] is var first && values.eq(first).all().item<bool>() ? first.to(float64).item<double>() : null;

    /// <summary>Of places, words and pixels most are of one class; samples are chosen.</summary>
    private static double LargeClass(Tensor target) =>
        target.numel() == target.shape[0] ? Thresholds.LargeClassOfSamples : Thresholds.LargeClass;

    /// <summary>One half of a GAN's step: it is told one answer for all, and what it does not train takes part.</summary>
    private static bool IsAdversary(Subject subject)
    {
        if (subject.Options.IsRunning) return true;
        using var optimizer = subject.Optimizer();
        return optimizer.parameters().Count() < subject.Parameters.Count || subject.Parameters.Any(p => !p.Value.requires_grad);
    }

    /// <summary>Yes or no for each sample: of many labels few hold, and one is enough.</summary>
    private static Tensor OfSamples(Tensor target) => target.dim() > 1 ? target.flatten(1).amax([1L]) : target;

    /// <summary>Numbers to learn that are far from those a network starts with, and that a training does not come to.</summary>
    private static IEnumerable<ProbeResult> Size(Subject subject)
    {
        // Numbers, whatever is made of the distance: class numbers and chances are smaller.
        if (!subject.Target.is_floating_point()) yield break;
        var size = Subject.Rms(subject.Target);
        if (size is >= Thresholds.SmallTarget and <= Thresholds.LargeTarget or 0 || !double.IsFinite(size)) yield break;
        if (subject.IsDistance ? Reaches(subject) : size < 1) yield break;
        yield return Bad(ProbeVerdict.Failed, $"the targets are about {size:g3}, and {subject.Options.Steps} steps do not come near them",
            $"{Thresholds.SmallTarget} to {Thresholds.LargeTarget} (source: ours: a network starts with outputs of about 1, and Adam moves "
            + "them by about its rate a step)", "Give the targets a mean of 0 and a deviation of 1, and scale back what the network says.",
            ProbeCause.TargetScale, "NN6003");
    }

    /// <summary>Whether a training as it is meant gets below half of what the best single answer has.</summary>
    private static bool Reaches(Subject subject)
    {
        if (!subject.Trainable.Any() || subject.MeanLoss() is not (> 0 and var mean)) return true;
        using var grad = enable_grad();
        subject.Reset();
        subject.StopDropout();
        var (input, target) = subject.Batch();
        var losses = subject.Train(input, target, subject.Options.Steps, goal: Thresholds.Learned / 2 * mean);
        subject.Reset();
        return losses.Count > 0 && losses.TakeLast(5).Min() <= Thresholds.Learned * mean;
    }

    /// <summary>Samples that all hold the same.</summary>
    private static IEnumerable<ProbeResult> Alike(Tensor input)
    {
        if (input.shape[0] > 1 && input.numel() > 4 && Only(input) is { } only)
            yield return Bad(ProbeVerdict.Failed, $"all {input.numel()} numbers of the input are {only:g4}",
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

    /// <summary>A column of a table that is of another size.</summary>
    private static IEnumerable<ProbeResult> Columns(Tensor input)
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
    }

    /// <summary>A column that is the target, or tells the class.</summary>
    private static IEnumerable<ProbeResult> Leaked(Subject subject, Tensor input, Tensor target)
    {
        const int Most = 4000, MostTargets = 20;
        var n = input.shape[0];
        if (input.dim() != 2 || !input.is_floating_point() || n < Thresholds.FewSamples || subject.Kind == LossKind.Other
            || input.shape.SequenceEqual(target.shape) || input.shape[1] is < 2 or > Most) yield break;
        var y = (target.is_integral() && target.dim() == 1 && subject.Kind is LossKind.CrossEntropy or LossKind.LogProbabilities
            ? unique(target).output.unsqueeze(0).eq(target.unsqueeze(1)) : target.reshape(n, -1)).to(float64).to(input.device);
        if (y.shape[1] > MostTargets || y.shape[1] * 2 > input.shape[1]) yield break;
        var x = input.to(float64);
        (x, y) = (x - x.mean([0L], keepdim: true), y - y.mean([0L], keepdim: true));
        var (wide, tall) = (x.square().sum([0L]).sqrt() + 1e-12, y.square().sum([0L]).sqrt() + 1e-12);
        var alike = ((x / wide).t().matmul(y / tall)).abs();
        var best = alike.max().item<double>();
        if (best > Thresholds.Alike)
            yield return Bad(ProbeVerdict.Suspicious, $"column {alike.amax([1L]).argmax().item<long>()} of the input is the target",
                $"a correlation of {Thresholds.Alike} (source: ours)", "Take it out: what is to be predicted is not known then.",
                ProbeCause.LeakedTarget);
    }

    /// <summary>
    /// Whether targets go with inputs at all: the distance correlation of the two, against that of the same targets in other orders (G.
    /// Székely's permutation test). Where that does not say so, the network is asked: what belongs together is learned sooner than what
    /// was shuffled. (Tables of words learn any order by heart.)
    /// </summary>
    private static IEnumerable<ProbeResult> Unrelated(Subject subject, Tensor input, Tensor target)
    {
        if (!input.is_floating_point() || input.shape[0] < Thresholds.ManySamples || subject.Kind == LossKind.Other
            || !target.isfinite().all().item<bool>() || OutputWatch.AreAlike(target.to(float64).reshape(target.shape[0], -1))
            || !subject.Trainable.Any() || Chance(subject, input, target) is not (> Thresholds.SurelyRelated and var chance)) yield break;
        var (own, sooner) = (Learning(subject, target), 0);
        if (own is not null)
        {
            using var generator = new Generator((ulong)subject.Options.Seed + 2);
            for (var i = 0; i < Thresholds.TrainedOrders; i++)
            {
                using var scope = NewDisposeScope();
                var order = randperm(target.shape[0], generator: generator).to(target.device);
                if (Learning(subject, target.index_select(0, order)) is { } other && other <= own) sooner++;
            }
        }
        if (sooner >= 2)
            yield return Bad(ProbeVerdict.Suspicious, $"in {sooner} of {Thresholds.TrainedOrders} other orders the targets are learned as "
                + "soon as in their own", "in one at most (source: a permutation test; the numbers are ours)", Advice,
                ProbeCause.TargetsUnrelated);
        else if (own is null && chance > Thresholds.Unrelated)
            yield return Bad(ProbeVerdict.Suspicious, $"in {chance:p0} of other orders the targets go with the inputs as well as in their "
                + "own", $"{Thresholds.Unrelated:p0} (source: a permutation test of distance correlation; the share is ours)", Advice,
                ProbeCause.TargetsUnrelated);
    }

    private const string Advice = "Look at whether each target belongs to its input.";

    /// <summary>The mean loss of a training as it is meant; null where it learns nothing.</summary>
    private static double? Learning(Subject subject, Tensor target)
    {
        using var grad = enable_grad();
        subject.Reset();
        var losses = subject.Train(subject.Input, target, Math.Min(subject.Options.Steps, 200));
        subject.Reset();
        return losses.Count > 0 && double.IsFinite(losses[^1]) && losses[^1] < Thresholds.NotLearned * losses[0] ? losses.Average() : null;
    }

    /// <summary>The share of orders in which the targets go with the inputs as well as in their own.</summary>
    private static double? Chance(Subject subject, Tensor input, Tensor target)
    {
        const int Most = 400, Orders = 200;
        if (!input.isfinite().all().item<bool>() || input.numel() / input.shape[0] > 100_000) return null;
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
        return (better + 1.0) / (Orders + 1);
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
