using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace KeywordSpotter.Commands;

/// <summary>Options that several commands share, and numbers that are checked while parsing.</summary>
internal static class Options
{
    /// <summary>A number with its allowed range; the message of a wrong one names both.</summary>
    public static Option<T> Number<T>(string name, string description, T minimum, T maximum, T? preset = null)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = "number",
            CustomParser = result =>
            {
                string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
                if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && value >= minimum && value <= maximum)
                {
                    return value;
                }

                result.AddError(string.Create(
                    CultureInfo.InvariantCulture, $"{name} is '{text}'; allowed: {(T.IsInteger(minimum) && typeof(T) == typeof(int) ? "a whole number " : "")}{minimum} to {maximum}"));
                return default;
            },
        };
        if (preset is { } value)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    public static Option<string?> Model() => new("--model")
    {
        Description = "Weight file of the model; the bundled model when not given.",
        HelpName = "file",
    };

    public static Option<string[]> Folders(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "dir",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>The value of an option that has no default, or null when it was not given.</summary>
    public static T? Optional<T>(ParseResult parsed, Option<T> option)
        where T : struct =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;
}
