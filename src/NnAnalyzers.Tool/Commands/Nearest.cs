using System.CommandLine;
using System.CommandLine.Parsing;
using F23.StringSimilarity;

namespace NnAnalyzers.Tool.Commands;

/// <summary>What somebody may have meant.</summary>
internal static class Nearest
{
    /// <summary>"; did you mean 'check'?" or nothing.</summary>
    public static string Hint(string said, IEnumerable<string> known)
    {
        // One slip in three letters may be a slip.
        var near = known.Select(k => (Name: k, Distance: new Damerau().Distance(said, k))).OrderBy(k => k.Distance)
            .ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        return near.Name is not null && near.Distance > 0 && near.Distance <= Math.Max(1, said.Length / 3)
            ? $"; did you mean '{near.Name}'?" : "";
    }

    /// <summary>What is wrong with a command line, each with what may have been meant.</summary>
    public static IEnumerable<string> Problems(ParseResult parsed)
    {
        if (parsed.Action is { ClearsParseErrors: true }) yield break;
        // An option that is not known is taken for a path where one may stand; what stands behind -- is the program's.
        var own = parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).ToHashSet(ReferenceEqualityComparer.Instance);
        var unknown = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens)
            .Where(t => own.Contains(t) && t.Value.StartsWith("--", StringComparison.Ordinal)).Select(t => t.Value)
            .Concat(parsed.UnmatchedTokens).ToList();
        var command = parsed.CommandResult.Command;
        foreach (var token in unknown.Take(1))
        {
            var (problem, known) = token.StartsWith('-') ? ($"{command.Name} has no option", command.Options.Select(o => o.Name))
                : command.Subcommands.Count > 0 ? ("there is no command", command.Subcommands.Select(c => c.Name))
                : ($"{command.Name} takes no", []);
            yield return $"{problem} '{token}'{Hint(token, known)} ({(command is RootCommand ? "" : command.Name + " ")}--help shows "
                + "what there is)";
        }
        if (unknown.Count == 0) foreach (var error in parsed.Errors) yield return error.Message.TrimEnd('.');
    }
}
