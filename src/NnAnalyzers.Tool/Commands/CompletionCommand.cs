using System.CommandLine;

namespace NnAnalyzers.Tool.Commands;

/// <summary>nn completion: what makes a shell complete nn's commands, options and their values, which nn itself then suggests.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _nn() {
          local line="${COMP_LINE#"${COMP_WORDS[0]} "}"
          local at=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
          mapfile -t COMPREPLY < <(compgen -W "$(nn "[suggest:$at]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _nn nn
        """;

    private const string Zsh = """
        _nn() {
          local line="${BUFFER#* }"
          local -a found=("${(@f)$(nn "[suggest:${#line}]" "$line" 2>/dev/null)}")
          [[ -n "$found" ]] && compadd -a found || _files
        }
        compdef _nn nn
        """;

    private const string Fish = """
        function __nn_suggest
            set -l line (string replace -r '^\S+ ' '' -- (commandline -cp))
            nn "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c nn -a '(__nn_suggest)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName nn -ScriptBlock {
            param($word, $ast, $at)
            $line = "$ast".Substring([Math]::Min("$ast".Length, 3))
            nn "[suggest:$([Math]::Max(0, $at - 3))]" $line | Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Prints what makes a shell complete the commands and options of nn.") { shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => PowerShell });
            return ExitCode.Clean;
        });
        return command.WithExamples("source <(nn completion bash)", "nn completion pwsh >> $PROFILE");
    }
}
