namespace NnAnalyzers.Tool.Tests;

/// <summary>nn init on new and old projects: what it writes, and what it leaves as it was.</summary>
public sealed class InitTests : InFolder
{
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup>
            <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
          </ItemGroup>
        </Project>

        """;

    private string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    [Fact]
    public void A_project_gets_the_package_settings_and_a_step()
    {
        Write("App.csproj", Project);
        Write(".git/HEAD", "");
        Write(".github/dependabot.yml", "");
        var (exit, output, errors) = Nn("init", "--dry-run");
        Assert.True(exit == 0, errors);
        Assert.Contains("+    <PackageReference Include=\"NnAnalyzers\"", output);
        Assert.Equal(Project, Read("App.csproj"));
        Assert.False(File.Exists(Path.Combine(Folder, ".editorconfig")));
        Assert.Equal(0, Nn("init", "--yes").ExitCode);
        const string Torch = "    <PackageReference Include=\"Torch";
        Assert.Equal(Project.Replace(Torch, "    <PackageReference Include=\"NnAnalyzers\" Version=\"0.1.0\" PrivateAssets=\"all\" />\n"
            + Torch), Read("App.csproj"));
        Assert.Contains("dotnet_diagnostic.NN1001.severity", Read(".editorconfig"));
        Assert.Contains("nn check . --format github", Read(".github/workflows/networks.yml"));
        Assert.Contains("Nothing to do", Nn("init").Output);
    }

    [Fact]
    public void Versions_in_one_place_line_ends_and_marks_are_kept()
    {
        File.WriteAllText(Write("src/App/App.csproj", ""), Project.Replace(" Version=\"0.107.0\"", "").ReplaceLineEndings("\r\n"),
            new System.Text.UTF8Encoding(true));
        Write("Directory.Packages.props", """
            <Project>
              <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
            </Project>
            """);
        Write(".git/HEAD", "");
        Write(".editorconfig", "root = true");
        Assert.Equal(0, Nn("init", "src/App", "--yes", "--ci", "none").ExitCode);
        var project = File.ReadAllBytes(Path.Combine(Folder, "src/App/App.csproj"));
        Assert.Equal([0xEF, 0xBB, 0xBF], project[..3]);
        Assert.Contains("    <PackageReference Include=\"NnAnalyzers\" PrivateAssets=\"all\" />\r\n", Read("src/App/App.csproj"));
        Assert.Contains("    <PackageVersion Include=\"NnAnalyzers\" Version=\"0.1.0\" />", Read("Directory.Packages.props"));
        Assert.StartsWith("root = true\n\n[*.cs]\n", Read(".editorconfig"));
        Assert.False(Directory.Exists(Path.Combine(Folder, ".github")));
    }

    [Fact]
    public void What_cannot_be_done_is_told()
    {
        CannotRun("no .csproj in this folder", "init");
        CannotRun("no .csproj, and no folder with one", "init", "nowhere");
        Write("a.csproj", Project);
        Write("b.csproj", "<Project");
        CannotRun("2 projects in this folder: name one, such as a.csproj", "init");
        CannotRun("b.csproj: no project file", "init", "b.csproj");
        CannotRun("there is nobody to ask", "init", "a.csproj");
    }
}
