using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class FrontEnd: constant tables, and the stages of a frame in order; the arithmetic of a stage is the audio library's.</summary>
internal static class FrontEndEmitter
{
    private const string Kernels = "global::Seq.Embedded.Audio.Kernels.";

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
            /// About {{Numbers.Text(plan.FrameMultiplyAdds)}} multiply-adds per frame; logarithms and roots come on top. Tables of {{Numbers.Text(plan.TableBytes)}} bytes, which all streams share.<br/>
            /// The vectors are the same, bit for bit, however the audio is split, and on all machines. Values are finite: energies that are NaN or above 1e30 count as 0.
            /// </remarks>
            """);
        code.Open("public sealed class FrontEnd");
        EmitConstants(code, plan);
        EmitTables(code, plan);
        EmitFields(code, plan);
        EmitSettings(code, spec);
        EmitStepCount(code, spec);
        EmitStreaming(code, plan);
        EmitCompute(code, spec);
        EmitReset(code, plan);
        EmitFrame(code, plan);
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
        Constant($"Samples of a frame ({Milliseconds(spec, spec.WindowSamples)}).", "WindowSamples", spec.WindowSamples);
        Constant($"Samples from one frame to the next ({Milliseconds(spec, spec.HopSamples)}).", "HopSamples", spec.HopSamples);
        Constant("Number of values of one vector of features: the inputs of the model (I).", "FeatureCount", spec.Count);
        Constant($"Samples from one vector of features to the next ({Milliseconds(spec, plan.SamplesPerStep)}).", "SamplesPerStep", plan.SamplesPerStep);
        Constant($"Samples that have been taken when the first vector of features comes ({Milliseconds(spec, plan.FirstStepSamples)}).", "FirstStepSamples", plan.FirstStepSamples);
        Constant(
            spec.DelayFrames == 0
                ? "Samples by which a vector of features comes after the last one of its last frame: none."
                : $"Samples by which a vector of features comes after the last one of its last frame, as its slopes need the frames behind it ({Milliseconds(spec, (long)spec.DelayFrames * spec.HopSamples)}).",
            "DelaySamples", (long)spec.DelayFrames * spec.HopSamples);
    }

    private static void EmitTables(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        EmitTable(code, $"Window function {spec.Text("WindowFunction")} ({Names.Number(spec.WindowSamples)}){(spec.Number("InputScale") == 1 ? "" : $", times {spec.Text("InputScale")}")}.", "float", "WindowTable", plan.Window.Select(value => Names.Single(value)));
        if (!spec.IsSpectrum)
        {
            EmitTable(code, $"First bin of each band and the number of its bins ({Names.Number(spec.Bands)}, 2).", "int", "FilterBins", plan.Filters.Bins.Select(value => Names.Number(value)));
            EmitTable(code, $"The weights of the bins of all bands, one band behind the other ({Names.Number(plan.Filters.Weights.Length)}).", "float", "FilterWeights", plan.Filters.Weights.Select(value => Names.Single(value)));
        }

        if (spec.Kind == "Mfcc")
        {
            string lifter = spec.Number("Lifter") == 0 ? "" : ", with the lifter", scale = spec.Number("OutputScale") == 1 ? "" : $", times {spec.Text("OutputScale")}";
            EmitTable(code, $"Cosine transform ({Names.Number(spec.FrameValues)}, {Names.Number(spec.Bands)}){lifter}{scale}.", "float", "Cosines", plan.Cosines.Select(value => Names.Single(value)));
        }
    }

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
            string settings = string.Join(", ", new[] { "PcenSmoothing", "PcenGain", "PcenBias", "PcenPower", "PcenFloor", "OutputScale" }.Select(name => Names.Single(spec.Number(name))));
            code.Line($"private readonly {Kernels}ChannelNormalizer _levels = new({Names.Number(spec.Bands)}, {settings});");
        }

        if (spec.Deltas > 0)
        {
            code.Line($"private readonly float[] _values = new float[{Names.Number(spec.FrameValues)}];");
            code.Line($"private readonly {Kernels}DeltaFrames _slopes = new({Names.Number(spec.FrameValues)}, {Names.Number(spec.Deltas)}, {Names.Number(spec.DeltaReach)});");
        }

        if (!plan.IsFrame)
        {
            code.Line($"private readonly {Kernels}FrameStack _stack = new({Names.Number(spec.RowValues)}, {Names.Number(spec.Stack)}, {Names.Number(spec.Stride)});");
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

        code.Line("/// <summary>The same settings as a value: what <c>FeatureExtractor</c> computes with them are the same bits, and weight files can carry them.</summary>");
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
        string steps = spec.Stack == 1 && spec.Stride == 1 ? "frames" : $"frames < {Names.Number(spec.Stack)} ? 0 : 1 + ((frames - {Names.Number(spec.Stack)}) / {Names.Number(spec.Stride)})";
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

    private static void EmitStreaming(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        string ended = spec.HasFlush ? "\n/// <exception cref=\"global::System.InvalidOperationException\">The audio has ended: TryFlush was called, and not Reset.</exception>" : "";
        code.Lines(
            $$"""
            /// <summary>Takes samples until one vector of features is complete or none are left. Allocates nothing.</summary>
            /// <param name="samples">The next samples, in +-1; advanced behind those taken. Call again with the rest after true.</param>
            /// <param name="features">Receives the vector (FeatureCount), where true is returned; must not overlap the samples.</param>
            /// <returns>True: a vector was written. False: all samples are taken, and the next vector is not complete yet.</returns>
            /// <exception cref="global::System.ArgumentException">features has another length.</exception>{{ended}}
            """);
        code.Open("public bool TryNext(ref SeqReadOnlySpan samples, SeqSpan features)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(features.Length, FeatureCount, \"features\");");
        if (spec.HasFlush)
        {
            code.Open("if (_hasEnded)");
            code.Line("throw new global::System.InvalidOperationException(\"The audio has ended; allowed: Reset first.\");");
            code.Close();
            code.Line();
        }

        code.Open("while (_frames.TryTake(ref samples))");
        code.Open("if (TakeFrame(features))");
        code.Line("return true;");
        code.Close();
        code.Close();
        code.Line();
        code.Line("return false;");
        code.Close();
        code.Line();
        if (spec.HasFlush)
        {
            EmitFlush(code, spec);
        }
    }

    private static void EmitFlush(CodeWriter code, FeatureSpec spec)
    {
        code.Lines(
            """
            /// <summary>Behind the last sample: the next of the vectors that waited for what follows it. Allocates nothing.</summary>
            /// <param name="features">Receives the vector (FeatureCount), where true is returned.</param>
            /// <returns>True: a vector was written; call again. False: there are no more.</returns>
            /// <exception cref="global::System.ArgumentException">features has another length.</exception>
            """);
        code.Open("public bool TryFlush(SeqSpan features)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(features.Length, FeatureCount, \"features\");");
        code.Line("_hasEnded = true;");
        void Loop(string more, string take)
        {
            code.Open($"while ({more})");
            code.Open($"if ({take})");
            code.Line("return true;");
            code.Close();
            code.Close();
            code.Line();
        }

        if (spec.IsCentred)
        {
            Loop("_frames.TryEnd()", "TakeFrame(features)");
        }

        if (spec.Deltas > 0)
        {
            Loop("_slopes.TryEnd()", "TakeRow(features)");
        }

        code.Line("return false;");
        code.Close();
        code.Line();
    }

    private static void EmitCompute(CodeWriter code, FeatureSpec spec)
    {
        string next = spec.HasFlush
            ? "hasSamples = hasSamples && TryNext(ref samples, features);\n        if (!hasSamples)\n        {\n            TryFlush(features);\n        }"
            : "TryNext(ref samples, features);";
        code.Lines(
            $$"""
            /// <summary>All vectors of features of a recording, the same bits as in a stream. Resets first. Allocates nothing.</summary>
            /// <param name="samples">The recording, in +-1.</param>
            /// <param name="destination">Receives the vectors (T, FeatureCount), T = GetStepCount of the samples; must not overlap them.</param>
            /// <returns>T.</returns>
            /// <exception cref="global::System.ArgumentException">destination has another length.</exception>
            public int Compute(SeqReadOnlySpan samples, SeqSpan destination)
            {
                int steps = GetStepCount(samples.Length);
                global::Seq.Embedded.Kernels.Shapes.Check(destination.Length, steps, FeatureCount, "destination");
                Reset();{{(spec.HasFlush ? "\n    bool hasSamples = true;" : "")}}
                for (int step = 0; step < steps; step++)
                {
                    SeqSpan features = destination.Slice(step * FeatureCount, FeatureCount);
                    {{next}}
                }
            {{(spec.HasFlush ? "\n    _hasEnded = true;" : "")}}
                return steps;
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

    /// <summary>The stages of a frame.</summary>
    private static void EmitFrame(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        code.Line("// The values of the frame that is full; true where they complete a vector of features.");
        code.Open("private bool TakeFrame(SeqSpan features)");
        bool takesMean = spec.Has("RemoveMean");
        string mean = takesMean ? "mean" : "0f", frame = plan.IsConditioned ? "_frame" : "_frames.Frame";
        if (plan.IsConditioned)
        {
            code.Line($"// The frame{(takesMean ? " less its mean" : "")}{(spec.Number("PreEmphasis") != 0 ? $", x[j] - {spec.Text("PreEmphasis")} x[j - 1]" : "")}.");
            if (takesMean)
            {
                code.Line($"float mean = {Kernels}FrameConditioning.Mean(_frames.Frame);");
            }

            code.Line($"{Kernels}FrameConditioning.Apply(_frames.Frame, {mean}, {Names.Single(spec.Number("PreEmphasis"))}, _frame);");
            code.Line();
        }

        if (spec.HasEnergy)
        {
            code.Line("// ln(max(sum of the squares of the samples, floor)).");
            string scaled = spec.Number("OutputScale") == 1 ? "" : $"{Names.Single(spec.Number("OutputScale"))} * ";
            code.Line($"float energy = {scaled}{Kernels}FrameConditioning.LogEnergy(_frames.Frame, {mean}, {Names.Single(spec.Number("InputScale"))}, {Names.Single(spec.Number("EnergyFloor"))});");
            code.Line();
        }

        code.Line($"// Window, Fourier transform of {Numbers.Text(spec.FftSize)} points, {(spec.Has("Magnitude") ? "magnitudes" : "powers")} of {Numbers.Text(spec.Bins)} bins.");
        code.Line($"_transform.PowerSpectrum({frame}, WindowTable, _power);");
        code.Line("_frames.Advance();");
        if (spec.Has("Magnitude"))
        {
            code.Line($"{Kernels}BandEnergies.SquareRoot(_power);");
        }

        code.Line();
        string values = "_power";
        if (!spec.IsSpectrum)
        {
            values = "_bands";
            code.Line($"// {Numbers.Text(spec.Bands)} bands.");
            code.Line($"{Kernels}FilterBank.Apply(FilterBins, FilterWeights, _power, _bands);");
            code.Line();
        }

        EmitValues(code, spec, values);
        EmitRow(code, plan, values);
        code.Close();
        code.Line();
        if (spec.Deltas > 0)
        {
            code.Line("// The row of values and slopes that is complete; true where it completes a vector of features.");
            code.Open("private bool TakeRow(SeqSpan features)");
            code.Line($"_slopes.Row.CopyTo({(plan.IsFrame ? "features" : "_stack.Next()")});");
            code.Line(plan.IsFrame ? "return true;" : "return _stack.TryTake(features);");
            code.Close();
        }
    }

    private static void EmitValues(CodeWriter code, FeatureSpec spec, string values)
    {
        string scale = Names.Single(spec.Kind == "Mfcc" ? 1 : spec.Number("OutputScale")), floor = Names.Single(spec.Number("LogFloor"));
        bool isAdded = spec.Text("LogFloorKind") == "Added";
        switch (spec.Kind)
        {
            case "Pcen":
                code.Line("// Each relative to its own recent level.");
                code.Line($"_levels.Apply({values}, {values});");
                break;
            case "Mel" or "Spectrogram":
                code.Line($"{Kernels}BandEnergies.Scale({values}, {scale}, {values});");
                break;
            default:
                code.Line("// Logarithms.");
                code.Line($"{Kernels}BandEnergies.{(isAdded ? "LogAboveFloor" : "LogFromFloor")}({values}, {floor}, {scale}, {values});");
                break;
        }

        code.Line();
    }

    /// <summary>The values of the frame where the next stage reads them.</summary>
    private static void EmitRow(CodeWriter code, FeaturePlan plan, string values)
    {
        FeatureSpec spec = plan.Spec;
        string row = spec.Deltas > 0 ? "_values" : plan.IsFrame ? "features" : "row";
        if (row == "row")
        {
            code.Line("SeqSpan row = _stack.Next();");
        }

        int count = spec.IsSpectrum ? spec.Bins : spec.Bands;
        string source = $"new SeqReadOnlySpan({values}, 0, {Names.Number(count)})";
        if (spec.Kind == "Mfcc")
        {
            code.Line($"// {Numbers.Text(spec.FrameValues)} coefficients.");
            code.Line($"{Kernels}FilterBank.Transform(Cosines, {source}, {row});");
        }
        else
        {
            bool isBehind = spec.HasEnergy && !spec.IsSpectrum;
            code.Line($"{source}.CopyTo({(!isBehind ? row : row == "_values" ? "new SeqSpan(_values, 1, " + Names.Number(count) + ")" : row + ".Slice(1)")});");
        }

        if (spec.HasEnergy)
        {
            code.Line($"{row}[0] = energy;");
        }

        code.Line(spec.Deltas > 0 ? "return _slopes.TryAdd(_values) && TakeRow(features);" : plan.IsFrame ? "return true;" : "return _stack.TryTake(features);");
    }

    private static string Milliseconds(FeatureSpec spec, long samples) => FeatureText.Samples(spec, samples).Split('(')[1].TrimEnd(')');
}
