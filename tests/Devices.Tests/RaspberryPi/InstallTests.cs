using System.Diagnostics;

namespace KeywordSpotter.Tests.RaspberryPi;

/// <summary>install.sh against a machine that is a folder: ssh runs the command here, scp copies, systemctl and sudo write down what they are asked.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class InstallTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kws-install-").FullName;

    /// <summary>Writes the programs that play the other machine.</summary>
    public InstallTests()
    {
        Directory.CreateDirectory(In("bin"));
        Directory.CreateDirectory(In("pi"));
        Directory.CreateDirectory(In("binary"));
        Program("bin/ssh", $$"""
            echo "ssh $*" >>{{In("log")}}
            while [ "$1" = -o ] || [ "$1" = -O ]; do
              if [ "$1" = -O ]; then exit 0; fi
              shift 2
            done
            [ -z "${BROKEN_SSH:-}" ] || { echo "ssh: connect to host: No route to host" >&2; exit 255; }
            [ "$1" = pi@robin.local ] || exit 255
            shift
            if [ "$*" = "uname -m" ]; then echo "${MACHINE:-aarch64}"; exit; fi
            export KWS_ROOT={{In("pi")}}
            umask "${UMASK:-022}"
            exec sh -c "$*"
            """);
        Program("bin/scp", $$"""
            echo "scp" >>{{In("log")}}
            while [ "$1" = -q ] || [ "$1" = -o ]; do if [ "$1" = -o ]; then shift; fi; shift; done
            for last; do :; done
            folder=${last#pi@robin.local:}
            while [ $# -gt 1 ]; do cp "$1" "$folder"; shift; done
            [ -z "${DAMAGED:-}" ] || echo x >>"$folder/kws"
            """);
        Program("bin/sudo", "[ \"$1\" = -n ] && shift\nexec \"$@\"");
        Program("bin/systemctl", $$"""
            echo "systemctl $*" >>{{In("log")}}
            if [ "$1" = is-active ]; then [ -f {{In("active")}} ]; exit; fi
            if [ "$1" = restart ] && [ -n "${BROKEN_UNIT:-}" ]; then exit 1; fi
            if [ "$1" = restart ]; then touch {{In("active")}}; fi
            """);
        Kws("first");
    }

    [Fact]
    public void The_first_installation_copies_everything_and_starts_the_service()
    {
        (int status, string said) = Install();

        Assert.True(status == 0, said);
        Assert.Equal(File.ReadAllText(In("binary", "kws")), File.ReadAllText(Pi("opt/kws/kws")));
        Assert.True(File.GetUnixFileMode(Pi("opt/kws/kws")).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal(Bundled, File.ReadAllBytes(Pi("opt/kws/model.safetensors")));
        Assert.Equal(Bundled, File.ReadAllBytes(Pi("opt/kws/wake-words.safetensors")));
        Assert.Equal("examples", File.ReadAllText(Pi("opt/kws/wake-words.replay.safetensors")));
        Assert.All(["kws.service", "kws-serve.service"], unit =>
            Assert.Equal(File.ReadAllText(RepositoryFiles.RaspberryPi(unit)), File.ReadAllText(Pi("etc/systemd/system/" + unit))));
        Assert.Equal(
            ["daemon-reload", "enable --quiet kws.service", "restart kws.service", "disable --now --quiet kws-serve.service"],
            Asked());
        Assert.DoesNotContain(Directory.GetFiles(Pi("opt/kws")), file => file.EndsWith(".new", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.GetDirectories("/tmp", "kws-install.*"), folder => File.Exists(Path.Combine(folder, "SHA256SUMS")) && Said(folder));
    }

    [Fact]
    public void The_same_again_changes_nothing()
    {
        Install();
        DateTime written = File.GetLastWriteTimeUtc(Pi("opt/kws/kws"));
        File.Delete(In("log"));

        (int status, string said) = Install();

        Assert.Equal(0, status);
        Assert.Contains("nothing has changed", said);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Pi("opt/kws/kws")));
        Assert.DoesNotContain(Asked(), line => line.StartsWith("restart", StringComparison.Ordinal));
    }

    [Fact]
    public void An_update_replaces_the_program_and_an_old_bundled_model()
    {
        Install();
        File.WriteAllText(Pi("opt/kws/model.safetensors"), "bundled once");
        File.WriteAllText(Pi("opt/kws/wake-words.safetensors"), "bundled once");
        Kws("second");

        (int status, string said) = Install();

        Assert.True(status == 0, said);
        Assert.Contains("second", File.ReadAllText(Pi("opt/kws/kws")));
        Assert.Equal(Bundled, File.ReadAllBytes(Pi("opt/kws/model.safetensors")));
        Assert.Equal("restart kws.service", Asked()[^2]);
        AssertNothingIsLeft();
    }

    [Fact]
    public void An_update_that_does_not_start_is_put_back()
    {
        Install();
        string before = File.ReadAllText(Pi("opt/kws/kws"));
        File.WriteAllText(Pi("etc/systemd/system/kws.service"), "the last unit");
        File.Delete(Pi("opt/kws/wake-words.replay.safetensors"));
        Kws("second");

        (int status, string said) = Install(("BROKEN_UNIT", "1"));

        Assert.Equal(1, status);
        Assert.Contains("everything has been put back", said);
        Assert.Equal(before, File.ReadAllText(Pi("opt/kws/kws")));
        Assert.Equal("the last unit", File.ReadAllText(Pi("etc/systemd/system/kws.service")));
        Assert.False(File.Exists(Pi("opt/kws/wake-words.replay.safetensors")));
        Assert.Equal(["daemon-reload", "restart kws.service"], Asked()[^2..]);
        AssertNothingIsLeft();
    }

    [Fact]
    public void A_first_installation_that_does_not_start_leaves_nothing_behind()
    {
        (int status, _) = Install(("BROKEN_UNIT", "1"));

        Assert.Equal(1, status);
        Assert.Empty(Directory.GetFiles(In("pi"), "*", SearchOption.AllDirectories));
        Assert.Equal("disable --now --quiet kws.service", Asked()[^1]);
    }

    [Fact]
    public void An_interrupted_update_is_completed_by_the_next_call()
    {
        Install();
        File.WriteAllText(Pi("opt/kws/update.unfinished"), Pi("opt/kws/kws") + "\n"); // all files are there, the restart is not

        (int status, string said) = Install();

        Assert.True(status == 0, said);
        Assert.Contains("kws.service restarted", said);
        AssertNothingIsLeft();
    }

    [Fact]
    public void The_microphone_unit_takes_the_open_network_back()
    {
        Directory.CreateDirectory(Pi("etc/avahi/services"));
        Install("--open");

        Assert.Equal(0, Install("--listen").Status);

        Assert.False(File.Exists(Pi("etc/systemd/system/kws-serve.service.d/open.conf")));
        Assert.False(File.Exists(Pi("etc/avahi/services/kws.service")));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Who_is_let_in_is_said()
    {
        Directory.CreateDirectory(Pi("etc/default"));
        File.WriteAllText(Pi("etc/default/kws-serve"), "KWS_URI=tcp://127.0.0.1:10400\n");

        (int status, string first) = Install("--serve");
        Assert.True(status == 0 && first.Contains("only this machine is served", StringComparison.Ordinal), first);
        Assert.Contains("KWS_URI of /etc/default/kws-serve is not used", Install("--open").Said);
        Assert.Contains("the home network is let in", Install("--serve").Said);
        Assert.Contains("only this machine is served", Install("--close").Said);
    }

    [Fact]
    public void A_strict_umask_does_not_lock_the_service_out()
    {
        (int status, string said) = Install(("UMASK", "077"));

        Assert.True(status == 0, said);
        Assert.True(File.GetUnixFileMode(Pi("opt/kws")).HasFlag(UnixFileMode.OtherExecute | UnixFileMode.OtherRead));
    }

    [Fact]
    public void An_update_keeps_the_users_own_model()
    {
        Install();
        File.WriteAllText(Pi("opt/kws/model.safetensors"), "own");
        Kws("second");

        (int status, string said) = Install();

        Assert.True(status == 0, said);
        Assert.Contains("kept", said);
        Assert.Equal("own", File.ReadAllText(Pi("opt/kws/model.safetensors")));
        Assert.Equal(Bundled, File.ReadAllBytes(Pi("opt/kws/wake-words.safetensors")));
    }

    [Fact]
    public void A_given_model_replaces_the_last_one_which_is_kept_beside_it()
    {
        Install();
        File.WriteAllText(Pi("opt/kws/model.safetensors"), "own");
        File.WriteAllText(In("given"), "given");

        (int status, string said) = Install("--model", In("given"));

        Assert.True(status == 0, said);
        Assert.Equal("given", File.ReadAllText(Pi("opt/kws/model.safetensors")));
        Assert.Equal("own", File.ReadAllText(Pi("opt/kws/model.safetensors.previous")));
    }

    [Fact]
    public void A_program_that_cannot_run_the_model_is_not_installed()
    {
        Install();
        string before = File.ReadAllText(Pi("opt/kws/kws"));
        File.WriteAllText(Pi("opt/kws/model.safetensors"), "unfit");
        Kws("second");

        (int status, string said) = Install();

        Assert.Equal(1, status);
        Assert.Contains("nothing was changed", said);
        Assert.Equal(before, File.ReadAllText(Pi("opt/kws/kws")));
    }

    [Fact]
    public void What_was_damaged_on_its_way_is_not_installed()
    {
        (int status, string said) = Install(("DAMAGED", "1"));

        Assert.Equal(1, status);
        Assert.Contains("not what was sent", said);
        Assert.False(File.Exists(Pi("opt/kws/kws")));
    }

    [Fact]
    public void Dry_run_says_what_would_be_done_and_does_nothing()
    {
        (int status, string said) = Install("--serve", "--dry-run");

        Assert.Equal(0, status);
        Assert.Contains("would copy to pi@robin.local (aarch64)", said);
        Assert.Contains("setup.sh kws-serve.service keep", said);
        Assert.Contains("keep the user's own model", said);
        Assert.Empty(Directory.GetFileSystemEntries(In("pi")));
        Assert.DoesNotContain("scp", File.ReadAllText(In("log")));
    }

    [Fact]
    public void Open_lets_the_network_in_and_close_takes_it_back()
    {
        Directory.CreateDirectory(Pi("etc/avahi/services"));

        Assert.Equal(0, Install("--open").Status);
        Assert.Contains("tcp://0.0.0.0:10400", File.ReadAllText(Pi("etc/systemd/system/kws-serve.service.d/open.conf")));
        Assert.Contains("_wyoming._tcp", File.ReadAllText(Pi("etc/avahi/services/kws.service")));
        Assert.Contains("enable --quiet kws-serve.service", Asked());

        Assert.Equal(0, Install("--serve").Status); // an update leaves it as it is
        Assert.True(File.Exists(Pi("etc/systemd/system/kws-serve.service.d/open.conf")));

        Assert.Equal(0, Install("--close").Status);
        Assert.False(File.Exists(Pi("etc/systemd/system/kws-serve.service.d/open.conf")));
        Assert.False(File.Exists(Pi("etc/avahi/services/kws.service")));
    }

    [Theory]
    [InlineData(2, "no USER@HOST")]
    [InlineData(2, "'--loud' is no option", "--loud", "pi@robin.local")]
    [InlineData(2, "one argument too many", "pi@robin.local", "pi@wren.local")]
    [InlineData(2, "contradict", "--listen", "--open", "pi@robin.local")]
    [InlineData(2, "--model needs a value", "pi@robin.local", "--model")]
    [InlineData(2, "allowed: letters", "pi@robin.local; reboot")]
    [InlineData(1, "no such model file", "--model", "missing", "pi@robin.local")]
    [InlineData(1, "cannot be reached", "pi@wren.local")]
    [InlineData(1, "publish.sh linux-arm64 makes it", "--binary", "/nowhere", "pi@robin.local")]
    public void Wrong_calls_are_explained(int expected, string reason, params string[] arguments)
    {
        (int status, string said) = Call(arguments);

        Assert.Equal(expected, status);
        Assert.Contains(reason, said);
        Assert.Empty(Directory.GetFileSystemEntries(In("pi")));
    }

    [Fact]
    public void An_unknown_processor_is_named()
    {
        (int status, string said) = Install(("MACHINE", "riscv64"));

        Assert.Equal(1, status);
        Assert.Contains("'riscv64'; allowed: aarch64", said);
    }

    [Theory]
    [InlineData("publish.sh", 0, "Publishes kws", "--help")]
    [InlineData("publish.sh", 2, "no RID given")]
    [InlineData("publish.sh", 2, "RID is 'windows'; allowed: linux-arm64, linux-arm, linux-x64", "windows")]
    [InlineData("install.sh", 0, "Installs kws", "--help")]
    public void Scripts_explain_themselves(string script, int expected, string part, params string[] arguments)
    {
        (int status, string said) = Run(script, arguments);

        Assert.Equal(expected, status);
        Assert.Contains(part, said);
    }

    /// <summary>Removes the folder.</summary>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static byte[] Bundled => File.ReadAllBytes(RepositoryFiles.RaspberryPi("../KeywordSpotter/Models/wake-words.safetensors"));

    private string In(params string[] parts) => Path.Combine([_root, .. parts]);

    private string Pi(string path) => In("pi", path);

    private void AssertNothingIsLeft() => Assert.DoesNotContain(
        Directory.GetFiles(In("pi"), "*", SearchOption.AllDirectories),
        file => Path.GetExtension(file) is ".new" or ".old" or ".unfinished");

    /// <summary>A program that plays kws: it cannot run a model named "unfit".</summary>
    private void Kws(string version)
    {
        Program("binary/kws", $"# {version}\n[ \"$1 $2\" = 'info --model' ] && ! grep -q unfit \"$3\"");
        File.WriteAllText(In("binary", "wake-words.replay.safetensors"), "examples");
    }

    private void Program(string name, string script)
    {
        File.WriteAllText(In(name), "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(In(name), (UnixFileMode)0b111_101_101);
    }

    /// <summary>What systemctl was asked, in order.</summary>
    private string[] Asked() =>
    [
        .. File.ReadAllLines(In("log"))
            .Where(line => line.StartsWith("systemctl ", StringComparison.Ordinal))
            .Select(line => line["systemctl ".Length..])
            .Where(line => !line.StartsWith("is-active", StringComparison.Ordinal)),
    ];

    /// <summary>Whether the log tells of this folder: others may install at the same time.</summary>
    private bool Said(string folder) => File.ReadAllText(In("log")).Contains(folder, StringComparison.Ordinal);

    private (int Status, string Said) Install(params string[] options) => Call(["--binary", In("binary"), .. options, "pi@robin.local"]);

    private (int Status, string Said) Install((string Name, string Value) variable) => Run("install.sh", ["--binary", In("binary"), "pi@robin.local"], variable);

    private (int Status, string Said) Call(params string[] arguments) => Run("install.sh", arguments);

    private (int Status, string Said) Run(string script, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", [RepositoryFiles.RaspberryPi(script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = In("bin") + ":" + Environment.GetEnvironmentVariable("PATH");
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
