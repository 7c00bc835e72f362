using System.CommandLine;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn, with all of its commands.</summary>
internal static class NnCommand
{
    public static readonly Option<bool> Verbose = new("--verbose")
        { Description = "Show what is read otherwise than usual, and the stack trace of an error", Recursive = true };

    public static RootCommand Create()
    {
        var root = new RootCommand("nn: checks, fixes and verifies TorchSharp training code. "
            + "verify, probe and fix --proven run your code, in processes of their own. check, graph and fix let MSBuild evaluate your "
            + "projects, which runs what these say; with --loose they only read. explain and rules touch nothing.")
        {
            CheckCommand.Create(), FixCommand.Create(), VerifyCommand.Create(), MergeCommand.Create(), ProbeCommand.Create(),
            GraphCommand.Create(), ExplainCommand.Create(), RulesCommand.Create(), InitCommand.Create(), CompletionCommand.Create(),
            Verbose,
        };
        root.WithExamples("nn check .", "nn fix . --dry-run");
        Help.AddTo(root);
        return root;
    }
}
