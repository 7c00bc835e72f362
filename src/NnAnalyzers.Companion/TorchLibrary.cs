using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Xml.Linq;
using TorchSharp;

namespace NnAnalyzers.Companion;

/// <summary>
/// Loads libtorch and TorchSharp's native half before TorchSharp looks for them, so that they load on systems with an
/// older libstdc++ and from a folder of the caller's choice (the torch/lib of a Python installation, say).
/// </summary>
public static class TorchLibrary
{
    private static readonly object Gate = new();
    private static bool _loaded;

    /// <summary>Loads the libraries once; later calls do nothing.</summary>
    /// <param name="libtorch">Folder of libtorch; looked for beside TorchSharp if null.</param>
    /// <exception cref="TorchLibraryException">A library is missing or does not load; the message says which and what to do.</exception>
    public static void Load(string? libtorch = null)
    {
        lock (Gate)
        {
            if (_loaded) return;
            if (libtorch is not null && !Directory.Exists(libtorch))
                throw new TorchLibraryException($"the libtorch folder {libtorch} does not exist");
            // Windows and macOS need no help, unless libtorch is elsewhere.
            if (OperatingSystem.IsLinux() || libtorch is not null) LoadNative(libtorch);
            _loaded = true;
        }
    }

    private static void LoadNative(string? libtorch)
    {
        // A notebook has loaded them with its first tensor: a second copy would know nothing of the first one's.
        if (libtorch is null && IsLoaded("LibTorchSharp")) return;
        var folders = SearchFolders().ToList();
        string? Find(string name) =>
            (libtorch is null ? folders : folders.Prepend(libtorch)).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
        var (prefix, suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");
        if (Find($"{prefix}torch_cpu{suffix}") is null)
            throw new TorchLibraryException("libtorch is missing: add the package TorchSharp-cpu (or a TorchSharp-cuda package) to the "
                + "project, or name a folder that has it with --libtorch");
        // In the order they need each other; CUDA's where they are there.
        foreach (var name in new[] { "c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch" })
            if (Find(prefix + name + suffix) is { } path && !NativeLibrary.TryLoad(path, out _) && name is "torch_cpu" or "torch")
                NativeLibrary.Load(path); // throws with the loader's own words
        if (Find($"{prefix}LibTorchSharp{suffix}") is not { } sharp)
            throw new TorchLibraryException("TorchSharp's native library is missing: restore the project for this machine's runtime");
        if (NativeLibrary.TryLoad(sharp, out _)) return;
        if (!OperatingSystem.IsLinux()) { NativeLibrary.Load(sharp); return; }
        var bytes = File.ReadAllBytes(sharp);
        ElfVersions.MakeWeak(bytes, "GLIBCXX_3.4.32");
        LoadPrivateCopy(bytes, Path.GetFileName(sharp));
    }

    private static IEnumerable<string> SearchFolders()
    {
        var rid = RuntimeInformation.RuntimeIdentifier;
        var roots = ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES"))?.Split(Path.PathSeparator,
            StringSplitOptions.RemoveEmptyEntries) ?? [];
        return roots.Append(AppContext.BaseDirectory).Append(Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native"))
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"))
            .Concat(Environment.GetEnvironmentVariable("NN_LIBTORCH") is { Length: > 0 } given ? [given] : []).Concat(PackageFolders());
    }

    private static bool IsLoaded(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(m => m.ModuleName.Contains(name, StringComparison.Ordinal));
    }

    /// <summary>
    /// Where TorchSharp itself comes from a folder of packages, as <c>#r "nuget: .."</c> in a notebook leaves it: its native half, and the
    /// libtorch that the TorchSharp-cpu of the same version asks for.
    /// </summary>
    private static IEnumerable<string> PackageFolders()
    {
        // packages/torchsharp/VERSION/lib/FRAMEWORK/TorchSharp.dll
        var version = typeof(torch).Assembly.Location is { Length: > 0 } file ? Directory.GetParent(file)?.Parent?.Parent : null;
        if (version?.Parent is not { Parent: { } packages } name || !name.Name.Equals("torchsharp", StringComparison.OrdinalIgnoreCase))
            yield break;
        var machine = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
            + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");
        string Native(params string[] package) => Path.Combine([packages.FullName, .. package, "runtimes", machine, "native"]);
        yield return Native(name.Name, version.Name);
        var asked = Path.Combine(packages.FullName, "torchsharp-cpu", version.Name, "torchsharp-cpu.nuspec");
        if (!File.Exists(asked)) yield break;
        var libtorch = XDocument.Load(asked).Descendants().Where(e => e.Name.LocalName == "dependency")
            .FirstOrDefault(e => (string?)e.Attribute("id") == "libtorch-cpu")?.Attribute("version")?.Value.Trim('[', ']', ' ');
        if (libtorch is not null) yield return Native("libtorch-cpu-" + machine, libtorch);
    }

    /// <summary>
    /// Loads a private copy of the library whose need for GLIBCXX_3.4.32 is marked weak. The version is only a mark: the one symbol that
    /// carries it, std::ios_base_library_init, is never called. The package stays as it is. The copy lies in a folder that only its user
    /// can enter, and is loaded only if it holds what was asked for.
    /// </summary>
    [SupportedOSPlatform("linux")]
    private static void LoadPrivateCopy(byte[] bytes, string name)
    {
        const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var hash = SHA256.HashData(bytes);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        // Without a home a folder for this process alone; what is loaded may be deleted.
        var passing = home.Length == 0 ? Directory.CreateTempSubdirectory("nn-library-").FullName : null;
        try
        {
            var folder = passing ?? Path.Combine(home, "nnanalyzers", Convert.ToHexString(hash)[..16]);
            var copy = Path.Combine(folder, name);
            Directory.CreateDirectory(folder, OwnersOnly);
            if (passing is null) File.SetUnixFileMode(folder, OwnersOnly);
            if (!Holds(copy, hash))
            {
                var fresh = Path.Combine(folder, Path.GetRandomFileName());
                File.WriteAllBytes(fresh, bytes);
                File.Move(fresh, copy, overwrite: true);
            }
            NativeLibrary.Load(copy);
        }
        catch (Exception error) when (error is DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new TorchLibraryException(
                $"TorchSharp's native library does not load with this libtorch: {error.Message.Split('\n')[0]}", error);
        }
        finally
        {
            if (passing is not null) Directory.Delete(passing, recursive: true);
        }
    }

    private static bool Holds(string file, byte[] hash)
    {
        if (!File.Exists(file) || File.ResolveLinkTarget(file, returnFinalTarget: false) is not null) return false;
        using var stream = File.OpenRead(file);
        return SHA256.HashData(stream).AsSpan().SequenceEqual(hash);
    }

    /// <summary>The device by name: auto takes CUDA where there is one.</summary>
    /// <exception cref="TorchLibraryException">CUDA was asked for and is not there.</exception>
    public static torch.Device Device(string name)
    {
        Load();
        var cuda = name is "auto" or "cuda" && torch.cuda.is_available();
        if (name == "cuda" && !cuda) throw new TorchLibraryException("no CUDA device: build the project with -p:TorchBackend=cuda, "
            + "or give --libtorch a CUDA build, on a machine with an NVIDIA GPU");
        return cuda ? torch.CUDA : torch.CPU;
    }
}

/// <summary>A native library is missing or does not load.</summary>
public sealed class TorchLibraryException(string message, Exception? inner = null) : Exception(message, inner);
