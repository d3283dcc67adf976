using Seq.Embedded.Audio;
using Seq.Embedded.Audio.Tables;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Features;

/// <summary>Valid features laid out: tables, sizes and what they cost.</summary>
internal sealed class FeaturePlan(FeatureSpec spec)
{
    private MelTable? _filters;

    public FeatureSpec Spec { get; } = spec;

    /// <summary>(window): what each sample of a frame is multiplied by.</summary>
    public float[] Window => WindowTable.Create(Choice<WindowFunction>("WindowFunction"), Spec.WindowSamples, Spec.Number("InputScale"));

    public MelTable Filters => _filters ??= FiltersOf(Spec, Spec.Bands, Spec.FftSize);

    /// <summary>(coefficients, bands).</summary>
    public float[] Cosines => CosineTable.Create(Spec.Integer("Coefficients"), Spec.Bands, Choice<CosineNorm>("CosineNorm"), Spec.Number("Lifter"), Spec.Number("OutputScale"));

    public bool IsConditioned => Spec.Has("RemoveMean") || Spec.Number("PreEmphasis") != 0;

    /// <summary>True where a vector of features is one frame, each frame one.</summary>
    public bool IsFrame => Spec.Stack == 1 && Spec.Stride == 1;

    /// <summary>Samples from one vector of features to the next.</summary>
    public long SamplesPerStep => (long)Spec.HopSamples * Spec.Stride;

    /// <summary>Samples that have been taken when the first vector of features comes.</summary>
    public long FirstStepSamples
    {
        get
        {
            long frames = Spec.Stack - 1 + Spec.DelayFrames, behind = Spec.IsCentred ? Spec.WindowSamples - (Spec.WindowSamples / 2) : Spec.WindowSamples;
            return Math.Max((frames * Spec.HopSamples) + behind, Spec.Text("Padding") == "Reflect" ? behind + 1 : 0);
        }
    }

    /// <summary>Bytes of the constant tables.</summary>
    public long TableBytes => 4L * (Spec.WindowSamples + (Spec.IsSpectrum ? 0 : Filters.Bins.Length + Filters.Weights.Length) + (Spec.Kind == "Mfcc" ? Spec.FrameValues * Spec.Bands : 0));

    /// <summary>Multiply-adds of a frame: window, Fourier transform in radix 4, filters, cosines and slopes; logarithms and roots are not among them.</summary>
    public long FrameMultiplyAdds
    {
        get
        {
            long half = Spec.FftSize / 2, stages = 0;
            for (long size = half; size > 1; size /= 4)
            {
                stages++;
            }

            long transform = (3 * half * stages) + (8 * half), conditioning = IsConditioned ? 2L * Spec.WindowSamples : 0;
            long bands = Spec.IsSpectrum ? 0 : Filters.Weights.Length, cosines = Spec.Kind == "Mfcc" ? (long)Spec.FrameValues * Spec.Bands : 0;
            return conditioning + Spec.WindowSamples + transform + bands + cosines + ((long)Spec.Deltas * Spec.DeltaReach * Spec.FrameValues);
        }
    }

    /// <summary>Multiply-adds of a vector of features.</summary>
    public long StepMultiplyAdds => Spec.Stride * FrameMultiplyAdds;

    /// <summary>The filters with another number of bands or points.</summary>
    public static MelTable FiltersOf(FeatureSpec spec, int bands, int fftSize) =>
        MelTable.Create(bands, spec.LowHz, spec.HighHz, spec.SampleRate, fftSize, Choice<MelScale>(spec, "MelScale"), Choice<FilterShape>(spec, "FilterShape"));

    private T Choice<T>(string name)
        where T : struct => Choice<T>(Spec, name);

    private static T Choice<T>(FeatureSpec spec, string name)
        where T : struct => (T)Enum.Parse(typeof(T), spec.Text(name));
}
