using System.Globalization;
using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio;

public class FeatureSettingsTests
{
    private static readonly FeatureSettings Unusual = new()
    {
        SampleRate = 22050, WindowSamples = 551, HopSamples = 220, FftSize = 1024, Bands = 64, LowHz = 33.3, HighHz = 11_000.5,
        Kind = FeatureKind.LogMel, Stack = 3, Stride = 4, PcenSmoothing = 0.04, PcenGain = 0.7, PcenBias = 10, PcenPower = 0.25,
        PcenFloor = 1e-9, LogFloor = 1e-12, OutputScale = -1.0 / 3,
    };

    [Fact]
    public void FromMetadata_returns_what_ToMetadata_wrote()
    {
        Assert.Equal(Unusual, FeatureSettings.FromMetadata(Unusual.ToMetadata()));
        Assert.Equal(new FeatureSettings(), FeatureSettings.FromMetadata(new FeatureSettings().ToMetadata()));
    }

    [Fact]
    public void ToMetadata_writes_every_setting_under_any_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NegativeSign = "\u2212";
            CultureInfo.CurrentCulture = culture;
            Dictionary<string, string> metadata = Unusual.ToMetadata();
            Assert.Equal("22050", metadata["features.sample_rate"]);
            Assert.Equal("33.3", metadata["features.low_hz"]);
            Assert.Equal("log_mel", metadata["features.kind"]);
            Assert.Equal("-0.3333333333333333", metadata["features.output_scale"]);
            Assert.Equal(Unusual, FeatureSettings.FromMetadata(metadata));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        int settable = typeof(FeatureSettings).GetProperties().Count(p => p.CanWrite);
        Assert.Equal(settable, Unusual.ToMetadata().Count);
    }

    [Theory]
    [InlineData("features.bands", null, "\"features.bands\" is missing")]
    [InlineData("features.bands", "many", "\"features.bands\" is \"many\"; allowed are whole numbers")]
    [InlineData("features.bands", "0", "Bands is 0; allowed is 1 to 512")]
    [InlineData("features.low_hz", "1,5", "\"1,5\"; allowed are numbers")]
    [InlineData("features.pcen_floor", "NaN", "PcenFloor is NaN")]
    [InlineData("features.kind", "mfcc", "\"mfcc\"; allowed are pcen and log_mel")]
    [InlineData("features.deltas", "1", "\"features.deltas\" is unknown; known are features.sample_rate, ")]
    public void FromMetadata_bad_entry_throws_and_names_it(string key, string? value, string message)
    {
        Dictionary<string, string> metadata = new FeatureSettings().ToMetadata();
        metadata["labels"] = "not looked at";
        if (value is null)
        {
            metadata.Remove(key);
        }
        else
        {
            metadata[key] = value;
        }

        var error = Assert.Throws<FormatException>(() => FeatureSettings.FromMetadata(metadata));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Validate_wrong_setting_throws_and_names_it()
    {
        var good = new FeatureSettings();
        good.Validate();
        (FeatureSettings Settings, string Message)[] wrong =
        [
            (good with { SampleRate = 0 }, "SampleRate is 0; allowed is 1000 to 768000"),
            (good with { WindowSamples = 513 }, "WindowSamples is 513; allowed is 2 to 512"),
            (good with { HopSamples = 0 }, "HopSamples is 0"),
            (good with { FftSize = 500 }, "FftSize is 500; allowed is a power of two"),
            (good with { FftSize = 8 }, "FftSize is 8"),
            (good with { LowHz = -1 }, "LowHz is -1"),
            (good with { HighHz = 8001 }, "HighHz is 8001; allowed is 20 to 8000"),
            (good with { HighHz = 20 }, "HighHz is 20; allowed is above LowHz, 20"),
            (good with { Kind = (FeatureKind)7 }, "Kind is 7; allowed is Pcen or LogMel"),
            (good with { Stack = 0 }, "Stack is 0"),
            (good with { Stride = -2 }, "Stride is -2"),
            (good with { PcenSmoothing = 0 }, "PcenSmoothing is 0"),
            (good with { PcenGain = 1.1 }, "PcenGain is 1.1"),
            (good with { PcenBias = 0 }, "PcenBias is 0"),
            (good with { PcenPower = 2 }, "PcenPower is 2"),
            (good with { PcenFloor = 0 }, "PcenFloor is 0"),
            (good with { LogFloor = double.PositiveInfinity }, "LogFloor is Infinity"),
            (good with { OutputScale = 0 }, "OutputScale is 0; allowed is different from 0"),
        ];
        foreach ((FeatureSettings settings, string message) in wrong)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureExtractor(settings));
            Assert.Contains(message, error.Message);
        }
    }

    [Fact]
    public void Derived_sizes_follow_the_settings()
    {
        Assert.Equal(80, new FeatureSettings().FeatureCount);
        Assert.Equal(0.02, new FeatureSettings().SecondsPerVector, 1e-12);
        Assert.Equal(192, Unusual.FeatureCount);
    }
}
