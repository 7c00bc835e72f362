using System.Diagnostics;
using System.Text.Json;
using StreamJsonRpc;

namespace NnAnalyzers.Package.Tests;

/// <summary>The package in an editor: csharp-ls, a language server for editors without one of their own, shows its findings.</summary>
[Collection(nameof(Packed))]
public sealed class LanguageServerTests(Packed packed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Findings_appear_stay_while_typing_and_go_with_the_mistake()
    {
        var folder = packed.CopyConsumer("edited");
        Packed.Must(Packed.DotNet(Packed.Root, "tool", "restore"));
        await using var server = await Server.StartAsync(folder);
        var path = Path.Combine(folder, "Forecaster.cs");
        var text = File.ReadAllText(path);

        await server.OpenAsync(path, text);
        await server.UntilAsync(path, said => said.Contains("NN1001") && said.Contains("NN1004"));

        // Each key gives the findings again.
        for (var key = 1; key <= 50; key++)
        {
            await server.ChangeAsync(path, text + "// " + new string('x', key));
            Assert.Equal(["NN1001", "NN1004"], (await server.FindingsAsync(path)).Order());
        }

        await server.ChangeAsync(path, text.Replace(", hasBias: false", ""));
        await server.UntilAsync(path, said => said.Contains("NN1001") && !said.Contains("NN1004"));
    }

    /// <summary>A language server, spoken to as an editor does.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly JsonRpc _rpc;
        private int _version;

        private Server(Process process)
        {
            _process = process;
            _rpc = new JsonRpc(new HeaderDelimitedMessageHandler(process.StandardInput.BaseStream, process.StandardOutput.BaseStream,
                new SystemTextJsonFormatter()));
            // What it asks of an editor; the parameters' names are the protocol's.
            _rpc.AddLocalRpcMethod("workspace/configuration", (JsonElement items) => Configured(items));
            _rpc.AddLocalRpcMethod("client/registerCapability", (JsonElement registrations) => (object?)null);
            _rpc.AddLocalRpcMethod("window/workDoneProgress/create", (JsonElement token) => (object?)null);
            _rpc.StartListening();
        }

        private static object[] Configured(JsonElement items) =>
            Enumerable.Range(0, items.GetArrayLength()).Select(_ => (object)new { analyzersEnabled = true }).ToArray();

        public static async Task<Server> StartAsync(string folder)
        {
            var start = new ProcessStartInfo("dotnet") { WorkingDirectory = Packed.Root, RedirectStandardInput = true,
                RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in new[] { "tool", "run", "csharp-ls" }) start.ArgumentList.Add(argument);
            foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                || k is "NUGET_PACKAGES").ToList()) start.Environment.Remove(name);
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var server = new Server(process);
            var root = new Uri(folder).AbsoluteUri;
            using var late = new CancellationTokenSource(Patience);
            await server._rpc.InvokeWithParameterObjectAsync<JsonElement>("initialize", new
            {
                processId = Environment.ProcessId, rootUri = root,
                workspaceFolders = new[] { new { uri = root, name = "edited" } },
                capabilities = new
                {
                    workspace = new { configuration = true, workspaceFolders = true },
                    textDocument = new { diagnostic = new { dynamicRegistration = false }, publishDiagnostics = new { } },
                },
                initializationOptions = new { csharp = new { analyzersEnabled = true } },
            }, late.Token);
            await server._rpc.NotifyWithParameterObjectAsync("initialized", new { });
            return server;
        }

        public Task OpenAsync(string path, string text) => _rpc.NotifyWithParameterObjectAsync("textDocument/didOpen", new
            { textDocument = new { uri = new Uri(path).AbsoluteUri, languageId = "csharp", version = _version, text } });

        public Task ChangeAsync(string path, string text) => _rpc.NotifyWithParameterObjectAsync("textDocument/didChange", new
        {
            textDocument = new { uri = new Uri(path).AbsoluteUri, version = ++_version }, contentChanges = new[] { new { text } },
        });

        /// <summary>The ids of our findings in a file, as it is now.</summary>
        public async Task<IReadOnlyList<string>> FindingsAsync(string path)
        {
            using var late = new CancellationTokenSource(Patience);
            var answer = await _rpc.InvokeWithParameterObjectAsync<JsonElement>("textDocument/diagnostic",
                new { textDocument = new { uri = new Uri(path).AbsoluteUri } }, late.Token);
            return answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("code").ToString())
                .Where(c => c.StartsWith("NN", StringComparison.Ordinal)).ToList();
        }

        /// <summary>A server that is still loading says nothing yet.</summary>
        public async Task UntilAsync(string path, Func<IReadOnlyList<string>, bool> wanted)
        {
            var (watch, said) = (Stopwatch.StartNew(), (IReadOnlyList<string>)[]);
            while (watch.Elapsed < Patience)
            {
                if (wanted(said = await FindingsAsync(path))) return;
                await Task.Delay(200);
            }
            Assert.Fail($"In {Patience.TotalSeconds:0} s it said {string.Join(", ", said)}.");
        }

        public async ValueTask DisposeAsync()
        {
            _rpc.Dispose();
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }
}
