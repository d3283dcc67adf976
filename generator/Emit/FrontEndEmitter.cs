using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class FrontEnd: constant tables, and the stages of a frame in order; the arithmetic of a stage is the audio library's.</summary>
internal static class FrontEndEmitter
{
    /// <summary>Where the arithmetic is.</summary>
    public const string Kernels = "global::Seq.Embedded.Audio.Kernels.";

    public static void Emit(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        code.Lines(
            $"""
            /// <summary>
            /// Samples to features: {FeatureText.Summary(spec)}.
            /// One stream of audio; vectors allocate nothing, and one thread at a time may use it.
            /// </summary>
            /// <remarks>
            """);
        foreach (string line in FeatureText.Lines(spec))
        {
            code.Line($"/// {line}<br/>");
        }

        code.Lines(
            $$"""
            /// About {{Numbers.Text(plan.FrameMultiplyAdds)}} multiply-adds per frame; logarithms and roots come on top.
            /// Tables of {{Numbers.Text(plan.TableBytes)}} bytes, which all streams share.<br/>
            /// The vectors are the same, bit for bit, however the audio is split, and on all machines.
            /// Values are finite: energies that are NaN or above 1e30 count as 0.
            /// </remarks>
            """);
        code.Open("public sealed class FrontEnd");
        EmitConstants(code, plan);
        EmitTables(code, plan);
        EmitFields(code, plan);
        EmitSettings(code, spec);
        EmitStepCount(code, spec);
        FrontEndStreamEmitter.Emit(code, spec);
        EmitReset(code, plan);
        FrameEmitter.Emit(code, plan);
        code.Close();
        code.Line();
    }

    private static void EmitConstants(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        void Constant(string summary, string name, long value)
        {
            code.Line($"/// <summary>{summary}</summary>");
            code.Line($"public const int {name} = {Names.Number(value)};");
            code.Line();
        }

        Constant("Of the audio, in Hz.", "SampleRate", spec.SampleRate);
        Constant($"Samples of a frame ({FeatureText.Milliseconds(spec, spec.WindowSamples)}).", "WindowSamples", spec.WindowSamples);
        Constant($"Samples from one frame to the next ({FeatureText.Milliseconds(spec, spec.HopSamples)}).", "HopSamples", spec.HopSamples);
        Constant("Number of values of one vector of features: the inputs of the model (I).", "FeatureCount", spec.Count);
        Constant(
            $"Samples from one vector of features to the next ({FeatureText.Milliseconds(spec, plan.SamplesPerStep)}).",
            "SamplesPerStep", plan.SamplesPerStep);
        Constant(
            $"Samples that have been taken when the first vector of features comes ({FeatureText.Milliseconds(spec, plan.FirstStepSamples)}).",
            "FirstStepSamples", plan.FirstStepSamples);
        long delay = (long)spec.DelayFrames * spec.HopSamples;
        string afterFrame = "Samples by which a vector of features comes after the last one of its last frame";
        Constant(
            delay == 0 ? $"{afterFrame}: none." : $"{afterFrame}, as its slopes need the frames behind it ({FeatureText.Milliseconds(spec, delay)}).",
            "DelaySamples", delay);
    }

    private static void EmitTables(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        string input = spec.Number("InputScale") == 1 ? "" : $", times {spec.Text("InputScale")}";
        EmitTable(
            code, $"Window function {spec.Text("WindowFunction")} ({Names.Number(spec.WindowSamples)}){input}.",
            "float", "WindowTable", plan.Window.Select(Single));
        if (!spec.IsSpectrum)
        {
            int[] bins = plan.Filters.Bins;
            float[] weights = plan.Filters.Weights;
            EmitTable(
                code, $"First bin of each band and the number of its bins ({Names.Number(spec.Bands)}, 2).",
                "int", "FilterBins", bins.Select(value => Names.Number(value)));
            string bandByBand = $"The weights of the bins of all bands, one band behind the other ({Names.Number(weights.Length)}).";
            EmitTable(code, bandByBand, "float", "FilterWeights", weights.Select(Single));
        }

        if (spec.Kind == "Mfcc")
        {
            string lifter = spec.Number("Lifter") == 0 ? "" : ", with the lifter";
            string scale = spec.Number("OutputScale") == 1 ? "" : $", times {spec.Text("OutputScale")}";
            string shape = $"({Names.Number(spec.FrameValues)}, {Names.Number(spec.Bands)})";
            EmitTable(code, $"Cosine transform {shape}{lifter}{scale}.", "float", "Cosines", plan.Cosines.Select(Single));
        }
    }

    private static string Single(float value) => Names.Single(value);

    /// <summary>An array: a span of constants is made anew at each use, which allocates in code that is not optimised.</summary>
    private static void EmitTable(CodeWriter code, string comment, string type, string name, IEnumerable<string> values)
    {
        const int PerLine = 10;
        string[] texts = [.. values];
        code.Line($"// {comment}");
        code.Line($"private static readonly {type}[] {name} =");
        code.Line("[");
        for (int first = 0; first < texts.Length; first += PerLine)
        {
            code.Line($"    {string.Join(", ", texts.Skip(first).Take(PerLine))},");
        }

        code.Line("];");
        code.Line();
    }

    private static void EmitFields(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        string mirrors = spec.Text("Padding") == "Reflect" ? "true" : "false";
        code.Line(spec.IsCentred
            ? $"private readonly {Kernels}CentredFrames _frames = new(WindowSamples, HopSamples, mirrors: {mirrors});"
            : $"private readonly {Kernels}FrameBuffer _frames = new(WindowSamples, HopSamples);");
        code.Line($"private readonly {Kernels}RealFft _transform = new({Names.Number(spec.FftSize)});");
        if (plan.IsConditioned)
        {
            code.Line("private readonly float[] _frame = new float[WindowSamples];");
        }

        code.Line($"private readonly float[] _power = new float[{Names.Number(Plan.ModelPlan.Padded(spec.Bins))}];");
        if (!spec.IsSpectrum)
        {
            code.Line($"private readonly float[] _bands = new float[{Names.Number(Plan.ModelPlan.Padded(spec.Bands))}];");
        }

        if (spec.Kind == "Pcen")
        {
            string[] names = ["PcenSmoothing", "PcenGain", "PcenBias", "PcenPower", "PcenFloor", "OutputScale"];
            string settings = string.Join(", ", names.Select(name => Names.Single(spec.Number(name))));
            code.Line($"private readonly {Kernels}ChannelNormalizer _levels = new({Names.Number(spec.Bands)}, {settings});");
        }

        if (spec.Deltas > 0)
        {
            code.Line($"private readonly float[] _values = new float[{Names.Number(spec.FrameValues)}];");
            string reach = $"{Names.Number(spec.Deltas)}, {Names.Number(spec.DeltaReach)}";
            code.Line($"private readonly {Kernels}DeltaFrames _slopes = new({Names.Number(spec.FrameValues)}, {reach});");
        }

        if (!plan.IsFrame)
        {
            string shape = $"{Names.Number(spec.RowValues)}, {Names.Number(spec.Stack)}, {Names.Number(spec.Stride)}";
            code.Line($"private readonly {Kernels}FrameStack _stack = new({shape});");
        }

        if (spec.HasFlush)
        {
            code.Line("private bool _hasEnded;");
        }

        code.Line();
    }

    /// <summary>The settings as those that a file can have, where they can be said so: programs compare them with a file's.</summary>
    private static void EmitSettings(CodeWriter code, FeatureSpec spec)
    {
        if (FeatureFile.SettingsOf(spec) is not { Count: > 0 } settings)
        {
            return;
        }

        code.Line("/// <summary>");
        code.Line("/// The same settings as a value: what <c>FeatureExtractor</c> computes with them are the same bits, and weight files can carry them.");
        code.Line("/// </summary>");
        code.Line("public static global::Seq.Embedded.Audio.FeatureSettings Settings { get; } = new()");
        code.Line("{");
        foreach (string setting in settings)
        {
            code.Line($"    {setting},");
        }

        code.Line("};");
        code.Line();
    }

    private static void EmitStepCount(CodeWriter code, FeatureSpec spec)
    {
        int behind = spec.WindowSamples - (spec.WindowSamples / 2);
        string frames = spec.Text("Padding") switch
        {
            "Reflect" => $"samples <= {Names.Number(behind)} ? 0 : 1 + (samples / HopSamples)",
            "Zeros" => "samples == 0 ? 0 : 1 + (samples / HopSamples)",
            _ => "samples < WindowSamples ? 0 : 1 + ((samples - WindowSamples) / HopSamples)",
        };
        string stack = Names.Number(spec.Stack);
        string steps = spec.Stack == 1 && spec.Stride == 1 ? "frames" : $"frames < {stack} ? 0 : 1 + ((frames - {stack}) / {Names.Number(spec.Stride)})";
        code.Lines(
            $$"""
            /// <summary>Number of vectors of features, time steps of the model, that a recording has. Allocates nothing.</summary>
            /// <param name="samples">Number of its samples.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">samples is negative.</exception>
            public static int GetStepCount(int samples)
            {
                global::System.ArgumentOutOfRangeException.ThrowIfNegative(samples);
                int frames = {{frames}};
                return {{steps}};
            }

            """);
    }

    private static void EmitReset(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        code.Line("/// <summary>Forgets all audio: the next sample is the first. Allocates nothing.</summary>");
        code.Open("public void Reset()");
        string[] resets =
        [
            "_frames.Reset();",
            spec.Kind == "Pcen" ? "_levels.Reset();" : "",
            spec.Deltas > 0 ? "_slopes.Reset();" : "",
            plan.IsFrame ? "" : "_stack.Reset();",
            spec.HasFlush ? "_hasEnded = false;" : "",
        ];
        foreach (string reset in resets.Where(reset => reset.Length > 0))
        {
            code.Line(reset);
        }

        code.Close();
        code.Line();
    }
}
