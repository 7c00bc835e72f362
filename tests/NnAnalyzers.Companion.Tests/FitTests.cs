using NnAnalyzers.Torch;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NnAnalyzers.Companion.Tests;

/// <summary>Every cell of the tables of fits, run: outputs that are free to go anywhere within their kind, before a real loss.</summary>
public class FitTests
{
    private const int Samples = 16, Classes = 4, Steps = 600;
    private const double Near = 0.05;

    public static TheoryData<string, string> EveryCell
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var kind in Enum.GetNames<Kind>())
                foreach (var loss in Fit.Losses.Select(l => l.Name)) all.Add(kind, loss);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void An_output_before_a_loss_does_what_the_table_says(string kind, string loss)
    {
        TorchLibrary.Load();
        var (given, op) = (Enum.Parse<Kind>(kind), Fit.Losses.Single(l => l.Name == loss));
        Assert.Equal(Fit.Cells[(given, op.Domain)].Outcome, Run(given, op));
    }

    private static Outcome Run(Kind kind, Op loss)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var free = Parameter(randn(Samples, Classes));
        var optimizer = optim.Adam([free], lr: 0.1);
        var target = TargetOf(loss);
        var last = 0.0;
        for (var i = 0; i < Steps; i++)
        {
            using var step = NewDisposeScope();
            optimizer.zero_grad();
            try
            {
                var value = Apply(loss, Output(kind, free), target);
                value.backward();
                last = value.item<float>();
            }
            catch (Exception e) when (e is System.Runtime.InteropServices.ExternalException)
            {
                return Outcome.Throws;
            }
            optimizer.step();
            if (last < -Near) return Outcome.NoLikelihood;
        }
        return last < Near ? Outcome.Learns : Outcome.StopsShort;
    }

    private static Tensor Output(Kind kind, Tensor free) => kind switch
    {
        Kind.Rectified => functional.relu(free),
        Kind.Signed => free.tanh(),
        Kind.Chances => free.sigmoid(),
        Kind.LogChances => functional.logsigmoid(free),
        Kind.Shares => functional.softmax(free, 1),
        Kind.LogShares => functional.log_softmax(free, 1),
        _ => free,
    };

    private static Tensor TargetOf(Op loss) => loss.Domain switch
    {
        LossDomain.AnyNumber => randn(Samples, Classes) * 3,
        LossDomain.Logits or LossDomain.LogProbabilities => arange(Samples) % Classes,
        // Two of four are right: each by itself.
        LossDomain.BinaryLogits or LossDomain.Probabilities => ((arange(Classes) + arange(Samples).unsqueeze(1)) % 2).to(float32),
        _ => functional.softmax(randn(Samples, Classes), 1),
    };

    private static Tensor Apply(Op loss, Tensor output, Tensor target) => loss.Name switch
    {
        "MSELoss" => functional.mse_loss(output, target),
        "L1Loss" => functional.l1_loss(output, target),
        "SmoothL1Loss" => functional.smooth_l1_loss(output, target),
        "HuberLoss" => functional.huber_loss(output, target),
        "CrossEntropyLoss" => functional.cross_entropy(output, target),
        "BCEWithLogitsLoss" => functional.binary_cross_entropy_with_logits(output, target),
        "BCELoss" => functional.binary_cross_entropy(output, target),
        "NLLLoss" => functional.nll_loss(output, target),
        "KLDivLoss" => functional.kl_div(output, target, false, Reduction.Sum) / Samples,
        _ => throw new ArgumentException(loss.Name),
    };

    public static TheoryData<string, string, bool> EveryType
    {
        get
        {
            var all = new TheoryData<string, string, bool>();
            foreach (var loss in Fit.Losses)
                foreach (var type in Enum.GetNames<ElementType>())
                    foreach (var numbers in Fit.IsOverClasses(loss.Domain) ? new[] { true, false } : [false])
                        if (!(numbers == false && loss.Domain == LossDomain.LogProbabilities)) all.Add(loss.Name, type, numbers);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(EveryType))]
    public void A_type_of_targets_is_taken_where_the_table_says(string loss, string type, bool areClassNumbers)
    {
        TorchLibrary.Load();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var (op, element) = (Fit.Losses.Single(l => l.Name == loss), Enum.Parse<ElementType>(type));
        var output = Output(op.Domain switch { LossDomain.Probabilities => Kind.Chances, LossDomain.LogDistribution => Kind.LogShares,
            LossDomain.LogProbabilities => Kind.LogShares, _ => Kind.Anything }, Parameter(randn(Samples, Classes)));
        var target = areClassNumbers ? arange(Samples) % Classes : functional.one_hot(arange(Samples) % Classes, Classes);
        var taken = true;
        try
        {
            Apply(op, output, target.to(Enum.Parse<ScalarType>(type))).backward();
        }
        catch (System.Runtime.InteropServices.ExternalException)
        {
            taken = false;
        }
        Assert.Equal(Fit.Takes(op, element, ElementType.Float32, areClassNumbers), taken);
    }
}
