using System.Globalization;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The rules of [AudioFeatures].</summary>
internal static class FeatureRules
{
    public static void Validate(ModelSpec spec, Fail fail)
    {
        if (spec.LacksAudioLibrary)
        {
            fail(Descriptors.AudioLibraryMissing, SpecPlace.Features(""), []);
        }

        if (spec.Features is not { } features)
        {
            return;
        }

        int failures = 0;
        Fail counting = (descriptor, place, arguments, remedies) =>
        {
            failures++;
            fail(descriptor, place, arguments, remedies);
        };
        foreach (FeatureOption option in FeatureOptions.All)
        {
            ValidateOption(features, option, counting);
        }

        // What follows computes with the values.
        if (failures == 0)
        {
            ValidateUse(features, counting);
            ValidateLengths(features, counting);
            ValidateFrequencies(features, counting);
        }

        if (failures == 0)
        {
            ValidateBands(features, counting);
            ValidateInput(spec, features, counting);
        }
    }

    private static void ValidateOption(FeatureSpec features, FeatureOption option, Fail fail)
    {
        SpecPlace place = SpecPlace.Features(option.Name);
        string text = features.Text(option.Name);
        if (option.Choices.Length > 0)
        {
            Validator.ValidateChoice(text, option.Choices, place, fail);
            return;
        }

        double value = features.Number(option.Name);
        bool isZero = option.Name == "OutputScale" && value == 0;
        if (!(value >= option.Min && value <= option.Max) || isZero)
        {
            string nearest = isZero ? "1" : Literal(double.IsNaN(value) ? Parse(option.Default) : Math.Min(Math.Max(value, option.Min), option.Max));
            fail(Descriptors.SizeOutOfRange, place, [option.Name, Text(value), $"{Text(option.Min)} to {Text(option.Max)}{(option.Name == "OutputScale" ? ", not 0" : "")}"], new Remedy(place, nearest));
        }
    }

    /// <summary>Settings that do nothing beside the others.</summary>
    private static void ValidateUse(FeatureSpec features, Fail fail)
    {
        foreach (FeatureOption option in FeatureOptions.All.Where(option => features.IsGiven(option.Name)))
        {
            void Unused(string with) => fail(Descriptors.FeatureSettingUnused, SpecPlace.Features(option.Name), [option.Name, features.Kind, with]);
            if (!option.IsUsedBy(features.Kind))
            {
                Unused("Kind = " + string.Join(" or ", option.Kinds));
            }
            else if (option.Name == "EnergyFloor" && !features.Has("Energy"))
            {
                Unused("Energy = true");
            }
            else if (option.Name == "DeltaReach" && features.Deltas == 0)
            {
                Unused("Deltas = 1 or 2");
            }
        }

        foreach (string name in (string[])["Window", "Hop"])
        {
            if (features.IsGiven(name) && features.Integer(name + "Samples") > 0)
            {
                fail(Descriptors.OptionsExclude, SpecPlace.Features(name + "Samples"), [name + "Samples", name, "no " + name + "Samples"]);
            }
        }
    }

    private static void ValidateLengths(FeatureSpec features, Fail fail)
    {
        ValidateLength(features, "Window", features.WindowLength, 2, FeatureOptions.MaxFftSize, fail);
        ValidateLength(features, "Hop", features.HopLength, 1, 768_000, fail);
        if (!FeatureOptions.IsFftSize(features.FftSize) || features.FftSize < features.WindowSamples)
        {
            SpecPlace place = SpecPlace.Features("FftSize");
            int next = FeatureOptions.NextFftSize(Math.Max(features.WindowSamples, Math.Min(features.FftSize, FeatureOptions.MaxFftSize)));
            fail(Descriptors.FftSize, place,
                [Numbers.Text(features.FftSize), Numbers.Text(Math.Max(FeatureOptions.MinFftSize, FeatureOptions.NextFftSize(features.WindowSamples))), Numbers.Text(FeatureOptions.MaxFftSize), Numbers.Text(features.WindowSamples)],
                new Remedy(place, Remedies.Literal(next)));
        }
    }

    private static void ValidateLength(FeatureSpec features, string name, double samples, int min, int max, Fail fail)
    {
        bool isInSamples = features.Integer(name + "Samples") > 0;
        SpecPlace place = SpecPlace.Features(isInSamples ? name + "Samples" : name);
        double nearest = Math.Min(Math.Max(Math.Round(samples), min), max);
        if (Math.Abs(samples - Math.Round(samples)) > 1e-6 || samples < min - 0.5 || samples > max + 0.5)
        {
            string given = isInSamples ? $"{name}Samples is {Text(samples)}" : $"{name} is {Text(features.Number(name))} ms, {Text(Math.Round(samples, 6))} samples at {Numbers.Text(features.SampleRate)} Hz";
            string remedy = isInSamples ? Literal(nearest) : Literal(nearest * 1000 / features.SampleRate);
            fail(Descriptors.FrameLength, place, [given, Numbers.Text(min), Numbers.Text(max), $"{name}Samples = {Numbers.Text((long)nearest)}"], new Remedy(place, remedy));
        }
    }

    private static void ValidateFrequencies(FeatureSpec features, Fail fail)
    {
        if (features.IsSpectrum)
        {
            return;
        }

        double half = features.SampleRate / 2.0;
        SpecPlace low = SpecPlace.Features("LowHz"), high = SpecPlace.Features("HighHz");
        if (features.LowHz >= half)
        {
            fail(Descriptors.FeatureFrequency, low, ["LowHz", Text(features.LowHz), $"below {Text(half)} Hz, half of the sample rate"], new Remedy(low, "20"));
        }
        else if (features.HighHz > half)
        {
            fail(Descriptors.FeatureFrequency, high, ["HighHz", Text(features.HighHz), $"up to {Text(half)} Hz, half of the sample rate, or 0, which is that"], new Remedy(high, "0"));
        }
        else if (features.HighHz <= features.LowHz)
        {
            fail(Descriptors.FeatureFrequency, high, ["HighHz", Text(features.HighHz), $"above LowHz, {Text(features.LowHz)} Hz"], new Remedy(high, "0"));
        }
    }

    /// <summary>No band without a bin, and no more coefficients than bands.</summary>
    private static void ValidateBands(FeatureSpec features, Fail fail)
    {
        if (features.IsSpectrum)
        {
            return;
        }

        SpecPlace bands = SpecPlace.Features("Bands"), size = SpecPlace.Features("FftSize"), coefficients = SpecPlace.Features("Coefficients");
        if (FeaturePlan.FiltersOf(features, features.Bands, features.FftSize).EmptyBand is { } empty)
        {
            int most = features.Bands;
            while (most > 0 && FeaturePlan.FiltersOf(features, most, features.FftSize).EmptyBand is not null)
            {
                most--;
            }

            int larger = features.FftSize;
            while (larger <= FeatureOptions.MaxFftSize && FeaturePlan.FiltersOf(features, features.Bands, larger).EmptyBand is not null)
            {
                larger *= 2;
            }

            string[] allowed =
            [
                .. most > 0 ? [$"Bands = {Numbers.Text(most)} or fewer"] : Array.Empty<string>(),
                .. larger <= FeatureOptions.MaxFftSize ? [$"FftSize = {Numbers.Text(larger)}"] : Array.Empty<string>(),
                .. most == 0 && larger > FeatureOptions.MaxFftSize ? ["a higher HighHz"] : Array.Empty<string>(),
            ];
            fail(Descriptors.EmptyBand, bands,
                [empty, Text(Math.Round((double)features.SampleRate / features.FftSize, 2)), string.Join(", or ", allowed)],
                [
                    .. most > 0 ? [new Remedy(bands, Remedies.Literal(most))] : Array.Empty<Remedy>(),
                    .. larger <= FeatureOptions.MaxFftSize ? [new Remedy(size, Remedies.Literal(larger))] : Array.Empty<Remedy>(),
                ]);
        }

        if (features.Kind == "Mfcc" && features.Integer("Coefficients") > features.Bands)
        {
            fail(Descriptors.SizeOutOfRange, coefficients,
                ["Coefficients", Numbers.Text(features.Integer("Coefficients")), $"1 to {Numbers.Text(features.Bands)}, the number of bands"], new Remedy(coefficients, Remedies.Literal(features.Bands)));
        }
    }

    private static void ValidateInput(ModelSpec spec, FeatureSpec features, Fail fail)
    {
        SpecPlace input = new(-1, "Input");
        if (spec.Layers.Count > 0 && spec.Layers[0].TakesTokens)
        {
            fail(Descriptors.FeaturesOfTokens, SpecPlace.Features(""), [spec.Layers[0].Kind]);
        }
        else if (features.Count is < 1 or > Validator.MaxSize)
        {
            fail(Descriptors.SizeOutOfRange, SpecPlace.Features("Stack"), ["The number of features of a time step", Numbers.Text((long)features.RowValues * features.Stack), $"1 to {Numbers.Text(Validator.MaxSize)}"]);
        }
        else if (spec.Input != features.Count)
        {
            fail(Descriptors.FeaturesOfOtherSize, input, [Numbers.Text(spec.Input), Numbers.Text(features.Count), FeatureText.Count(features)], new Remedy(input, Remedies.Literal(features.Count)));
        }
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A number for people: 1,000 or 0.025 or 1E-20.</summary>
    private static string Text(double value) => Math.Abs(value) is >= 1000 and < 1e10 ? value.ToString("#,0.######", CultureInfo.InvariantCulture) : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number as C#.</summary>
    private static string Literal(double value) => value == Math.Round(value) && Math.Abs(value) < 1e9 ? Remedies.Literal((long)value) : value.ToString("R", CultureInfo.InvariantCulture);
}
