using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NnAnalyzers.Tests;

/// <summary>
/// Examples of the rule pages with a comment before every token: the same is found, the fix compiles, and no comment is lost.
/// </summary>
public class TriviaTests
{
    private static readonly string Folder = Path.Combine(typeof(TriviaTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!, "docs/rules");

    public static TheoryData<string, bool> Fixed
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var rule in RuleCatalog.All.Where(r => Page(r.Id).Contains("```csharp fixed\n")))
                foreach (var wholeLine in new[] { false, true }) data.Add(rule.Id, wholeLine);
            return data;
        }
    }

    private static string Page(string id) => File.ReadAllText(Path.Combine(Folder, id + ".md")).ReplaceLineEndings("\n");

    private static IReadOnlyList<string> Comments(string code) =>
        Regex.Matches(code, @"/\*\d+\*/|//\d+\n").Select(m => m.Value.Trim()).Distinct().ToList();

    [Theory, MemberData(nameof(Fixed))]
    public async Task No_comment_is_lost(string id, bool wholeLine)
    {
        var text = new StringBuilder();
        var n = 0;
        foreach (var token in CSharpSyntaxTree.ParseText(Page(id).Split("```csharp flagged\n")[1].Split("```")[0])
            .GetRoot().DescendantTokens())
            text.Append(token.LeadingTrivia.ToFullString()).Append(wholeLine ? $"//{++n}\n" : $"/*{++n}*/").Append(token.Text)
                .Append(token.TrailingTrivia.ToFullString());
        var compilation = Verify.Compile(text.ToString());
        var finding = Assert.Single(await Verify.FindAsync(compilation, untrained: RuleCatalog.Find(id)!.ShowsInTraining == false));
        Assert.Equal(id, finding.Id);

        using var workspace = new AdhocWorkspace();
        var mended = await Verify.MendAsync(workspace, compilation, [finding]);
        var after = (await mended.Documents.Single().GetTextAsync()).ToString();
        Assert.NotEqual(compilation.SyntaxTrees[0].ToString(), after);
        Assert.DoesNotContain((await mended.GetCompilationAsync())!.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        // An argument or statement that goes takes what stands inside it along.
        var gone = id switch
        {
            "NN1004" => "hasBias.*?false",
            "NN4015" => @"Softmax.*?\)",
            "NN4002" => @"var(?:(?!var)[^;])*StepLR[^;]*;|schedule(?:(?!schedule)[^;])*step[^;]*;",
            _ => "^$",
        };
        var inside = Regex.Matches(text.ToString(), gone, RegexOptions.Singleline).SelectMany(m => Comments(m.Value));
        Assert.Empty(Comments(text.ToString()).Except(Comments(after)).Except(inside));
    }
}
