using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes Step and Flush of a model that looks ahead: inputs wait until their chunk is complete.</summary>
internal static class LookAheadEmitter
{
    public static void EmitFields(CodeWriter code) => code.Lines(
        """
        // The inputs that wait for their chunk, and their number.
        private readonly global::Seq.Embedded.Kernels.AlignedBuffer _inputs = new(LookAhead * InputSize);
        private int _waiting;
        """);

    public static void EmitNoneWaits(CodeWriter code) => code.Line("global::Seq.Embedded.Kernels.Shapes.CheckNoneWaiting(_waiting);");

    public static void Emit(CodeWriter code, ModelPlan plan, string outputs)
    {
        code.Lines(
            $$"""
            /// <summary>Number of time steps that wait for their chunk: 0 to LookAhead - 1.</summary>
            public int Waiting => _waiting;

            /// <summary>
            /// Takes one time step; the last one of a chunk gives the outputs of all its time steps: the first of them {{Delay(plan.LookAhead)}} late. Allocates nothing.
            /// </summary>
            """);
        StreamEmitter.EmitNotFinite(code, plan);
        code.Lines(
            $$"""
            /// <param name="input">The input vector x (I).</param>
            /// <param name="outputs">Receives the output vectors of the chunk (LookAhead, O); stays as it is while the chunk is not complete.</param>
            /// <returns>True when the chunk is complete and its outputs are there.</returns>
            /// <exception cref="global::System.ArgumentException">A span has another length.</exception>
            public bool Step(SeqReadOnlySpan input, SeqSpan outputs)
            {
                global::Seq.Embedded.Kernels.Shapes.Check(input.Length, InputSize, "input");
                global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, LookAhead, {{outputs}}, "outputs");
                input.CopyTo(_inputs.Span.Slice(_waiting * InputSize));
                _waiting++;
                if (_waiting < LookAhead)
                {
                    return false;
                }

                _waiting = 0;
                RunChunk(_inputs.Span, outputs, LookAhead);
                return true;
            }

            /// <summary>
            /// Ends the sequence: the time steps that wait are its last chunk, which is shorter than the others. The state goes on: call <see cref="Reset"/> before the
            /// next sequence. Allocates nothing.
            /// </summary>
            /// <param name="outputs">Receives the output vectors of those time steps in its first rows (LookAhead, O); the others stay as they are.</param>
            /// <returns>Number of the rows received: 0 to LookAhead - 1.</returns>
            /// <exception cref="global::System.ArgumentException">The span has another length.</exception>
            public int Flush(SeqSpan outputs)
            {
                global::Seq.Embedded.Kernels.Shapes.Check(outputs.Length, LookAhead, {{outputs}}, "outputs");
                int count = _waiting;
                _waiting = 0;
                if (count > 0)
                {
                    RunChunk(_inputs.Span.Slice(0, count * InputSize), outputs.Slice(0, count * {{outputs}}), count);
                }

                return count;
            }

            """);
    }

    private static string Delay(int steps) => steps == 2 ? "1 time step" : $"{Names.Number(steps - 1)} time steps";
}
