using Seq.Embedded.Audio;

namespace Seq.Embedded.Tests.Audio.FrontEnds;

/// <summary>One generated front end behind delegates, as the classes have no type in common.</summary>
internal sealed record FrontEndCase(
    int FeatureCount,
    int SamplesPerStep,
    int FirstStepSamples,
    FrontEndCase.Next TryNext,
    FrontEndCase.Flush TryFlush,
    Action Reset,
    FrontEndCase.Whole Compute,
    Func<int, int> GetStepCount,
    FeatureSettings? Settings)
{
    private static readonly Dictionary<string, Func<FrontEndCase>> s_all = new()
    {
        ["KaldiFbank"] = () =>
        {
            KaldiFbank.FrontEnd front = new();
            return new(
                KaldiFbank.FrontEnd.FeatureCount, KaldiFbank.FrontEnd.SamplesPerStep, KaldiFbank.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, KaldiFbank.FrontEnd.GetStepCount, null);
        },
        ["KaldiFbankEnergy"] = () =>
        {
            KaldiFbankEnergy.FrontEnd front = new();
            return new(
                KaldiFbankEnergy.FrontEnd.FeatureCount, KaldiFbankEnergy.FrontEnd.SamplesPerStep, KaldiFbankEnergy.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, KaldiFbankEnergy.FrontEnd.GetStepCount, null);
        },
        ["KaldiMfcc"] = () =>
        {
            KaldiMfcc.FrontEnd front = new();
            return new(
                KaldiMfcc.FrontEnd.FeatureCount, KaldiMfcc.FrontEnd.SamplesPerStep, KaldiMfcc.FrontEnd.FirstStepSamples,
                front.TryNext, front.TryFlush, front.Reset, front.Compute, KaldiMfcc.FrontEnd.GetStepCount, null);
        },
        ["KaldiSpectrogram"] = () =>
        {
            KaldiSpectrogram.FrontEnd front = new();
            return new(
                KaldiSpectrogram.FrontEnd.FeatureCount, KaldiSpectrogram.FrontEnd.SamplesPerStep, KaldiSpectrogram.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, KaldiSpectrogram.FrontEnd.GetStepCount, null);
        },
        ["TorchMel"] = () =>
        {
            TorchMel.FrontEnd front = new();
            return new(
                TorchMel.FrontEnd.FeatureCount, TorchMel.FrontEnd.SamplesPerStep, TorchMel.FrontEnd.FirstStepSamples,
                front.TryNext, front.TryFlush, front.Reset, front.Compute, TorchMel.FrontEnd.GetStepCount, null);
        },
        ["TorchMelSlaney"] = () =>
        {
            TorchMelSlaney.FrontEnd front = new();
            return new(
                TorchMelSlaney.FrontEnd.FeatureCount, TorchMelSlaney.FrontEnd.SamplesPerStep, TorchMelSlaney.FrontEnd.FirstStepSamples,
                front.TryNext, front.TryFlush, front.Reset, front.Compute, TorchMelSlaney.FrontEnd.GetStepCount, null);
        },
        ["TorchMfcc"] = () =>
        {
            TorchMfcc.FrontEnd front = new();
            return new(
                TorchMfcc.FrontEnd.FeatureCount, TorchMfcc.FrontEnd.SamplesPerStep, TorchMfcc.FrontEnd.FirstStepSamples,
                front.TryNext, front.TryFlush, front.Reset, front.Compute, TorchMfcc.FrontEnd.GetStepCount, null);
        },
        ["TorchHamming"] = () =>
        {
            TorchHamming.FrontEnd front = new();
            return new(
                TorchHamming.FrontEnd.FeatureCount, TorchHamming.FrontEnd.SamplesPerStep, TorchHamming.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, TorchHamming.FrontEnd.GetStepCount, null);
        },
        ["TorchBlackman"] = () =>
        {
            TorchBlackman.FrontEnd front = new();
            return new(
                TorchBlackman.FrontEnd.FeatureCount, TorchBlackman.FrontEnd.SamplesPerStep, TorchBlackman.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, TorchBlackman.FrontEnd.GetStepCount, null);
        },
        ["TfMfcc"] = () =>
        {
            TfMfcc.FrontEnd front = new();
            return new(
                TfMfcc.FrontEnd.FeatureCount, TfMfcc.FrontEnd.SamplesPerStep, TfMfcc.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, TfMfcc.FrontEnd.GetStepCount, null);
        },
        ["TfLogMel"] = () =>
        {
            TfLogMel.FrontEnd front = new();
            return new(
                TfLogMel.FrontEnd.FeatureCount, TfLogMel.FrontEnd.SamplesPerStep, TfLogMel.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, TfLogMel.FrontEnd.GetStepCount, null);
        },
        ["TfMagnitudes"] = () =>
        {
            TfMagnitudes.FrontEnd front = new();
            return new(
                TfMagnitudes.FrontEnd.FeatureCount, TfMagnitudes.FrontEnd.SamplesPerStep, TfMagnitudes.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, TfMagnitudes.FrontEnd.GetStepCount, null);
        },
        ["BundledPcen"] = () =>
        {
            BundledPcen.FrontEnd front = new();
            return new(
                BundledPcen.FrontEnd.FeatureCount, BundledPcen.FrontEnd.SamplesPerStep, BundledPcen.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, BundledPcen.FrontEnd.GetStepCount, BundledPcen.FrontEnd.Settings);
        },
        ["StackedLogMel"] = () =>
        {
            StackedLogMel.FrontEnd front = new();
            return new(
                StackedLogMel.FrontEnd.FeatureCount, StackedLogMel.FrontEnd.SamplesPerStep, StackedLogMel.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, StackedLogMel.FrontEnd.GetStepCount, StackedLogMel.FrontEnd.Settings);
        },
        ["GappedPcen"] = () =>
        {
            GappedPcen.FrontEnd front = new();
            return new(
                GappedPcen.FrontEnd.FeatureCount, GappedPcen.FrontEnd.SamplesPerStep, GappedPcen.FrontEnd.FirstStepSamples,
                front.TryNext, _ => false, front.Reset, front.Compute, GappedPcen.FrontEnd.GetStepCount, GappedPcen.FrontEnd.Settings);
        },
        ["Everything"] = () =>
        {
            Everything.FrontEnd front = new();
            return new(
                Everything.FrontEnd.FeatureCount, Everything.FrontEnd.SamplesPerStep, Everything.FrontEnd.FirstStepSamples,
                front.TryNext, front.TryFlush, front.Reset, front.Compute, Everything.FrontEnd.GetStepCount, null);
        },
    };

    public delegate bool Next(ref ReadOnlySpan<float> samples, Span<float> features);

    public delegate bool Flush(Span<float> features);

    public delegate int Whole(ReadOnlySpan<float> samples, Span<float> destination);

    public static IEnumerable<string> Names => s_all.Keys;

    public static FrontEndCase Create(string name) => s_all[name]();

    /// <summary>All vectors of a recording, (T, FeatureCount).</summary>
    public float[] ComputeAll(float[] samples)
    {
        float[] features = new float[GetStepCount(samples.Length) * FeatureCount];
        Assert.Equal(features.Length / FeatureCount, Compute(samples, features));
        return features;
    }

    /// <summary>All vectors of a recording that comes in pieces of 0 to <paramref name="most"/> samples.</summary>
    public List<float> Stream(float[] samples, int most, Random random)
    {
        Reset();
        List<float> features = [];
        float[] vector = new float[FeatureCount];
        for (int start = 0; start < samples.Length;)
        {
            int count = most == 1 ? 1 : Math.Min(random.Next(0, most + 1), samples.Length - start);
            ReadOnlySpan<float> piece = samples.AsSpan(start, count);
            while (TryNext(ref piece, vector))
            {
                features.AddRange(vector);
            }

            Assert.True(piece.IsEmpty);
            start += count;
        }

        while (TryFlush(vector))
        {
            features.AddRange(vector);
        }

        return features;
    }
}
