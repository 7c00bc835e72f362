using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using NnAnalyzers.Graph;
using NnAnalyzers.Projects;
using NnAnalyzers.Training;

namespace NnAnalyzers;

/// <summary>
/// A question asked of the graph. A rule overrides <see cref="Check(Network, ProjectGraph)"/>, <see cref="Check(TrainingSite,
/// ProjectGraph)"/>
/// or <see cref="Check(LossUse, ProjectGraph)"/>; it never looks at syntax beyond the places it reports.
/// </summary>
internal abstract class Rule
{
    /// <summary>Where the project is published.</summary>
    public const string Home = "https://github.com/nnanalyzers/nnanalyzers";

    /// <summary>Where a rule's page is.</summary>
    public static string PageOf(string id) => $"{Home}/blob/main/docs/rules/{id}.md";

    protected Rule(string id, RuleLevel level, Category category, RuleSource source, string title, string message)
    {
        (Level, Source) = (level, source);
        Descriptor = new DiagnosticDescriptor(id, title, message, category.ToString(), level.Severity(), isEnabledByDefault: true,
            helpLinkUri: PageOf(id));
    }

    public string Id => Descriptor.Id;
    public RuleLevel Level { get; }
    public RuleSource Source { get; }
    public DiagnosticDescriptor Descriptor { get; }

    public virtual IEnumerable<Finding> Check(Network network, ProjectGraph project) => [];
    public virtual IEnumerable<Finding> Check(TrainingSite site, ProjectGraph project) => [];

    /// <summary>Asked of every file, for what no network is needed to see.</summary>
    public virtual IEnumerable<Finding> Check(SyntaxTree file, ProjectGraph project) => [];

    /// <summary>Asked of every loss that is applied, in training code or inside a network.</summary>
    public virtual IEnumerable<Finding> Check(LossUse use, ProjectGraph project) => [];

    /// <summary>
    /// The edits this rule's fix would make in places where the rule has nothing to say. Experiments draw from them to
    /// see what a random change of the same kind does.
    /// </summary>
    public virtual IEnumerable<Finding> Elsewhere(ProjectGraph project) => [];

    /// <summary>The rule whose fix this one makes, too: it is no control for it.</summary>
    public virtual string? FixOf => null;

    /// <summary>Whether training can show what the fix does; not where it is about memory.</summary>
    public virtual bool ShowsInTraining => true;

    protected Finding At(SyntaxNode place, params object[] arguments) => new(this, place, arguments.ToImmutableArray());
}

internal enum Category { Architecture, Initialization, Shapes, Training, Checkpoints, Data, Modules }

/// <summary>Where a rule comes from.</summary>
internal enum RuleSource
{
    /// <summary>A tip of the article of practical training tips that the project is built on.</summary>
    Article,

    /// <summary>A mistake that users of TorchSharp really make.</summary>
    TorchSharp,

    /// <summary>What the tools of other languages check.</summary>
    Peers,
}
