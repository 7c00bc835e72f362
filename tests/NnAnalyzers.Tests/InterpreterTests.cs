using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NnAnalyzers.Torch;

namespace NnAnalyzers.Tests;

/// <summary>
/// The interpreter knows C#; what TorchSharp calls things stands in Torch, and in the handlers of modules, tensors and optimizers.
/// </summary>
public class InterpreterTests
{
    private static readonly string[] Handlers =
        ["Reader.Data.cs", "Reader.Lists.cs", "Reader.Modules.cs", "Reader.Optimizers.cs", "Reader.Tensors.cs"];

    /// <summary>Words of C# and .NET that are names of TorchSharp's too.</summary>
    private static readonly string[] Common = ["count", "element", "rank", "n", "i"];

    [Fact]
    public void The_interpreter_knows_no_name_of_TorchSharp()
    {
        var names = Catalog.All.SelectMany(o => o.Aliases.Append(o.Name)).Where(n => !Common.Contains(n)).ToHashSet();
        var folder = Path.Combine(RoomTests.Source, "Reading");
        var found = Directory.GetFiles(folder, "*.cs").Where(f => !Handlers.Contains(Path.GetFileName(f)))
            .SelectMany(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f)).GetRoot().DescendantTokens()
                .Where(t => t.IsKind(SyntaxKind.StringLiteralToken)).Select(t => t.ValueText)
                .Where(t =>
                names.Contains(t) || Effects.OfModule(t) is not null && t != "Add" && t != "Insert" || Effects.OfOptimizer(t) is not null
                || Effects.Gradients(t) is not null)
                .Select(t => $"{Path.GetFileName(f)}: {t}"));
        Assert.Empty(found);
    }
}
