namespace NnAnalyzers.Tests;

/// <summary>The other places that a finding is about, where an IDE jumps: their words and the code that stands there.</summary>
public class RelatedTests
{
    private const string Train = """
        class Net : Module<Tensor, Tensor>
        {
            private readonly Linear a = Linear(64, 64), b = Linear(64, 4);
            public Net() : base("net") { RegisterComponents(); init.normal_(a.weight); }
            public override Tensor forward(Tensor x) => functional.softmax(b.forward(a.forward(x)), 1);
        }
        static class Training
        {
            static void Train(Tensor x, Tensor y, Device device)
            {
                var net = new Net();
                var optimizer = optim.Adam(net.parameters());
                net.to(device);
                for (var i = 0; i < 10; i++)
                {
                    var loss = functional.cross_entropy(net.forward(x), y);
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """;

    [Theory]
    [InlineData("NN1002", "the loss", "functional.cross_entropy(net.forward(x), y)")]
    [InlineData("NN1007", "the next layer", "b.forward(a.forward(x))")]
    [InlineData("NN2001", "the layer", "Linear(64, 64)")]
    [InlineData("NN4005", "the loss goes backward", "loss.backward()")]
    [InlineData("NN5003", "where the parameters change", "net.to(device)")]
    public async Task A_finding_points_to_what_it_is_about(string id, string what, string code)
    {
        var finding = Assert.Single(await Verify.FindAsync(Train), f => f.Id == id);
        var (said, place) = Assert.Single(Finding.RelatedTo(finding));
        Assert.Equal((what, code), (said, place.SourceTree!.GetText().ToString(place.SourceSpan)));
    }

    [Fact]
    public async Task What_stands_in_another_file_is_pointed_to_there()
    {
        var parts = Train.Split("static class");
        var findings = await Verify.FindAsync(parts[0], "static class" + parts[1]);
        var place = Assert.Single(Assert.Single(findings, f => f.Id == "NN1002").AdditionalLocations);
        Assert.Equal("/0/Test1.cs", place.SourceTree!.FilePath);
    }
}
