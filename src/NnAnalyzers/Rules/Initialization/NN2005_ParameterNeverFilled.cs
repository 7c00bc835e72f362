using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Rules;

/// <summary>A parameter is made of memory that nothing writes into before it is used.</summary>
internal sealed class NN2005_ParameterNeverFilled() : Rule("NN2005", RuleLevel.Likely, Category.Initialization, RuleSource.Peers,
    "Parameter that nothing fills",
    "{0} gives whatever lies in memory, and nothing fills this parameter before forward uses it")
{
    public override IEnumerable<Finding> Check(Network network, ProjectGraph project) => !project.Trains ? []
        : from parameter in network.Steps
          where parameter.Op.Name == "Parameter"
          let made = Flow.Behind(parameter).FirstOrDefault(s => s.Role != Role.Identity)
          where made is { Op.Name: "empty" or "empty_like", Syntax: not null }
          where Flow.Leads(parameter, network.Outputs.Select(o => o.Step)) && !project.IsFilled(parameter, network)
          where !project.IsLoaded(network)
          select At(made.Syntax!, made.Op.Name)
              .Fix(made.Shape.Rank == 1 ? "Fill it with zeros" : "Draw it with a scale that follows its sizes", Fill(made));

    private static IEnumerable<Edit>? Fill(Step made) => made is { Operation: { } call, Shape: { HasRank: true, Rank: var rank } }
        ? Edit.Replace(made.Syntax!, Scope.PartAt(call, "init")
            + (rank == 1 ? $"zeros_({made.Syntax})" : $"kaiming_uniform_({made.Syntax}, a: System.Math.Sqrt(5))"))
        : null;
}
