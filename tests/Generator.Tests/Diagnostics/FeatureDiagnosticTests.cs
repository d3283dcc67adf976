using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

/// <summary>Each failure of [AudioFeatures]: its id, its message with the value found and the values allowed, and the exact text it points at.</summary>
public class FeatureDiagnosticTests
{
    private const string Attribute = "Seq.Embedded.Audio.AudioFeatures";

    [Theory]
    [InlineData("SampleRate = 999, HighHz = 0", "999", "SampleRate is 999; allowed: 1,000 to 768,000")]
    [InlineData("Bands = 0", "0", "Bands is 0; allowed: 1 to 512")]
    [InlineData("Bands = int.MinValue", "int.MinValue", "Bands is -2,147,483,648; allowed: 1 to 512")]
    [InlineData("Hop = -1", "-1", "Hop is -1; allowed: 0.001 to 60,000")]
    [InlineData("Window = double.NaN", "double.NaN", "Window is NaN; allowed: 0.001 to 60,000")]
    [InlineData("PcenFloor = 0", "0", "PcenFloor is 0; allowed: 1E-20 to 1")]
    [InlineData("PreEmphasis = 1.5", "1.5", "PreEmphasis is 1.5; allowed: 0 to 1")]
    [InlineData("OutputScale = 0", "0", "OutputScale is 0; allowed: -1,000,000 to 1,000,000, not 0")]
    [InlineData("OutputScale = double.PositiveInfinity", "double.PositiveInfinity", "OutputScale is Infinity; allowed: -1,000,000 to 1,000,000, not 0")]
    [InlineData("Deltas = 3", "3", "Deltas is 3; allowed: 0 to 2")]
    [InlineData("Stack = 65", "65", "Stack is 65; allowed: 1 to 64")]
    [InlineData("Kind = Seq.Embedded.Audio.FeatureKind.Mfcc, Coefficients = 41", "41", "Coefficients is 41; allowed: 1 to 40, the number of bands")]
    public void Setting_out_of_range_is_SEQ0003(string settings, string place, string message) => AssertFails(settings, "SEQ0003", place, message);

    [Fact]
    public void Too_many_features_are_SEQ0003() => AssertFails(
        "Kind = Seq.Embedded.Audio.FeatureKind.Spectrogram, Stack = 64", "SEQ0003", "64", "The number of features of a time step is 16,448; allowed: 1 to 16,384");

    [Theory]
    [InlineData("Kind = (Seq.Embedded.Audio.FeatureKind)9", "(Seq.Embedded.Audio.FeatureKind)9", "Kind is 9; allowed: Pcen, LogMel, Mel, Mfcc, Spectrogram, LogSpectrogram")]
    [InlineData("Preset = (Seq.Embedded.Audio.FeaturePreset)9", "(Seq.Embedded.Audio.FeaturePreset)9", "Preset is 9; allowed: Default, Kaldi, Torchaudio, TensorFlow")]
    public void Unknown_value_is_SEQ0011(string settings, string place, string message) => AssertFails(settings, "SEQ0011", place, message);

    [Fact]
    public void Window_in_ms_and_in_samples_is_SEQ0020() => AssertFails(
        "Window = 25, WindowSamples = 400", "SEQ0020", "400", "WindowSamples cannot be combined with Window; allowed with it: no WindowSamples");

    [Theory]
    [InlineData("Kind = Seq.Embedded.Audio.FeatureKind.LogMel, PcenGain = 0.5", "0.5", "PcenGain is given, and the features (LogMel) do not use it as they are; allowed: PcenGain with Kind = Pcen")]
    [InlineData("LogFloor = 1e-6", "1e-6", "LogFloor is given, and the features (Pcen) do not use it as they are; allowed: LogFloor with Kind = LogMel or Mfcc or LogSpectrogram")]
    [InlineData("Kind = Seq.Embedded.Audio.FeatureKind.Spectrogram, Bands = 40", "40", "Bands is given, and the features (Spectrogram) do not use it as they are; allowed: Bands with Kind = Pcen or LogMel or Mel or Mfcc")]
    [InlineData("DeltaReach = 3", "3", "DeltaReach is given, and the features (Pcen) do not use it as they are; allowed: DeltaReach with Deltas = 1 or 2")]
    [InlineData("Kind = Seq.Embedded.Audio.FeatureKind.LogMel, EnergyFloor = 2", "2", "EnergyFloor is given, and the features (LogMel) do not use it as they are; allowed: EnergyFloor with Energy = true")]
    public void Setting_without_use_is_SEQ0100(string settings, string place, string message) => AssertFails(settings, "SEQ0100", place, message);

    [Theory]
    [InlineData("SampleRate = 22050, Window = 25, HopSamples = 220", "25", "Window is 25 ms, 551.25 samples at 22,050 Hz; allowed: whole samples, 2 to 65,536, such as WindowSamples = 551")]
    [InlineData("Hop = 10.01", "10.01", "Hop is 10.01 ms, 160.16 samples at 16,000 Hz; allowed: whole samples, 1 to 768,000, such as HopSamples = 160")]
    [InlineData("Window = 0.0625", "0.0625", "Window is 0.0625 ms, 1 samples at 16,000 Hz; allowed: whole samples, 2 to 65,536, such as WindowSamples = 2")]
    [InlineData("WindowSamples = 1", "1", "WindowSamples is 1; allowed: whole samples, 2 to 65,536, such as WindowSamples = 2")]
    public void Frame_that_is_not_whole_samples_is_SEQ0101(string settings, string place, string message) => AssertFails(settings, "SEQ0101", place, message);

    [Theory]
    [InlineData("FftSize = 500", "500", "FftSize is 500; allowed: a power of two from 512 to 65,536, as the window has 400 samples")]
    [InlineData("FftSize = 256", "256", "FftSize is 256; allowed: a power of two from 512 to 65,536, as the window has 400 samples")]
    [InlineData("WindowSamples = 8, FftSize = 8", "8", "FftSize is 8; allowed: a power of two from 16 to 65,536, as the window has 8 samples")]
    public void Size_of_transform_is_SEQ0102(string settings, string place, string message) => AssertFails(settings, "SEQ0102", place, message);

    [Theory]
    [InlineData("LowHz = 8000", "8000", "LowHz is 8,000 Hz; allowed: below 8,000 Hz, half of the sample rate")]
    [InlineData("HighHz = 8001", "8001", "HighHz is 8,001 Hz; allowed: up to 8,000 Hz, half of the sample rate, or 0, which is that")]
    [InlineData("LowHz = 100, HighHz = 99.5", "99.5", "HighHz is 99.5 Hz; allowed: above LowHz, 100 Hz")]
    public void Frequency_out_of_range_is_SEQ0103(string settings, string place, string message) => AssertFails(settings, "SEQ0103", place, message);

    [Fact]
    public void Band_without_a_bin_is_SEQ0104()
    {
        GenerationResult result = Generation.Run(Source("Bands = 128"));
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("SEQ0104", diagnostic.Id);
        Assert.Equal("128", result.TextAt(diagnostic));
        string message = diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Matches(@"^Band [0-9]+ \([0-9.]+ to [0-9.]+ Hz\) lies between two bins of the Fourier transform, which are 31.25 Hz apart, and would always be 0; allowed: Bands = [0-9]+ or fewer, or FftSize = 1,024$", message);

        // What the message allows is allowed, and one band more is not.
        int most = int.Parse(message.Split("Bands = ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Empty(Generation.Run(Source($"Bands = {most}")).Diagnostics);
        Assert.Equal(["SEQ0104"], Generation.Run(Source($"Bands = {most + 1}")).Diagnostics.Select(found => found.Id));
        Assert.Empty(Generation.Run(Source("Bands = 128, FftSize = 1024")).Diagnostics);
    }

    [Fact]
    public void Input_of_another_size_is_SEQ0105() => DiagnosticTests.AssertFails(
        $"[SequenceModel(Input = 40)] [{Attribute}(Stack = 2)] [Gru(3)] public partial class M;", "SEQ0105", "40",
        "Input is 40, and the features have 80 values a time step (40 bands, x 2 frames); allowed: Input = 80, or no Input");

    [Theory]
    [InlineData("[SequenceModel(Input = 80)]")]
    [InlineData("[SequenceModel]")]
    public void Input_follows_from_the_features(string model)
    {
        GenerationResult result = Generation.Run($"using Seq.Embedded;\n/// <summary>A model.</summary>\n{model} [{Attribute}(Stack = 2)] [Gru(3)] public partial class M;");
        result.AssertClean();
        Assert.Contains("public const int InputSize = 80;\n", Assert.Single(result.Sources).SourceText.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_of_tokens_are_SEQ0106() => DiagnosticTests.AssertFails(
        $"[SequenceModel] [{Attribute}] [Embedding(3)] [Gru(3)] public partial class M;", "SEQ0106", Attribute,
        "The first layer [Embedding] takes tokens, and [AudioFeatures] gives vectors; allowed: another first layer, or no [AudioFeatures]");

    [Theory]
    [InlineData("[AudioFeatures]", "AudioFeatures")]
    [InlineData("[AudioFeatures(Bands = 40, Kind = FeatureKind.Mfcc)]", "AudioFeatures(Bands = 40, Kind = FeatureKind.Mfcc)")]
    public void Features_without_the_library_are_SEQ0107(string features, string place) => DiagnosticTests.AssertFails(
        $"[SequenceModel] {features} [Gru(3)] public partial class M;", "SEQ0107", place,
        "[AudioFeatures] is not known here; allowed: with a reference to Seq.Embedded.Audio and 'using Seq.Embedded.Audio'");

    [Fact]
    public void Features_without_model_are_SEQ0108()
    {
        Diagnostic diagnostic = Assert.Single(LayerWithoutModelTests.Analyze($"[{Attribute}(Bands = 3)] partial class M;"));
        Assert.Equal("SEQ0108", diagnostic.Id);
        Assert.Equal("The class 'M' has [AudioFeatures] but no [SequenceModel]; nothing is generated for it", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    // Every setting of the attribute is in the table, with the value of an enumeration's member 0 or a default of its type.
    [Fact]
    public void Table_has_every_setting_of_the_attribute()
    {
        INamedTypeSymbol attribute = Generation.Compile("").GetTypeByMetadataName(Spec.SpecParser.FeaturesAttribute)!;
        IPropertySymbol[] settings = [.. attribute.GetMembers().OfType<IPropertySymbol>()];
        Assert.Equal(settings.Select(setting => setting.Name), FeatureOptions.All.Select(option => option.Name));
        foreach ((IPropertySymbol setting, FeatureOption option) in settings.Zip(FeatureOptions.All))
        {
            string[] expected = setting.Type.TypeKind == TypeKind.Enum ? [.. setting.Type.GetMembers().OfType<IFieldSymbol>().Select(field => field.Name)]
                : setting.Type.SpecialType == SpecialType.System_Boolean ? ["False", "True"] : [];
            Assert.Equal(expected, option.Choices);
            Assert.Equal(setting.Type.SpecialType == SpecialType.System_Int32, option.IsWhole);
        }
    }

    [Fact]
    public void Page_of_unused_settings_lists_every_setting_that_is_of_some_kinds_only() => Assert.All(
        FeatureOptions.All.Where(option => option.Kinds.Length > 0),
        option => Assert.Contains(DescriptorTests.Page("SEQ0100").Split('\n'), line => line.Contains($"`{option.Name}`", StringComparison.Ordinal) && option.Kinds.All(kind => line.Contains($"`{kind}`", StringComparison.Ordinal))));

    private static void AssertFails(string settings, string id, string place, string message) =>
        DiagnosticTests.AssertFails($"[SequenceModel] [{Attribute}({settings})] [Gru(3)] public partial class M;", id, place, message);

    private static string Source(string settings) => $"using Seq.Embedded;\n[SequenceModel] [{Attribute}({settings})] [Gru(3)] public partial class M;";
}
