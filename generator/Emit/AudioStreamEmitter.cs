using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes the nested class AudioStream of a model with features: samples in, outputs out.</summary>
internal static class AudioStreamEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        if (!plan.HasAudioStream)
        {
            return;
        }

        string model = plan.Spec.Name;
        string outputs = plan.IsOpen ? "_outputs" : "OutputSize";
        code.Lines(
            """
            /// <summary>Starts a stream of audio with a front end and a state of its own; its memory is taken here.</summary>
            public AudioStream CreateAudioStream() => new(this);

            /// <summary>Samples in, outputs out: the front end and a stream of the model. Allocates nothing after creation; one thread at a time may use it.</summary>
            """);
        code.Open("public sealed class AudioStream");
        code.Line("private readonly FrontEnd _frontEnd = new();");
        code.Line("private readonly float[] _features = new float[InputSize];");
        code.Line("private readonly Stream _stream;");
        if (plan.LookAhead > 0)
        {
            code.Line("private readonly float[] _chunk;");
        }

        if (plan.IsOpen)
        {
            code.Line("private readonly int _outputs;");
        }

        code.Line();
        code.Open($"internal AudioStream({model} model)");
        code.Line("_stream = model.CreateStream();");
        if (plan.IsOpen)
        {
            code.Line("_outputs = model.OutputSize;");
        }

        if (plan.LookAhead > 0)
        {
            code.Line($"_chunk = new float[LookAhead * {outputs}];");
        }

        code.Close();
        code.Line();
        if (plan.ManyToOne)
        {
            EmitPush(code, plan);
        }
        else
        {
            EmitNext(code, plan, outputs);
        }

        code.Lines(
            """
            /// <summary>Starts anew: the next sample is the first. Allocates nothing.</summary>
            public void Reset()
            {
                _frontEnd.Reset();
                _stream.Reset();
            }
            """);
        code.Close();
        code.Line();
    }

    private static bool HasFlush(ModelPlan plan) => plan.Features!.Spec.HasFlush;

    /// <summary>A stream with outputs on the way.</summary>
    private static void EmitNext(CodeWriter code, ModelPlan plan, string outputs)
    {
        bool waits = plan.LookAhead > 0;
        string shape = waits ? $"Check(output.Length, LookAhead, {outputs}, \"output\")" : $"Check(output.Length, {outputs}, \"output\")";
        string what = waits ? "the outputs of a chunk of LookAhead time steps are there" : "there is an output";
        string receives = waits ? "Receives the output vectors of the chunk (LookAhead, O)" : "Receives the output vector (O)";
        string taken = waits || plan.OutputStride > 1 ? "if (_stream.Step(_features, output))\n        {\n            return true;\n        }" : "_stream.Step(_features, output);\n        return true;";
        string loop = waits || plan.OutputStride > 1 ? "while" : "if";
        void Body(string source) => code.Lines(
            $$"""
                global::Seq.Embedded.Kernels.Shapes.{{shape}};
                {{loop}} (_frontEnd.{{source}})
                {
                    {{taken}}
                }

            """);

        code.Lines(
            $$"""
            /// <summary>Takes samples until {{what}} or no samples are left. Allocates nothing.</summary>
            /// <param name="samples">The next samples, in +-1 at FrontEnd.SampleRate; advanced behind those taken. Call again with the rest after true.</param>
            /// <param name="output">{{receives}}, where true is returned; must not overlap the samples.</param>
            /// <returns>True: {{what}}. False: all samples are taken.</returns>
            /// <exception cref="global::System.ArgumentException">output has another length.</exception>{{Ended(plan)}}
            public bool TryNext(ref SeqReadOnlySpan samples, SeqSpan output)
            {
            """);
        Body("TryNext(ref samples, _features)");
        code.Line("    return false;");
        code.Line("}");
        code.Line();
        if (waits)
        {
            code.Lines(
                $$"""
                /// <summary>
                /// Behind the last sample: the outputs of the time steps that waited, those of the next whole chunk or of the last one, which is shorter. Allocates nothing.
                /// </summary>
                /// <param name="output">Receives the output vectors in its first rows (LookAhead, O); the others stay as they are.</param>
                /// <returns>Number of the rows received; call again up to 0.</returns>
                /// <exception cref="global::System.ArgumentException">output has another length.</exception>
                public int Flush(SeqSpan output)
                {
                """);
            if (HasFlush(plan))
            {
                code.Lines(
                    """
                        while (_frontEnd.TryFlush(_features))
                        {
                            if (_stream.Step(_features, output))
                            {
                                return LookAhead;
                            }
                        }

                    """);
            }

            code.Line("    return _stream.Flush(output);");
            code.Line("}");
            code.Line();
            EmitRun(code, plan, outputs);
            return;
        }

        if (HasFlush(plan))
        {
            code.Lines(
                $$"""
                /// <summary>Behind the last sample: the next of the outputs whose features waited for what follows it. Allocates nothing.</summary>
                /// <param name="output">{{receives}}, where true is returned.</param>
                /// <returns>True: there is an output; call again. False: there are no more.</returns>
                /// <exception cref="global::System.ArgumentException">output has another length.</exception>
                public bool TryFlush(SeqSpan output)
                {
                """);
            Body("TryFlush(_features)");
            code.Line("    return false;");
            code.Line("}");
            code.Line();
        }

        EmitRun(code, plan, outputs);
    }

    /// <summary>A whole recording, with an output a time step.</summary>
    private static void EmitRun(CodeWriter code, ModelPlan plan, string outputs)
    {
        string count = plan.OutputStride > 1
            ? $"global::Seq.Embedded.Kernels.Strides.Count(0, FrontEnd.GetStepCount(samples), {Names.Number(plan.OutputStride)})"
            : "FrontEnd.GetStepCount(samples)";
        string body = plan.LookAhead > 0 ? ChunkLoop(outputs) : StepLoop(plan, outputs);
        code.Lines(
            $$"""
            /// <summary>Number of outputs of a recording. Allocates nothing.</summary>
            /// <param name="samples">Number of its samples.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">samples is negative.</exception>
            public static int GetOutputCount(int samples) => {{count}};

            /// <summary>All outputs of a recording, the same bits as step by step. Resets first. Allocates nothing.</summary>
            /// <param name="samples">The recording, in +-1 at FrontEnd.SampleRate.</param>
            /// <param name="output">Receives the outputs (Y, O), Y = GetOutputCount of the samples; must not overlap them.</param>
            /// <returns>Y.</returns>
            /// <exception cref="global::System.ArgumentException">output has another length.</exception>
            public int Run(SeqReadOnlySpan samples, SeqSpan output)
            {
                int count = GetOutputCount(samples.Length);
                global::Seq.Embedded.Kernels.Shapes.Check(output.Length, count, {{outputs}}, "output");
                Reset();
                {{body}}
                return count;
            }

            """);
    }

    /// <summary>Each output where it belongs; at the end the front end has ended, as behind its Compute.</summary>
    private static string StepLoop(ModelPlan plan, string outputs)
    {
        string row = $"SeqSpan row = output.Slice(i * {outputs}, {outputs});";
        return HasFlush(plan)
            ? $$"""
                bool hasSamples = true;
                    for (int i = 0; i < count; i++)
                    {
                        {{row}}
                        hasSamples = hasSamples && TryNext(ref samples, row);
                        if (!hasSamples)
                        {
                            TryFlush(row);
                        }
                    }

                    while (_frontEnd.TryFlush(_features))
                    {
                    }

                """
            : $$"""
                for (int i = 0; i < count; i++)
                    {
                        {{row}}
                        TryNext(ref samples, row);
                    }

                """;
    }

    /// <summary>Whole chunks, and the last one, which may be shorter: they pass through a chunk's memory, as Flush wants room for a whole one.</summary>
    private static string ChunkLoop(string outputs) =>
        $$"""
            int rows = 0;
                while (TryNext(ref samples, _chunk))
                {
                    new SeqReadOnlySpan(_chunk).CopyTo(output.Slice(rows * {{outputs}}));
                    rows += LookAhead;
                }

                for (int more = Flush(_chunk); more > 0; more = Flush(_chunk))
                {
                    new SeqReadOnlySpan(_chunk, 0, more * {{outputs}}).CopyTo(output.Slice(rows * {{outputs}}));
                    rows += more;
                }

            """;

    /// <summary>A stream with one output, at any time.</summary>
    private static void EmitPush(CodeWriter code, ModelPlan plan)
    {
        code.Lines(
            $$"""
            /// <summary>Takes samples. Allocates nothing.</summary>
            /// <param name="samples">The next samples, in +-1 at FrontEnd.SampleRate.</param>{{Ended(plan)}}
            public void Push(SeqReadOnlySpan samples)
            {
                while (_frontEnd.TryNext(ref samples, _features))
                {
                    _stream.Step(_features);
                }
            }

            """);
        if (HasFlush(plan))
        {
            code.Lines(
                $$"""
                /// <summary>Behind the last sample: takes the time steps whose features waited for what follows it. Allocates nothing.</summary>
                public void Flush()
                {
                    while (_frontEnd.TryFlush(_features))
                    {
                        _stream.Step(_features);
                    }
                }

                """);
        }

        code.Lines(
            $$"""
            /// <summary>Computes the output of the audio so far. Allocates nothing; the state stays as it is.</summary>
            /// <param name="output">Receives the output vector (O); of audio without a time step, that of no inputs.</param>
            /// <exception cref="global::System.ArgumentException">output has another length.</exception>
            public void Output(SeqSpan output) => _stream.Output(output);

            /// <summary>The output of a recording. Resets first. Allocates nothing.</summary>
            /// <param name="samples">The recording, in +-1 at FrontEnd.SampleRate.</param>
            /// <param name="output">Receives the output vector (O).</param>
            /// <exception cref="global::System.ArgumentException">output has another length.</exception>
            public void Run(SeqReadOnlySpan samples, SeqSpan output)
            {
                Reset();
                Push(samples);{{(HasFlush(plan) ? "\n    Flush();" : "")}}
                Output(output);
            }

            """);
    }

    private static string Ended(ModelPlan plan) => HasFlush(plan)
        ? "\n/// <exception cref=\"global::System.InvalidOperationException\">The audio has ended: the waiting features were asked for, and Reset was not called.</exception>"
        : "";
}
