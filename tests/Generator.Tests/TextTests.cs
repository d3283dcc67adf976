using System.Globalization;
using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

/// <summary>The generated text does not depend on where and when it is generated, and is clean.</summary>
public class TextTests
{
    public static TheoryData<string> Names => Models.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_is_the_same_under_another_culture(string name)
    {
        string expected = Generation.Text(Models.Source(name));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = StrangeCulture();
            Assert.Equal("\u22121'23'456,5", (-123456.5).ToString("N1", CultureInfo.CurrentCulture));
            TextComparison.AssertEqual(expected, Generation.Text(Models.Source(name)), "The culture changed the text.");
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void Messages_are_the_same_under_another_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = StrangeCulture();
            GenerationResult result = Generation.Run("using Seq.Embedded;\n[SequenceModel(Input = -20000)] [Gru(3, Dropout = -1.5)] partial class M;");
            Assert.Equal(
                ["Input is -20,000; allowed: 1 to 16,384", "Dropout is -1.5; allowed: 0 up to but not including 1 (as a float)"],
                result.Diagnostics.Select(diagnostic => diagnostic.GetMessage(CultureInfo.InvariantCulture)));
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_is_the_same_twice(string name) => Assert.Equal(Generation.Text(Models.Source(name)), Generation.Text(Models.Source(name)));

    [Fact]
    public void Text_does_not_depend_on_the_users_line_ends() =>
        Assert.Equal(Generation.Text(Models.Source("Mixed")), Generation.Text(Models.Source("Mixed").Replace("\n", "\r\n", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_is_clean(string name)
    {
        string text = Generation.Text(Models.Source(name));
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\t', text);
        Assert.True(text.All(char.IsAscii), "The text has a character beyond ASCII.");
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            Assert.True(lines[i] == lines[i].TrimEnd(), $"Line {i + 1} ends with white space: \"{lines[i]}\"");
            Assert.False(i > 0 && lines[i].Length == 0 && lines[i - 1].Length == 0 && i < lines.Length - 1, $"Lines {i} and {i + 1} are both empty.");
            Assert.False(lines[i].Trim() == "}" && lines[i - 1].Length == 0, $"Line {i + 1}: an empty line before a brace.");
            Assert.False(lines[i].Trim() == "{" && lines[i + 1].Length == 0, $"Line {i + 1}: an empty line after a brace.");
        }
    }

    [Fact]
    public void File_is_named_for_the_class()
    {
        GenerationResult result = Generation.Run(Models.AllSources);
        Assert.Equal(
            Models.All.Select(name => $"Demo.{name}.g.cs").Order(StringComparer.Ordinal),
            result.Sources.Select(source => source.HintName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[Rnn(3)]", "[Rnn(3, Activation = Activation.Tanh)]")]
    [InlineData("[Gru(3)]", "[Gru(3, Reset = GruReset.AfterProduct)]")]
    [InlineData("[Dense(3)]", "[Dense(3, Activation.None)]")]
    [InlineData("[Dense(3)]", "[Dense(3, (Activation)0, Dropout = 0)]")]
    [InlineData("[Gru(3)]", "[Gru(3, Direction = Direction.Forward, Merge = DirectionMerge.Concatenate, Residual = false)]")]
    [InlineData("[Lstm(3)]", "[Lstm(3, Layers = 1, Name = null)]")]
    public void Same_layer_written_differently_gives_the_same_text(string one, string other) =>
        TextComparison.AssertEqual(Generation.Text(WithLayer(one)), Generation.Text(WithLayer(other)), $"{one} and {other}");

    [Theory]
    [InlineData("[Rnn(3)]", "input 2 | rnn: rnn 3")]
    [InlineData("[Rnn(3, Activation = Activation.Relu, Layers = 2)]", "input 2 | rnn: rnn 3 x 2 relu")]
    [InlineData("[Gru(3, Reset = GruReset.BeforeProduct)] [Dense(4, Activation.Tanh, Name = \"head\")]", "input 2 | gru: gru 3 beforeproduct | head: dense 4 tanh")]
    [InlineData("[Gru(3)] [Gru(3)] [Dense(Activation.Softmax)]", "input 2 | gru1: gru 3 | gru2: gru 3 | dense: dense open softmax")]
    [InlineData("[Gru(2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Layers = 2, Residual = true)] [Dense(3)]", "input 2 | gru: gru 2 x 2 bidirectional sum residual | dense: dense 3")]
    [InlineData("[Lstm(3, Direction = Direction.Reverse)]", "input 2 | lstm: lstm 3 reverse")]
    public void Fingerprint_states_the_structure(string layers, string expected) =>
        Assert.Contains($"public const string Spec = \"{expected}\";\n", Generation.Text(WithLayer(layers)), StringComparison.Ordinal);

    private static string WithLayer(string layers) => $"using Seq.Embedded;\n[SequenceModel(Input = 2)] {layers} partial class M;";

    /// <summary>Minus U+2212, comma for the point, groups of 2 after the first 3 with an apostrophe.</summary>
    private static CultureInfo StrangeCulture()
    {
        CultureInfo culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "\u2212";
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = "'";
        culture.NumberFormat.NumberGroupSizes = [3, 2];
        culture.NumberFormat.NumberDecimalDigits = 3;
        return culture;
    }
}
