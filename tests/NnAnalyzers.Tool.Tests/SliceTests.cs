using NnAnalyzers.Tool.Probing;
using NnAnalyzers.Tool.Sources;

namespace NnAnalyzers.Tool.Tests;

/// <summary>The code between a network and what goes backward can be run again.</summary>
public sealed class SliceTests : InFolder
{
    private static readonly string Golden = Path.Combine(Tool.Tests.Nn.Root, "tests", "NnAnalyzers.Tests", "Programs");

    [Fact]
    public async Task Of_every_golden_program()
    {
        foreach (var file in Directory.GetFiles(Golden, "*.cs").Order(StringComparer.Ordinal))
        {
            var (errors, places) = await Rewritten(file);
            Assert.True(errors.Count == 0, $"{file}: {string.Join(Environment.NewLine, errors)}");
            Assert.All(places, p => Assert.True(p.IsAsked, $"{file}: {p.Syntax}"));
        }
    }

    [Theory]
    [InlineData("var y = model.forward(x); var loss = functional.mse_loss(y, x); loss.backward();")]
    [InlineData("functional.mse_loss(model.forward(x), x).backward();")]
    [InlineData("using (NewDisposeScope()) { using var y = model.forward(x); using var loss = (y - x).square().mean(); loss.backward(); }")]
    [InlineData("Tensor loss; if (x.shape[0] > 2) loss = model.forward(x).mean(); else loss = model.forward(x).sum(); loss.backward();")]
    [InlineData("var all = zeros(1); foreach (var part in x.chunk(2)) all = all + (model.forward(part) - part).mean(); all.backward();")]
    [InlineData("var list = new List<Tensor>(); for (var k = 0; k < 3; k++) list.Add(model.forward(x)); stack(list).mean().backward();")]
    [InlineData("var h = zeros(4); for (var t = 0; t < 3; t++) { h = model.forward(x); if (t == 1) continue; } h.sum().backward();")]
    [InlineData("var (y, z) = (model.forward(x), 1); (y.mean() * z).backward();")]
    [InlineData("Func<Tensor> of = () => model.forward(x).mean(); var loss = of(); loss.backward();")]
    [InlineData("var loss = Loss(model, x); // one line\nloss /* of a batch */ .backward();")]
    public async Task Of_code(string step)
    {
        Write("p.cs", $$"""
            using TorchSharp;
            using System;
            using System.Collections.Generic;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            static class Program
            {
                static void Main()
                {
                    var model = Sequential(Linear(4, 4));
                    var optimizer = optim.Adam(model.parameters());
                    for (var i = 0; i < 10; i++)
                    {
                        var x = randn(8, 4);
                        optimizer.zero_grad();
                        {{step}}
                        optimizer.step();
                    }
                }

                static Tensor Loss(TorchSharp.Modules.Sequential model, Tensor x) => functional.mse_loss(model.forward(x), x);
            }
            """);
        var (errors, places) = await Rewritten(Path.Combine(Folder, "p.cs"));
        Assert.Empty(errors);
        Assert.True(Assert.Single(places).IsAsked);
    }

    /// <summary>What cannot be run again is left as it is.</summary>
    [Theory]
    [InlineData("static async Task Train(Module<Tensor, Tensor> m, Tensor x) { var y = m.forward(await Of(x)); y.mean().backward(); }")]
    [InlineData("static void Train(Module<Tensor, Tensor> m, ref Tensor x) { m.forward(x).mean().backward(); }")]
    public async Task Not_of(string method)
    {
        Write("p.cs", $$"""
            using System.Threading.Tasks;
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            static class Program
            {
                static void Main() { }
                static Task<Tensor> Of(Tensor x) => Task.FromResult(x);
                {{method}}
            }
            """);
        var (errors, places) = await Rewritten(Path.Combine(Folder, "p.cs"));
        Assert.Empty(errors);
        Assert.False(Assert.Single(places).IsAsked);
    }

    private static async Task<(List<string> Errors, IReadOnlyList<ProgramProbe.Place> Places)> Rewritten(string file)
    {
        // Without MSBuild: the console and the folder of this process are those of other tests.
        using var sources = await SourceSet.OpenAsync(file, "Release", default, loose: true);
        var project = sources.Projects.Single();
        var (program, places) = ProgramProbe.Of((await project.GetCompilationAsync())!, (await Analysis.ReadAsync(project, default))!,
            default);
        return (program.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error)
            .Select(d => d.ToString()).ToList(), places);
    }
}
