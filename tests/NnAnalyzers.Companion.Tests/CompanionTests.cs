using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // torch's global generator is shared

namespace NnAnalyzers.Companion.Tests;

internal static class Setup
{
    [ModuleInitializer]
    public static void LoadTorch()
    {
        TorchLibrary.Load();
        // Networks this small are no faster on two, and threads that wait for each other starve the tests that run beside these.
        set_num_threads(1);
    }
}

/// <summary>Programs a job can run.</summary>
public static class Programs
{
    public static void Learns(TrainingRun run)
    {
        var x = randn(64, 4).to(run.Device);
        using var model = nn.Linear(4, 1);
        var optimizer = optim.Adam(model.parameters(), lr: 0.05);
        for (var step = 1; step <= 100; step++)
        {
            using var scope = NewDisposeScope();
            var loss = nn.functional.mse_loss(model.forward(x), x.sum(1, keepdim: true));
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            run.Log(step, loss.item<float>(), 1 - loss.item<float>());
        }
    }

    public static void Diverges(TrainingRun run) { run.Log(1, 1); run.Log(2, double.NaN); run.Log(3, 1); }
    public static void DivergesQuietly(TrainingRun run)
    {
        try { run.Log(1, double.PositiveInfinity); } catch (TrainingDivergedException) { }
    }
    public static void Throws(TrainingRun run) => throw new InvalidOperationException("the data is gone\nreally");
    public static void WrongShape(TrainingRun run) => nn.Linear(4, 1).forward(zeros(2, 5));
}

public sealed class TorchLibraryTests
{
    [Fact]
    public void Torch_loads_and_computes() => Assert.Equal(10f, arange(5, dtype: float32).sum().item<float>());

    [Fact]
    public void A_missing_folder_is_named()
    {
        TorchLibrary.Load("/no/such/folder"); // loaded already: nothing happens
        Assert.Equal(CPU, TorchLibrary.Device("cpu"));
    }

    [Fact]
    public void Asking_for_CUDA_without_CUDA_says_what_to_do()
    {
        if (cuda.is_available()) return;
        Assert.Contains("no CUDA device", Assert.Throws<TorchLibraryException>(() => TorchLibrary.Device("cuda")).Message);
        Assert.Equal(CPU, TorchLibrary.Device("auto"));
    }

    [Fact]
    public void One_version_need_is_marked_weak_and_nothing_else_changes()
    {
        if (!OperatingSystem.IsLinux()) return;
        var library = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();
        var before = File.ReadAllBytes(library);
        var after = (byte[])before.Clone();
        Assert.Equal(1, ElfVersions.MakeWeak(after, "GLIBCXX_3.4.32"));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.Single(changed);
        Assert.Equal(before[changed[0]] | 2, after[changed[0]]);
        Assert.Equal(0, ElfVersions.MakeWeak((byte[])before.Clone(), "GLIBCXX_9.9.9"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(100)]
    public void What_is_no_library_is_left_alone(int length)
    {
        var bytes = new byte[length];
        Assert.Equal(0, ElfVersions.MakeWeak(bytes, "GLIBCXX_3.4.32"));
        Assert.All(bytes, b => Assert.Equal(0, b));
    }
}

public sealed class JobHostTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nn-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    private (string Outcome, string? Detail, string[] Log) Run(string program, int seed = 0, bool tensorBoard = false)
    {
        var log = Path.Combine(_folder.FullName, $"{program}-{seed}.tsv");
        var (outcome, detail, _) = JobHost.Run(typeof(Programs).Assembly.Location, typeof(Programs).FullName + "." + program, seed, "cpu",
            1, null, _folder.FullName, log, tensorBoard ? Path.Combine(_folder.FullName, "tb") : null);
        return (outcome, detail, File.Exists(log) ? File.ReadAllLines(log) : []);
    }

    private static double[] Losses(string[] log) =>
        log.Select(l => double.Parse(l.Split('\t')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();

    [Fact]
    public void A_program_that_learns()
    {
        var (outcome, detail, log) = Run("Learns", tensorBoard: true);
        Assert.Equal(("finished", (string?)null), (outcome, detail));
        Assert.Equal(100, log.Length);
        Assert.True(Losses(log)[^1] < Losses(log)[0] / 10);
        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(_folder.FullName, "tb"), "*tfevents*"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_curve_and_another_does_not()
    {
        Assert.Equal(Losses(Run("Learns", 3).Log), Losses(Run("Learns", 3).Log));
        Assert.NotEqual(Losses(Run("Learns", 3).Log), Losses(Run("Learns", 4).Log));
    }

    [Fact]
    public void A_loss_that_is_no_number_ends_the_run()
    {
        var (outcome, detail, log) = Run("Diverges");
        Assert.Equal(("diverged", "the loss is NaN at step 2"), (outcome, detail));
        Assert.Equal(2, log.Length);
        Assert.Equal("diverged", Run("DivergesQuietly").Outcome);
    }

    [Fact]
    public void A_crash_is_told_in_one_line()
    {
        Assert.Equal(("crashed", "InvalidOperationException: the data is gone"), (Run("Throws").Outcome, Run("Throws").Detail));
        var (outcome, detail, _) = Run("WrongShape");
        Assert.Equal("crashed", outcome);
        Assert.DoesNotContain("\n", detail!);
    }

    [Theory]
    [InlineData("NoSuchProgram")]
    public void What_cannot_be_run_says_why(string program)
    {
        var (outcome, detail, _) = Run(program);
        Assert.Equal("cannot run", outcome);
        Assert.Contains(program, detail);
    }
}
