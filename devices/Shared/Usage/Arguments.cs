using System.Globalization;

namespace Devices.Usage;

/// <summary>The arguments of one call of a command, checked against what the command allows.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<Option, List<string>> _values = [];

    private Arguments()
    {
    }

    /// <summary>The argument that is no option, if there is one.</summary>
    public string? Argument { get; private set; }

    /// <summary>Reads <c>--name value</c>, <c>--name=value</c>, switches and the argument; after <c>--</c> nothing is an option.</summary>
    /// <exception cref="UsageException">Something is unknown, missing, given twice or not allowed.</exception>
    public static Arguments Parse(Command command, ReadOnlySpan<string> words)
    {
        var arguments = new Arguments();
        bool optionsEnded = false;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i];
            if (word == "--" && !optionsEnded)
            {
                optionsEnded = true;
            }
            else if (optionsEnded || !IsOption(word))
            {
                arguments.SetArgument(command, word);
            }
            else
            {
                i += arguments.ReadOption(command, word, words[(i + 1)..]);
            }
        }

        foreach (Option option in command.Options)
        {
            if (option.Required && !arguments.Has(option))
            {
                throw new UsageException($"{option.Name} <{option.ValueName}> is missing");
            }
        }

        return arguments;
    }

    /// <summary>Whether a word is an option; <c>-</c> alone and negative numbers are none.</summary>
    public static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]) && word[1] != '.';

    public bool Has(Option option) => _values.ContainsKey(option);

    /// <summary>The value, or the preset, or null.</summary>
    public string? Text(Option option) => _values.TryGetValue(option, out List<string>? values) && values.Count > 0 ? values[0] : option.Preset;

    /// <summary>All values of an option that may have several.</summary>
    public IReadOnlyList<string> Texts(Option option) => _values.TryGetValue(option, out List<string>? values) ? values : [];

    public double Number(Option option) => double.Parse(Given(option), NumberStyles.Float, CultureInfo.InvariantCulture);

    public int Whole(Option option) => int.Parse(Given(option), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The value of an option that is required or has a preset.</summary>
    public string Given(Option option) => Text(option) ?? throw new InvalidOperationException($"{option.Name} has neither value nor preset.");

    private void SetArgument(Command command, string word)
    {
        if (command.Argument is null || Argument is not null)
        {
            throw new UsageException($"'{word}' is one argument too many; allowed: {(command.Argument is { } argument ? $"one, {argument.Name}" : "none")}");
        }

        Argument = word;
    }

    /// <returns>How many of the following words belong to the option.</returns>
    private int ReadOption(Command command, string word, ReadOnlySpan<string> following)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word : word[..equals];
        Option option = Array.Find([.. command.Options], candidate => candidate.Name == name)
            ?? throw new UsageException($"'{name}' is no option of {command.Name}; allowed: {string.Join(", ", Array.ConvertAll<Option, string>([.. command.Options], known => known.Name))}");
        if (Has(option) && !option.Multiple)
        {
            throw new UsageException($"{name} is given twice");
        }

        if (option.ValueName is null)
        {
            _values[option] = equals < 0 ? [] : throw new UsageException($"{name} takes no value");
            return 0;
        }

        if (equals >= 0)
        {
            Add(option, word[(equals + 1)..]);
            return 0;
        }

        int count = 0;
        while (count < following.Length && !IsOption(following[count]) && (count == 0 || option.Multiple))
        {
            Add(option, following[count++]);
        }

        if (count == 0 && option.Optional)
        {
            _values[option] = [];
            return 0;
        }

        return count > 0 ? count : throw new UsageException($"{name} needs a value: {name} <{option.ValueName}>");
    }

    private void Add(Option option, string value)
    {
        option.Check(value);
        if (!_values.TryGetValue(option, out List<string>? values))
        {
            _values[option] = values = [];
        }

        values.Add(value);
    }
}
