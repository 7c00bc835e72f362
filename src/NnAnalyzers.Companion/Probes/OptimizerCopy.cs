using TorchSharp;
using TorchSharp.Modules;

namespace NnAnalyzers.Companion;

/// <summary>Makes an optimizer like another one, without its state.</summary>
internal static class OptimizerCopy
{
    /// <summary>
    /// The same kind with the same settings, over those of the wanted parameters that the other one holds; Adam at its rate where its kind
    /// has no settings to copy, at its own for LBFGS, whose rate means something else. Nothing moves where it holds none.
    /// </summary>
    public static torch.optim.Optimizer Of(torch.optim.Optimizer real, IEnumerable<Parameter> wanted)
    {
        var handles = wanted.Select(p => p.Handle).ToHashSet();
        if (real is LBFGS) return torch.optim.Adam(wanted); // it does not say what it holds
        var all = real.ParamGroups.OfType<ParamGroup>()
            .Select(g => (g.Options, Parameters: g.Parameters.Where(p => handles.Contains(p.Handle)).ToList()))
            .Where(g => g.Parameters.Count > 0).ToList();
        if (all.Count == 0) return torch.optim.SGD(wanted, 0);
        var kind = real.GetType();
        if (kind.GetNestedType("ParamGroup") is not { } group || kind.GetNestedType("Options") is not { } settings
            || group.GetConstructor([typeof(IEnumerable<Parameter>), settings]) is not { } makeGroup
            || kind.GetConstructors().FirstOrDefault(c => c.GetParameters() is [var first, .. var rest]
                && rest.All(r => r.HasDefaultValue || r.ParameterType == typeof(double))
                && first.ParameterType.IsAssignableFrom(group.MakeArrayType())) is not { } make)
            return torch.optim.Adam(all.SelectMany(g => g.Parameters), all[0].Options.FullRate());
        var groups = Array.CreateInstance(group, all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            var options = (OptimizerOptions)Activator.CreateInstance(settings)!;
            options.LoadStateDict(all[i].Options);
            options.LearningRate = all[i].Options.FullRate();
            groups.SetValue(makeGroup.Invoke([all[i].Parameters, options]), i);
        }
        return (torch.optim.Optimizer)make.Invoke([groups, .. make.GetParameters().Skip(1)
            .Select(p => p.HasDefaultValue ? p.DefaultValue : all[0].Options.FullRate())]);
    }

    /// <summary>The rate that is meant: a warm-up starts far below it.</summary>
    public static double FullRate(this OptimizerOptions options) =>
        Math.Max(options.LearningRate ?? 0, options.InitialLearningRate);

    /// <summary>Sets the rate of all groups.</summary>
    public static void SetRate(this torch.optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups) group.LearningRate = rate;
    }
}
