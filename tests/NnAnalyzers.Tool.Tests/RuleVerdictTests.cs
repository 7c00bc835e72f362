using NnAnalyzers.Runner;
using NnAnalyzers.Tool.Verify;

namespace NnAnalyzers.Tool.Tests;

/// <summary>What programs say together of a rule.</summary>
public class RuleVerdictTests
{
    /// <summary>A program by whether each seed's fixed run is better (+), worse (-) or neither (0).</summary>
    private static Verdict Program(string rule, string name, string seeds, string outcome = JobResult.Finished)
    {
        var program = new ProgramPlan { Id = $"{rule}.{name}", Rule = rule, RuleTitle = "t", Place = "p", Message = "m", FixTitle = "f",
            Diff = "", Method = "A.B", LossBelow = 0.1, Variants = [] };
        JobResult Run(string variant, int seed, int? steps) => new()
        {
            Job = $"{variant}.{seed}", Program = program.Id, Variant = variant, Seed = seed, Outcome = outcome, StepsToTarget = steps,
            Curve = [new(100, 1, null)],
        };
        return Verdict.Of(program, seeds.SelectMany((c, seed) => new[]
        {
            Run(Variant.Flagged, seed, c == '-' ? 20 : null), Run(Variant.Fixed, seed, c == '+' ? 20 : null),
        }).ToList());
    }

    private static RuleVerdict Rule(int seeds, params string[] programs) =>
        Assert.Single(RuleVerdict.Of(programs.Select((p, i) => Program("NN1001", $"P{i}", p)), seeds));

    private const string All = "++++++++++", None = "0000000000", Half = "+++++00000";

    [Fact]
    public void Five_programs_of_ten_seeds_prove_a_rule()
    {
        var rule = Rule(10, All, All, All, All, All);
        Assert.Equal((RuleVerdict.Proven, 5, 0, 0), (rule.Judgement, rule.Helped, rule.NoDifference, rule.Worse));
        Assert.Equal(1 / 1024.0, rule.PValue, 10);
        Assert.Equal((1, 1, 1), rule.Effect);
        Assert.Equal(5, rule.Sooner); // 100 steps without reaching it, against 20
    }

    [Fact]
    public void Four_of_five_prove_it_and_three_do_not()
    {
        var four = Rule(10, All, All, All, All, None);
        Assert.Equal((RuleVerdict.Proven, 4, 1), (four.Judgement, four.Helped, four.NoDifference));
        Assert.Equal((1, 0.5, 1), four.Effect);
        Assert.Equal(RuleVerdict.Some, Rule(10, All, All, All, None, None).Judgement);
    }

    [Fact]
    public void Few_programs_or_few_seeds_prove_nothing()
    {
        Assert.Equal(RuleVerdict.FewPrograms, Rule(10, All, All, All, All).Judgement);
        Assert.Equal(RuleVerdict.FewPrograms, Rule(5, "+++++", "+++++", "+++++", "+++++", "+++++").Judgement);
        Assert.Equal(RuleVerdict.Some, Rule(10, All, None).Judgement);
    }

    /// <summary>Many seeds of one program are still one program.</summary>
    [Fact]
    public void One_program_of_a_thousand_seeds_is_one_program() =>
        Assert.Equal(RuleVerdict.Some, Rule(1000, new string('+', 1000), None, None, None, None).Judgement);

    [Fact]
    public void What_harms_speaks_against_it()
    {
        Assert.Equal(RuleVerdict.Mixed, Rule(10, All, All, All, All, All, "----------").Judgement);
        Assert.Equal(Verdict.Harms, Rule(10, "----------").Judgement);
        Assert.Equal(Verdict.NoEffect, Rule(10, None, "+++++-----").Judgement);
    }

    [Fact]
    public void A_program_without_a_verdict_has_no_vote()
    {
        var programs = Enumerable.Range(0, 5).Select(i => Program("NN1001", $"P{i}", All))
            .Append(Program("NN1001", "cut", All, JobResult.TimedOut)).Append(Program("NN1001", "broken", All, JobResult.Crashed));
        var rule = Assert.Single(RuleVerdict.Of(programs, 10));
        Assert.Equal((RuleVerdict.Proven, 5, 2), (rule.Judgement, rule.Programs.Count, rule.NoVerdict));
    }

    /// <summary>The more rules are asked, the more each must show.</summary>
    [Fact]
    public void Many_rules_are_corrected_for()
    {
        var weak = RuleVerdict.Of(Enumerable.Range(0, 60).SelectMany(r => Enumerable.Range(0, 5)
            .Select(i => Program($"NN{r:0000}", $"P{i}", All))), 10);
        Assert.All(weak, r => Assert.Equal(RuleVerdict.FewPrograms, r.Judgement));
        Assert.All(weak, r => Assert.Equal(60 / 1024.0, r.Adjusted, 10));
    }

    [Fact]
    public void Holms_correction_is_the_published_one() // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    {
        Assert.Equal([0.03, 0.06, 0.06, 0.02], RuleVerdict.Holm([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 10)));
    }

    [Theory]
    [InlineData(1, 0.02)] // Simes: min(3 × 0.01, 3/2 × 0.02, 0.02)
    [InlineData(2, 0.02)] // min(2 × 0.02, 0.02)
    [InlineData(3, 0.02)]
    public void A_partial_conjunction_leaves_the_strongest_out(int least, double expected) =>
        Assert.Equal(expected, RuleVerdict.AtLeast(least, [0.02, 0.01, 0.02]), 10);

    /// <summary>Without any effect no more rules are called proven than the error rate allows.</summary>
    [Fact]
    public void Chance_alone_proves_nothing()
    {
        var random = new Random(7);
        var proven = 0;
        for (var round = 0; round < 200; round++)
            proven += RuleVerdict.Of(Enumerable.Range(0, 5).Select(i => Program("NN1001", $"P{i}",
                string.Concat(Enumerable.Range(0, 10).Select(_ => random.Next(2) == 0 ? '+' : '-')))), 10)
                .Count(r => r.Judgement == RuleVerdict.Proven);
        Assert.Equal(0, proven);
    }

    [Fact]
    public void Effects_have_intervals()
    {
        var verdict = Program("NN1001", "P", Half);
        Assert.Equal(0.75, verdict.Effect);
        Assert.InRange(verdict.EffectInterval.Low, 0.4, 0.5);
        Assert.InRange(verdict.EffectInterval.High, 0.9, 0.95);
        Assert.Null(verdict.Sooner); // half of the fixed runs do not get there
    }
}
