using NnAnalyzers.Companion;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NnAnalyzers.Companion.Tests;

/// <summary>What people have that is no mistake, and what must not break a probe.</summary>
public class UsualProbeTests
{
    private static readonly Func<Tensor, Tensor, Tensor> Mse = (o, t) => F.mse_loss(o, t), Entropy = (o, t) => F.cross_entropy(o, t),
        Binary = (o, t) => F.binary_cross_entropy_with_logits(o, t);

    private static Sequential Mlp(int outputs, int inputs = 4) =>
        nn.Sequential(nn.Linear(inputs, 32), nn.ReLU(), nn.Linear(32, outputs));

    private static ProbeReport Ask(nn.Module<Tensor, Tensor> model, Tensor input, Tensor target, Func<Tensor, Tensor, Tensor> loss,
        string only = "", ProbeOptions? options = null)
    {
        using (model)
            return Probe.Run(model, input, target, loss, (options ?? new()) with { Steps = 60,
                Only = only.Length > 0 ? only.Split(' ') : null });
    }

    private static void Quiet(ProbeReport report) => Assert.Empty(report.Results
        .Where(r => r.Verdict is ProbeVerdict.Failed or ProbeVerdict.Suspicious).Select(r => $"{r.Probe}: {r.Measured}"));

    public UsualProbeTests()
    {
        TorchLibrary.Load();
        random.manual_seed(0);
    }

    [Fact]
    public void A_target_of_one_number() => Ask(nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.Linear(8, 1)), randn(64, 4),
        tensor(0.5f), (o, t) => (o.mean() - t).square());

    [Fact]
    public void Samples_that_have_no_class() => Ask(Mlp(3), randn(64, 4), where(arange(64) % 4 == 3, -100, arange(64) % 4), Entropy);

    [Fact]
    public void Whole_numbers_as_targets_may_be_large() =>
        Ask(Mlp(1), randn(64, 4), randint(0, 1L << 40, [64], int64), (o, t) => F.l1_loss(o.squeeze(1), t), "DataCheck");

    [Fact]
    public void Whole_numbers_as_targets_may_be_negative() =>
        Ask(Mlp(1), randn(64, 4), randint(-3, 3, [64], int64), (o, t) => F.l1_loss(o.squeeze(1), t), "DataCheck LossFit");

    [Fact]
    public void Yes_and_no_as_bool() =>
        Ask(Mlp(1), randn(64, 4), randn(64, 1).gt(0), (o, t) => F.mse_loss(o, t.to(float32)),
            "DataCheck LossFit InitialLoss GradientFlow");

    [Fact]
    public void Inputs_of_one_axis() => Ask(nn.Sequential(nn.Unflatten(0, [64, 1]), Mlp(1, 1)), randn(64), randn(64, 1), Mse,
        "DataCheck WeightCheck LossFit OptimizerCheck InitialLoss GradientFlow BatchIndependence NormalizationCheck PictureCheck");

    [Fact]
    public void Targets_laid_out_flat() // as language models have them
    {
        var ids = randint(0, 20, [16, 6], int64);
        Quiet(Ask(nn.Sequential(nn.Embedding(20, 32), nn.LayerNorm(32), nn.Linear(32, 20), nn.Flatten(0, 1)), ids, ids.flatten(), Entropy));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void Logits_that_happen_to_be_positive(int seed)
    {
        random.manual_seed(seed);
        var x = randn(32, 8);
        Quiet(Ask(nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1)),
            x, x.sum(1, keepdim: true).gt(0).to(float32), Binary, "LossFit"));
    }

    [Fact]
    public void A_head_of_zeros()
    {
        var model = Mlp(1);
        using (no_grad()) foreach (var p in model.parameters().Skip(2)) p.zero_();
        var x = randn(64, 4);
        Quiet(Ask(model, x, x.sum(1, keepdim: true) / 2, Mse, "WeightCheck OptimizerCheck GradientFlow InputDependence"));
    }

    [Fact]
    public void One_linear_layer_of_small_weights() // as books start it
    {
        var model = nn.Linear(2, 1);
        using (no_grad()) { model.weight!.normal_(0, 0.01); model.bias!.zero_(); }
        var x = randn(64, 2);
        Quiet(Ask(model, x, x.sum(1, keepdim: true), Mse, "WeightCheck", new() { Optimizer = p => optim.SGD(p, 0.03) }));
    }

    [Fact]
    public void A_kernel_that_is_meant_to_be_even()
    {
        var blur = nn.Conv2d(1, 2, 3, padding: 1L, bias: false);
        using (no_grad()) blur.weight!.fill_(1.0 / 9);
        blur.weight!.requires_grad = false;
        Quiet(Ask(nn.Sequential(blur, nn.Flatten(), nn.Linear(128, 3)), randn(16, 1, 8, 8), arange(16) % 3, Entropy, "WeightCheck"));
    }

    [Fact]
    public void Even_weights_are_seen_whatever_the_rounding()
    {
        var model = nn.Sequential(nn.Linear(7, 13), nn.ReLU(), nn.Linear(13, 1));
        using (no_grad()) model.parameters().First().fill_(0.1);
        Assert.Contains(Ask(model, randn(16, 7), randn(16, 1), Mse, "WeightCheck").Results, r => r.Cause == ProbeCause.IdenticalWeights);
    }

    [Fact]
    public void Columns_of_ones_and_zeros_are_no_copies()
    {
        var letters = F.one_hot(randint(0, 27, [2000], int64), 27).to(float32);
        Quiet(Ask(nn.Linear(27, 27), letters, letters.argmax(1), Entropy, "DataCheck"));
        var signs = randn(20000, 24).sign() / 2;
        Quiet(Ask(nn.Linear(24, 2), signs, signs.sum(1).gt(0).to(int64), Entropy, "DataCheck"));
    }

    [Fact]
    public void Many_labels_of_which_few_hold()
    {
        var x = randn(64, 4);
        Quiet(Ask(Mlp(200), x, F.one_hot(x.narrow(1, 0, 1).gt(0).flatten().to(int64), 200).to(float32), Binary, "DataCheck"));
    }

    [Fact]
    public void Labels_that_are_missing_and_left_out()
    {
        var x = randn(64, 4);
        var y = x.narrow(1, 0, 2).clone();
        y[0, 0] = float.NaN;
        Quiet(Ask(Mlp(2), x, y, (o, t) => where(t.isfinite(), o - t.nan_to_num(), zeros_like(o)).square().mean(),
            "DataCheck GradientFlow"));
    }

    [Fact]
    public void A_large_vocabulary()
    {
        var ids = randint(0, 200_000, [8, 6], int64);
        Quiet(Ask(nn.Sequential(nn.Embedding(200_000, 32), nn.Flatten(), nn.Linear(192, 3)), ids, arange(8) % 3,
            (o, t) => F.cross_entropy(o, t) * 0.01, "GradientFlow"));
    }

    [Fact]
    public void Dropout_before_a_relu_at_the_end()
    {
        var x = randn(64, 4);
        Quiet(Ask(nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 8), nn.ReLU()), x,
            x.abs().sum(1, keepdim: true).expand(64, 8).clone(), Mse, "WeightCheck"));
    }

    [Fact]
    public void Backward_that_throws_is_told()
    {
        using var layer = nn.Linear(4, 4);
        using var model = nn.Sequential(layer);
        Tensor Forward(Tensor x)
        {
            var y = layer.forward(x).exp();
            var z = y.square();
            y.add_(1);
            return z;
        }
        Assert.StartsWith("backward threw: one of the variables needed for gradient computation has been modified by an inplace operation",
            Assert.Throws<ProbeInputException>(() => Probe.Run(model, Forward, randn(8, 4), randn(8, 4), Mse)).Message);
        Tensor? kept = null;
        Tensor Recurrent(Tensor x) => kept = layer.forward(x + (kept ?? 0)).tanh().DetachFromDisposeScope();
        Assert.StartsWith("backward threw: Trying to backward through the graph a second time",
            Assert.Throws<ProbeInputException>(() => Probe.Run(model, Recurrent, randn(8, 4), randn(8, 4), Mse)).Message);
    }

    [Fact]
    public void An_optimizer_that_wants_a_closure()
    {
        var x = randn(8, 4);
        Quiet(Ask(Mlp(1), x, x.sum(1, keepdim: true) / 2, Mse, options: new() { Optimizer = p => optim.LBFGS(p, 1) }));
        using var layer = nn.Linear(4, 1);
        using var real = optim.LBFGS(layer.parameters(), 1);
        using var copy = OptimizerCopy.Of(real, layer.parameters());
        Assert.IsType<Adam>(copy);
    }

    [Fact]
    public void A_rate_that_warms_up_is_taken_as_it_is_meant()
    {
        using var layer = nn.Linear(4, 1);
        using var real = optim.SGD(layer.parameters(), 0.1, momentum: 0.9);
        optim.lr_scheduler.LambdaLR(real, step => step / 100.0);
        Assert.Equal(0, real.ParamGroups.First().LearningRate);
        using var copy = OptimizerCopy.Of(real, layer.parameters());
        Assert.Equal(0.1, copy.ParamGroups.First().LearningRate);
        Assert.Equal(0.9, ((SGD.Options)((ParamGroup)copy.ParamGroups.First()).Options).momentum);
    }

    [Theory, InlineData("bf16"), InlineData("half"), InlineData("double")]
    public void Other_kinds_of_numbers(string kind)
    {
        var type = kind == "bf16" ? bfloat16 : kind == "half" ? float16 : float64;
        var x = randn(32, 4);
        Quiet(Ask(nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3), nn.LogSoftmax(1)).to(type), x.to(type),
            x.narrow(1, 0, 3).argmax(1), (o, t) => F.nll_loss(o, t), "DataCheck WeightCheck LossFit InitialLoss GradientFlow"));
    }

    [Fact]
    public void A_wrong_rate_is_not_a_wrong_sign()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            random.manual_seed(seed);
            Assert.DoesNotContain(Ask(Mlp(3), randn(16, 4), arange(16) % 3, Entropy, "OverfitOneBatch",
                new() { Optimizer = p => optim.SGD(p, 500) }).Results, r => r.Cause == ProbeCause.WrongLoss);
        }
    }

    [Fact]
    public void Every_optimizer_leaves_no_tensors()
    {
        foreach (var make in new Func<IEnumerable<Parameter>, optim.Optimizer>[] { p => optim.SGD(p, 1e-2, momentum: 0.9),
            p => optim.AdamW(p), p => optim.RMSProp(p, momentum: 0.9), p => optim.NAdam(p), p => optim.Adagrad(p), p => optim.Adadelta(p),
            p => optim.Adamax(p), p => optim.RAdam(p), p => optim.ASGD(p), p => optim.Rprop(p) })
        {
            using var model = Mlp(1);
            using var real = make(model.parameters());
            using var copy = OptimizerCopy.Of(real, model.parameters());
            Assert.Same(real.GetType(), copy.GetType());
            Assert.Equal(real.ParamGroups.First().LearningRate, copy.ParamGroups.First().LearningRate);
            var (x, y) = (randn(8, 4), randn(8, 1));
            var options = new ProbeOptions { Steps = 5, Optimizer = p => OptimizerCopy.Of(real, p),
                Only = ["OptimizerCheck", "OverfitOneBatch"] };
            Probe.Run(model, x, y, Mse, options);
            var before = Tensor.TotalCount;
            Probe.Run(model, x, y, Mse, options);
            Assert.InRange(Tensor.TotalCount, 0, before);
        }
    }

    /// <summary>What is said where a program goes backward, whose code runs on what it is given for its networks.</summary>
    private static ProbeReport InProgram(Func<Func<nn.Module<Tensor, Tensor>, Tensor, int, Tensor>, Tensor> code, optim.Optimizer stepped,
        params optim.Optimizer[] others)
    {
        var run = new ProbedRun([0], null, 3);
        run.Optimizer(stepped, 0);
        for (var i = 0; i < others.Length; i++) run.Optimizer(others[i], i + 1);
        Tensor Apply(nn.Module<Tensor, Tensor> model, Tensor input, int place)
        {
            var met = (nn.Module<Tensor, Tensor>)(((IWatcher)run).Model(model, "net" + place) ?? model);
            var output = met.call(((IWatcher)run).Input(input, place) ?? input);
            return ((IWatcher)run).Applied(output) ?? output;
        }
        new Thread(() => run.Loss(code(Apply), 0, 0, () => code(Apply))) { IsBackground = true }.Start();
        Assert.True(run.Enough.Wait(TimeSpan.FromSeconds(60)));
        return run.Done.Single() is { Report: { } report } ? report : throw new InvalidOperationException(run.Done.Single().Error);
    }

    [Fact]
    public void What_a_discriminator_is_shown_is_detached()
    {
        var (generator, discriminator, real) = (Mlp(8), Mlp(1, 8), randn(16, 8) + 1);
        var noise = randn(16, 4);
        using var g = optim.Adam(generator.parameters());
        using var d = optim.Adam(discriminator.parameters());
        Quiet(InProgram(apply =>
        {
            var fake = apply(generator, noise, 0);
            return Binary(apply(discriminator, real, 1), ones(16, 1)) + Binary(apply(discriminator, fake.detach(), 2), zeros(16, 1));
        }, d, g));
    }

    [Fact]
    public void A_network_that_only_gives_targets()
    {
        var (model, target, states) = (Mlp(3), Mlp(3), randn(16, 4));
        using var optimizer = optim.Adam(model.parameters());
        Quiet(InProgram(apply =>
        {
            Tensor wanted;
            using (no_grad()) wanted = 1 + 0.9 * apply(target, states + 1, 0).max(1).values;
            return F.smooth_l1_loss(apply(model, states, 1).gather(1, (arange(16) % 3).unsqueeze(1)).squeeze(1), wanted);
        }, optimizer));
    }

    [Fact]
    public void A_loss_without_a_way_back_is_told()
    {
        var (model, x) = (Mlp(3), randn(16, 4));
        using var optimizer = optim.Adam(model.parameters());
        Assert.Contains(InProgram(apply => Mse(apply(model, x, 0).detach(), x.narrow(1, 0, 3)), optimizer).Results,
            r => r.Cause == ProbeCause.Detached);
    }
}
