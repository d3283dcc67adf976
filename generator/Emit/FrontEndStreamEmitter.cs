using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes TryNext, TryFlush and Compute of a front end: samples in, vectors of features out.</summary>
internal static class FrontEndStreamEmitter
{
    public static void Emit(CodeWriter code, FeatureSpec spec)
    {
        EmitNext(code, spec);
        if (spec.HasFlush)
        {
            EmitFlush(code, spec);
        }

        EmitCompute(code, spec);
    }

    private static void EmitNext(CodeWriter code, FeatureSpec spec)
    {
        string ended = spec.HasFlush
            ? "\n/// <exception cref=\"global::System.InvalidOperationException\">The audio has ended: TryFlush was called, and not Reset.</exception>"
            : "";
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
}
