using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KeywordSpotter.Tests.RaspberryPi;

public sealed partial class UnitTests
{
    [Theory]
    [InlineData("kws.service")]
    [InlineData("kws-serve.service")]
    public void Units_are_watched_restarted_and_hardened(string name)
    {
        var unit = new UnitFile(name);

        Assert.Equal("notify", unit["Service.Type"]);
        Assert.Equal("main", unit["Service.NotifyAccess"]);
        Assert.Equal("30", unit["Service.WatchdogSec"]);
        Assert.Equal("on-failure", unit["Service.Restart"]);
        Assert.Equal("0", unit["Unit.StartLimitIntervalSec"]);
        Assert.Equal("multi-user.target", unit["Install.WantedBy"]);
        Assert.Equal("closed", unit["Service.DevicePolicy"]);
        Assert.Equal("strict", unit["Service.ProtectSystem"]);
        Assert.Equal("", unit["Service.CapabilityBoundingSet"]);
        Assert.Equal("any", unit["Service.IPAddressDeny"]);
        Assert.Equal("native", unit["Service.SystemCallArchitectures"]);
        Assert.Equal(["@system-service", "~@privileged @resources @clock"], unit.All("Service.SystemCallFilter"));
        Assert.EndsWith("M", unit["Service.MemoryMax"]);
        Assert.Equal("0", unit["Service.LimitCORE"]);
        Assert.All(
            [
                "DynamicUser", "ProtectHome", "PrivateTmp", "PrivateMounts", "ProtectHostname", "ProtectControlGroups", "ProtectKernelLogs",
                "ProtectKernelModules", "ProtectKernelTunables", "NoNewPrivileges", "RestrictSUIDSGID", "RestrictNamespaces", "RestrictRealtime",
                "LockPersonality", "MemoryDenyWriteExecute",
            ],
            key => Assert.Equal("yes", unit["Service." + key]));
    }

    [Fact]
    public void The_listener_has_the_sound_cards_and_no_network()
    {
        var unit = new UnitFile("kws.service");

        Assert.Equal("char-alsa rw", unit["Service.DeviceAllow"]);
        Assert.Equal("audio", unit["Service.SupplementaryGroups"]);
        Assert.Empty(unit.All("Service.PrivateDevices"));
        Assert.Empty(unit.All("Service.ProtectClock")); // would allow a clock as well
        Assert.Equal("yes", unit["Service.PrivateNetwork"]);
        Assert.Equal("AF_UNIX", unit["Service.RestrictAddressFamilies"]);
        Assert.Empty(unit.All("Service.IPAddressAllow"));
        Assert.Equal("/var/lib/" + unit["Service.StateDirectory"], unit["Service.WorkingDirectory"]);
    }

    [Fact]
    public void The_server_has_no_devices_and_one_port_for_this_machine()
    {
        var unit = new UnitFile("kws-serve.service");

        Assert.Equal("yes", unit["Service.PrivateDevices"]);
        Assert.Empty(unit.All("Service.DeviceAllow"));
        Assert.Equal("localhost", unit["Service.IPAddressAllow"]);
        Assert.Equal("any", unit["Service.SocketBindDeny"]);
        Assert.Equal("tcp:10400", unit["Service.SocketBindAllow"]);
        Assert.Contains("KWS_URI=tcp://127.0.0.1:10400", unit["Service.Environment"]);
    }

    [Fact]
    public void No_setting_takes_back_what_open_opens()
    {
        // Settings of /etc/default go before Environment=, so that the address must be in the command itself.
        var open = new UnitFile("open.conf");
        string preset = new UnitFile("kws-serve.service")["Service.ExecStart"];

        Assert.Empty(open.All("Service.Environment"));
        Assert.Equal(["", preset.Replace("${KWS_URI}", "tcp://0.0.0.0:10400", StringComparison.Ordinal)], open.All("Service.ExecStart"));
    }

    [Theory]
    [InlineData("kws.service", "listen")]
    [InlineData("kws-serve.service", "serve")]
    public void What_units_start_exists(string name, string command)
    {
        string[] words = new UnitFile(name)["Service.ExecStart"].Split(' ');

        Assert.Equal(["/opt/kws/kws", command], words[..2]);
        string help = CommandRun.Of(command, "--help").Output;
        Assert.All(words.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains(option, help));
    }

    [Fact]
    public void Units_pass_the_checks_of_systemd()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "there is no systemd-analyze here; the keys are checked by other tests");

        foreach ((string name, double mostExposed) in ((string, double)[])[("kws.service", 1.0), ("kws-serve.service", 1.0)])
        {
            // The program is not installed here, and what a unit starts must be there.
            string folder = Directory.CreateTempSubdirectory("kws-unit-").FullName;
            string unit = Path.Combine(folder, name);
            File.WriteAllText(unit, File.ReadAllText(new UnitFile(name).Path).Replace("/opt/kws/kws", "/bin/true", StringComparison.Ordinal));

            (int status, string said) = Run("systemd-analyze", "verify", "--man=no", unit);
            Assert.True(status == 0 && !said.Contains(name, StringComparison.Ordinal), said); // unknown keys are only warned of
            (_, string security) = Run("systemd-analyze", "security", "--offline=true", "--no-pager", unit);
            if (ExposureLine().Match(security) is { Success: true } exposure) // older ones cannot judge a file
            {
                Assert.InRange(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture), 0, mostExposed);
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static (int Status, string Said) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    [GeneratedRegex(@"Overall exposure level for \S+: (\d+\.\d+)")]
    private static partial Regex ExposureLine();
}
