using System.Text;

namespace Devices.Usage;

/// <summary>The texts of <c>--help</c>.</summary>
internal static class Help
{
    private const int Width = 100;
    private const string HelpNames = "-h, --help";

    /// <summary>Of a program.</summary>
    public static string Of(string program, string summary, IReadOnlyList<Command> commands)
    {
        var text = new StringBuilder();
        text.Append(summary).Append("\n\nUsage: ").Append(program).Append(" [command] [options]\n\nCommands:\n");
        var rows = new List<(string, string)>();
        foreach (Command command in commands)
        {
            rows.Add((command.Argument is { } argument ? $"{command.Name} [{argument.Name}]" : command.Name, command.Summary));
        }

        AppendRows(text, rows);
        text.Append("\nOptions:\n");
        AppendRows(text, [(HelpNames, "Show this text; after a command, the text of that command."), ("--version", "Show the version.")]);
        text.Append("\nExit status: 0 done, 1 bad input, 2 bad usage.\n");
        return text.ToString();
    }

    /// <summary>Of a command of a program.</summary>
    public static string Of(string program, Command command)
    {
        var text = new StringBuilder();
        text.Append(command.Summary).Append("\n\nUsage: ").Append(program).Append(' ').Append(command.Name);
        var rows = new List<(string, string)>();
        if (command.Argument is { } argument)
        {
            text.Append(" [").Append(argument.Name).Append(']');
            rows.Add((argument.Name, argument.Description));
        }

        foreach (Option option in command.Options)
        {
            if (option.Required)
            {
                text.Append(' ').Append(Head(option));
            }
        }

        text.Append(" [options]\n\n");
        foreach (Option option in command.Options)
        {
            string preset = option.Preset is null ? "" : $" [{option.Preset}]";
            rows.Add((Head(option), (option.Required ? "Required. " : "") + option.Description + preset));
        }

        rows.Add((HelpNames, "Show this text."));
        AppendRows(text, rows);
        return text.ToString();
    }

    private static string Head(Option option) =>
        option.ValueName is null ? option.Name
        : option.Optional ? $"{option.Name} [{option.ValueName}]"
        : $"{option.Name} <{option.ValueName}>{(option.Multiple ? "..." : "")}";

    /// <summary>Two columns, the right one wrapped between words.</summary>
    private static void AppendRows(StringBuilder text, List<(string Head, string Body)> rows)
    {
        int left = 0;
        foreach ((string head, _) in rows)
        {
            left = Math.Max(left, head.Length + 4);
        }

        foreach ((string head, string body) in rows)
        {
            text.Append("  ").Append(head.PadRight(left - 2));
            int column = left;
            foreach (string word in body.Split(' '))
            {
                if (column > left && column + 1 + word.Length > Width)
                {
                    text.Append('\n').Append(' ', left);
                    column = left;
                }

                if (column > left)
                {
                    text.Append(' ');
                    column++;
                }

                text.Append(word);
                column += word.Length;
            }

            text.Append('\n');
        }
    }
}
