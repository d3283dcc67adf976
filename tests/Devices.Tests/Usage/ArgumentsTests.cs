using Devices.Usage;

namespace KeywordSpotter.Tests.Usage;

public sealed class ArgumentsTests
{
    private static readonly Option s_name = Option.Text("--name", "text", "A text.");
    private static readonly Option s_folders = Option.Folders("--folders", "Folders.");
    private static readonly Option s_number = Option.Number("--number", "A number.", -5, 5, 0.5);
    private static readonly Option s_whole = Option.Whole("--whole", "A whole number.", 1, 9, 3);
    private static readonly Option s_switch = Option.Switch("--switch", "A switch.");

    private static readonly Command s_command = new()
    {
        Name = "test",
        Summary = "Tests.",
        Argument = ("INPUT", "An input."),
        Options = [s_name, s_folders, s_number, s_whole, s_switch],
        Run = _ => 0,
    };

    [Fact]
    public void Parse_reads_options_and_argument_in_any_order()
    {
        Arguments arguments = Parse("--folders", "a", "b", "--number=-1.5", "--switch", "in.wav", "--name", "x", "--folders", "c", "--whole", "7");

        Assert.Equal("in.wav", arguments.Argument);
        Assert.Equal("x", arguments.Text(s_name));
        Assert.Equal(["a", "b", "c"], arguments.Texts(s_folders));
        Assert.Equal(-1.5, arguments.Number(s_number));
        Assert.Equal(7, arguments.Whole(s_whole));
        Assert.True(arguments.Has(s_switch));
    }

    [Fact]
    public void Parse_nothing_gives_the_presets()
    {
        Arguments arguments = Parse();

        Assert.Null(arguments.Argument);
        Assert.Null(arguments.Text(s_name));
        Assert.Empty(arguments.Texts(s_folders));
        Assert.Equal(0.5, arguments.Number(s_number));
        Assert.Equal(3, arguments.Whole(s_whole));
        Assert.False(arguments.Has(s_switch));
    }

    [Fact]
    public void Parse_takes_dash_and_negative_numbers_as_values()
    {
        Assert.Equal("-", Parse("-").Argument);
        Assert.Equal(-2, Parse("--number", "-2").Number(s_number));
        Assert.Equal(-0.5, Parse("--number", "-.5").Number(s_number));
    }

    [Fact]
    public void Parse_takes_everything_after_two_dashes_as_argument() => Assert.Equal("--switch", Parse("--", "--switch").Argument);

    [Theory]
    [InlineData("'--loud' is no option", "--loud")]
    [InlineData("--name needs a value", "--name")]
    [InlineData("--name needs a value", "--name", "--switch")]
    [InlineData("--name is given twice", "--name", "a", "--name", "b")]
    [InlineData("--switch takes no value", "--switch=1")]
    [InlineData("'b' is one argument too many", "a", "b")]
    [InlineData("--number is '5.1'; allowed: -5 to 5", "--number", "5.1")]
    [InlineData("--number is 'NaN'; allowed: -5 to 5", "--number", "NaN")]
    [InlineData("--number is '1,5'; allowed: -5 to 5", "--number", "1,5")]
    [InlineData("--whole is '1.5'; allowed: a whole number from 1 to 9", "--whole", "1.5")]
    [InlineData("--whole is '99999999999'; allowed: a whole number from 1 to 9", "--whole", "99999999999")]
    public void Parse_mistake_says_what_is_wrong(string message, params string[] words) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Parse(words)).Message);

    [Fact]
    public void Parse_required_option_must_be_given()
    {
        var command = new Command { Name = "test", Summary = "", Options = [Option.Text("--out", "file", "", required: true)], Run = _ => 0 };

        Assert.Contains("--out <file> is missing", Assert.Throws<UsageException>(() => Arguments.Parse(command, [])).Message);
    }

    [Fact]
    public void Help_names_every_option_with_its_preset()
    {
        string text = Help.Of("kws", s_command);

        Assert.All(s_command.Options, option => Assert.Contains(option.Name, text));
        Assert.Contains("[0.5]", text);
        Assert.Contains("kws test [INPUT] [options]", text);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    private static Arguments Parse(params string[] words) => Arguments.Parse(s_command, words);
}
