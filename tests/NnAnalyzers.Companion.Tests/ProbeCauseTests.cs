using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What the answers name as the cause, and what sound networks do that looks like one.</summary>
public class ProbeCauseTests
{
    private static readonly Func<Tensor, Tensor, Tensor> Mse = (o, t) => F.mse_loss(o, t), Entropy = (o, t) => F.cross_entropy(o, t),
        Binary = (o, t) => F.binary_cross_entropy_with_logits(o, t);

    public ProbeCauseTests()
    {
        TorchLibrary.Load();
        random.manual_seed(0);
    }

    private static Sequential Mlp(int inputs, int outputs, nn.Module<Tensor, Tensor>? last = null) =>
        nn.Sequential(nn.Linear(inputs, 32), nn.ReLU(), nn.Linear(32, outputs), last ?? nn.Identity());

    private static ProbeReport Ask(nn.Module<Tensor, Tensor> model, Tensor input, Tensor target, Func<Tensor, Tensor, Tensor> loss,
        ProbeOptions? options = null, string? only = null)
    {
        using (model)
            return Probe.Run(model, input, target, loss, (options ?? new()) with { Steps = 120, Only = only?.Split(' ') });
    }

    private static void Names(ProbeCause cause, ProbeReport report) => Assert.Equal(cause, report.Cause?.Cause);

    private static void Quiet(ProbeReport report) => Assert.Empty(report.Results
        .Where(r => r.Verdict is ProbeVerdict.Failed or ProbeVerdict.Suspicious).Select(r => $"{r.Probe}: {r.Measured}"));

    private static (Tensor X, Tensor Y) Table(int samples = 64, int features = 5) => randn(samples, features) is var x
        ? (x, (x.narrow(1, 0, 1) * 1.3).sin() + 0.5 * x.narrow(1, 1, 1)) : default;

    [Fact]
    public void A_sigmoid_under_targets_from_1_to_5()
    {
        var (x, y) = Table();
        Names(ProbeCause.OutputActivation, Ask(Mlp(5, 1, nn.Sigmoid()), x, y + 3, Mse));
        Quiet(Ask(Mlp(5, 1, nn.Sigmoid()), x, y.sigmoid(), Mse, only: "LossFit"));
    }

    [Fact]
    public void A_relu_under_targets_of_both_signs_and_before_cross_entropy()
    {
        var (x, y) = Table();
        Names(ProbeCause.OutputActivation, Ask(Mlp(5, 1, nn.ReLU()), x, y, Mse));
        Names(ProbeCause.OutputActivation, Ask(Mlp(5, 3, nn.ReLU()), x, arange(64) % 3, Entropy, only: "LossFit"));
        Quiet(Ask(Mlp(5, 3), x, arange(64) % 3, Entropy, only: "LossFit"));
    }

    [Fact]
    public void A_head_that_starts_at_zero_has_no_bounds()
    {
        var (x, y) = Table();
        var model = Mlp(5, 1);
        nn.init.zeros_(((Linear)model[2]).weight!);
        Quiet(Ask(model, x, y, Mse, only: "LossFit"));
    }

    [Fact]
    public void A_loss_that_compares_all_with_all()
    {
        var (x, y) = Table();
        // Hidden in the loss, where no shape of the output tells.
        Names(ProbeCause.LossBroadcasts, Ask(Mlp(5, 3), x, y.squeeze(1), (o, t) => F.smooth_l1_loss(o.narrow(1, 0, 1), t)));
        Quiet(Ask(Mlp(5, 1), x, y.squeeze(1), (o, t) => F.smooth_l1_loss(o.squeeze(1), t), only: "LossFit"));
    }

    [Fact]
    public void A_divergence_of_probabilities_instead_of_their_logarithms()
    {
        var (x, _) = Table();
        var shares = F.softmax(x.matmul(randn(5, 4)), 1);
        Names(ProbeCause.WrongLoss, Ask(Mlp(5, 4), x, shares, (o, t) => F.kl_div(F.softmax(o, 1), t, false, nn.Reduction.Sum) / 64));
        Quiet(Ask(Mlp(5, 4), x, shares, (o, t) => F.kl_div(F.log_softmax(o, 1), t, false, nn.Reduction.Sum) / 64, only: "LossFit"));
    }

    [Fact]
    public void Several_tags_at_once_are_no_shares() => Names(ProbeCause.WrongLoss,
        Ask(Mlp(5, 6), randn(64, 5), rand(64, 6).lt(0.4).to(float32), Entropy, only: "LossFit"));

    [Theory]
    [InlineData(1e-4), InlineData(1e5)]
    public void Targets_that_training_does_not_come_to(double scale)
    {
        var (x, y) = Table();
        Names(ProbeCause.TargetScale, Ask(Mlp(5, 1), x, y * scale, Mse));
    }

    [Fact]
    public void Targets_of_hundreds_that_it_comes_to()
    {
        var (x, y) = Table();
        var model = Mlp(5, 1);
        nn.init.constant_(((Linear)model[2]).bias!, 900);
        Quiet(Ask(model, x, 900 + 40 * y, Mse, new() { LearningRate = 0.05 }, "DataCheck"));
    }

    [Fact]
    public void Rows_that_slipped()
    {
        var (x, y) = Table(80);
        Names(ProbeCause.TargetsUnrelated, Ask(Mlp(5, 1), x.narrow(0, 0, 64), y.narrow(0, 16, 64), Mse, only: "DataCheck"));
        Quiet(Ask(Mlp(5, 1), x, y, Mse, only: "DataCheck"));
    }

    [Fact]
    public void Yes_for_all_is_constant_but_for_half_of_a_gan()
    {
        Names(ProbeCause.ConstantTarget, Ask(Mlp(5, 1), randn(64, 5), ones(64, 1), Binary));
        var (generator, critic) = (Mlp(3, 5), Mlp(5, 1));
        var trained = generator.parameters().ToList();
        Quiet(Ask(nn.Sequential(generator, critic), randn(64, 3), ones(64, 1), Binary,
            new() { Optimizer = _ => optim.Adam(trained, 1e-3) }, "DataCheck"));
    }

    [Fact]
    public void A_dropout_of_the_only_channel() => Names(ProbeCause.Dropout, Ask(nn.Sequential(nn.Dropout2d(0.5), nn.Conv2d(1, 4, 3),
        nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)), randn(30, 1, 8, 8), arange(30) % 3, Entropy, only: "WeightCheck"));

    [Fact]
    public void Weights_that_are_all_positive()
    {
        var model = Mlp(12, 3);
        nn.init.uniform_(((Linear)model[0]).weight!);
        Names(ProbeCause.Initialization, Ask(model, randn(64, 12), arange(64) % 3, Entropy, only: "WeightCheck"));
    }

    private sealed class Called(Func<Tensor, Tensor> run, params nn.Module[] parts) : nn.Module<Tensor, Tensor>("called")
    {
        private readonly ModuleList<nn.Module> _parts = nn.ModuleList(parts);

        public Called Registered()
        {
            RegisterComponents();
            return this;
        }

        public override Tensor forward(Tensor x)
        {
            _ = _parts.Count;
            return run(x);
        }
    }

    private static Called Of(Func<Tensor, Tensor> forward, params nn.Module[] parts) => new Called(forward, parts).Registered();

    [Fact]
    public void A_step_without_slope_is_no_vanishing()
    {
        var (body, head) = (nn.Linear(5, 6), nn.Linear(6, 3));
        Names(ProbeCause.Detached, Ask(Of(x => head.call(body.call(x).sign()), body, head), randn(64, 5), arange(64) % 3, Entropy,
            only: "GradientFlow"));
    }

    [Fact]
    public void Cut_off_and_not_called_are_told_apart()
    {
        var (body, head) = (nn.Linear(5, 6), nn.Linear(6, 3));
        Names(ProbeCause.Detached, Ask(Of(x => head.call(body.call(x).detach()), body, head), randn(64, 5), arange(64) % 3, Entropy,
            only: "GradientFlow"));
        var (unused, used) = (nn.Linear(5, 6), nn.Linear(5, 3));
        Names(ProbeCause.Unused, Ask(Of(x => used.call(x), unused, used), randn(64, 5), arange(64) % 3, Entropy, only: "GradientFlow"));
    }

    [Fact]
    public void A_bound_that_is_called_as_a_function()
    {
        var (x, y) = Table();
        var (body, code, head) = (nn.Linear(5, 32), nn.Linear(32, 10), nn.Linear(10, 1));
        Names(ProbeCause.Saturated, Ask(Of(v => head.call((100 * code.call(body.call(v).relu())).tanh()), body, code, head), x, y, Mse,
            only: "GradientFlow"));
        var (calm, calmer, last) = (nn.Linear(5, 32), nn.Linear(32, 10), nn.Linear(10, 1));
        Quiet(Ask(Of(v => last.call(calmer.call(calm.call(v).relu()).tanh()), calm, calmer, last), x, y, Mse, only: "GradientFlow"));
    }

    [Fact]
    public void Zeros_times_zeros()
    {
        var (x, y) = Table();
        var (wide, down, up) = (Mlp(5, 1), nn.Linear(5, 2, hasBias: false), nn.Linear(2, 1, hasBias: false));
        foreach (var parameter in wide.parameters()) parameter.requires_grad = false;
        foreach (var zero in new[] { down, up }) nn.init.zeros_(zero.weight!);
        Names(ProbeCause.IdenticalWeights, Ask(Of(v => wide.call(v) + up.call(down.call(v)), wide, down, up), x, y, Mse,
            new() { Optimizer = p => optim.Adam(p.Where(q => q.requires_grad)) }, "GradientFlow OverfitOneBatch"));
    }

    [Fact]
    public void A_tensor_that_learns_and_is_no_parameter()
    {
        var (x, y) = Table();
        var (loose, head) = (randn(5, 8).requires_grad_(), nn.Linear(8, 1));
        Names(ProbeCause.NotRegistered, Ask(Of(v => head.call(v.matmul(loose).relu()), head), x, y, Mse, only: "WeightCheck"));
    }

    [Fact]
    public void The_loss_made_larger()
    {
        var (x, y) = Table();
        Names(ProbeCause.WrongLoss, Ask(Mlp(5, 1), x, y, Mse, new() { Optimizer = p => optim.Adam(p, 1e-3, maximize: true) },
            "OptimizerCheck"));
    }

    [Fact]
    public void A_rate_that_is_too_high_is_not_the_normalizations_fault()
    {
        var model = nn.Sequential(nn.Linear(5, 32), nn.LayerNorm(32), nn.ReLU(), nn.Linear(32, 3));
        Quiet(Ask(model, randn(64, 5), arange(64) % 3, Entropy, new() { LearningRate = 100 }, "WithoutNormalization"));
    }

    [Fact]
    public void Scores_that_rank_need_not_come_near_the_targets()
    {
        var (x, y) = Table(40);
        Quiet(Ask(Mlp(5, 1), x, y * 3, (o, t) => (F.softplus(o.t() - o) * t.gt(t.t()).to(float32)).mean(), only: "SimplerLoss LossFit"));
    }

    [Fact]
    public void Numbers_of_classes_among_the_columns_have_no_double()
    {
        var (x, y) = Table();
        var (makes, head) = (nn.Embedding(4, 3), nn.Linear(7, 1));
        var model = Of(v => head.call(cat([v.narrow(1, 0, 4), makes.call(v.narrow(1, 4, 1).to(int64).squeeze(1))], 1)), makes, head);
        Quiet(Ask(model, cat([x.narrow(1, 0, 4), randint(4, [64, 1]).to(float32)], 1), y, Mse, only: "BatchIndependence"));
    }

    [Fact]
    public void All_pairs_have_a_column_for_each_sample()
    {
        var (left, right) = (nn.Linear(5, 8), nn.Linear(5, 8));
        Quiet(Ask(Of(v => left.call(v).matmul(right.call(v).t()), left, right), randn(16, 5), arange(16), Entropy,
            only: "BatchIndependence"));
    }

    [Fact]
    public void Pairs_laid_out_one_behind_the_other()
    {
        var (body, head) = (nn.Linear(5, 6), nn.Linear(12, 1));
        Names(ProbeCause.MixesSamples, Ask(Of(v => head.call(body.call(cat([v[.., 0], v[.., 1]], 0)).relu().reshape(v.shape[0], 12)), body,
            head), randn(64, 2, 5), randn(64, 1), Mse, only: "BatchIndependence"));
    }

    [Fact]
    public void Branches_that_start_at_zero_are_not_decayed_away()
    {
        var (x, y) = Table();
        var (first, inside, end, head) = (nn.Linear(5, 32), nn.Linear(32, 32), nn.Linear(32, 32), nn.Linear(32, 1));
        nn.init.zeros_(end.weight!);
        Quiet(Ask(Of(v => first.call(v) is var h ? head.call(h + end.call(inside.call(h).relu())) : v, first, inside, end, head), x, y, Mse,
            new() { Optimizer = p => optim.AdamW(p, 1e-3, weight_decay: 0.01) }, "OptimizerCheck"));
    }

    [Fact]
    public void Small_outputs_for_small_targets_on_purpose()
    {
        var (x, y) = Table();
        var (hidden, head) = (nn.Linear(5, 32), nn.Linear(32, 1));
        Quiet(Ask(Of(v => head.call(hidden.call(v).relu()) * 0.01, hidden, head), x, y * 0.01, Mse, new() { LearningRate = 0.01 },
            "DataCheck OverfitOneBatch"));
    }
}
