using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes CheckEquivalence: what the model computes in training, in a run and step by step is the same.</summary>
internal static class EquivalenceEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        bool isInt8 = plan.Spec.HasInt8Weights;
        if (isInt8 && (plan.HasDecoder || plan.ReadsWholeSequence))
        {
            // Of its forms training is another model, with weights of floats, and there is no second one.
            return;
        }

        bool steps = !plan.ReadsWholeSequence || plan.HasDecoder;
        string type = graph.Input.Node.HoldsTokens ? "int" : "float";
        string forms = isInt8 ? "Run and Step" : plan.HasDecoder ? "the forward pass of training and the steps after Encode" : steps ? "the forward pass of training, Run and Step" : "the forward pass of training and Run";
        string stream = plan.IsOneToMany || (!plan.ReadsWholeSequence && !plan.HasDecoder) ? "" : "steps";
        code.Lines(
            $$"""
            /// <summary>
            /// Compares {{forms}} on random inputs: all outputs have the same bits where nothing is wrong with the generated code and the machine.{{(isInt8 ? "\n/// Training, which holds floats, is another model." : "")}}
            /// Takes memory for the time of the call.
            /// </summary>
            /// <param name="steps">Time steps of the longest of nine sequences; 1 to 16,777,216.</param>
            /// <param name="seed">Seed of the inputs.</param>
            /// <exception cref="global::System.ArgumentOutOfRangeException">steps is out of its range, or needs more memory than the machine has.</exception>
            public global::Seq.Embedded.Training.EquivalenceResult CheckEquivalence(int steps = 100, ulong seed = 0)
            {
                using Trainer trainer = CreateTrainer(global::Seq.Embedded.Training.EquivalenceCheck.GetOptions(steps));
                Stream stream = CreateStream({{stream}});
            """);
        if (plan.HasDecoder)
        {
            code.Line($"    return global::Seq.Embedded.Training.EquivalenceCheck.CompareDecoder<{type}>(trainer, steps, seed, trainer.Add, stream.Encode, stream.Step);");
        }
        else
        {
            bool hasState = steps && plan.LookAhead == 0 && !plan.BeginsAnew && plan.StateValues > 0;
            code.Lines(
                $$"""
                    return global::Seq.Embedded.Training.EquivalenceCheck.Compare<{{type}}>(
                        trainer, steps, seed, {{Chunk(plan)}},
                        add: {{(isInt8 ? "null" : "trainer.Add")}}, addFrom: {{(isInt8 || !hasState ? "null" : "trainer.Add")}},
                        reset: {{(steps ? "stream.Reset" : "() => { }")}}, restore: {{(hasState ? "stream.RestoreState" : "null")}}, run: stream.Run,
                        step: {{(steps ? Step(plan, type) : "null")}},
                        end: {{End(plan)}});
                """);
        }

        code.Line("}");
        code.Line();
    }

    private static string Chunk(ModelPlan plan) => plan.ReadsWholeSequence ? "chunk: 0" : plan.LookAhead > 0 ? "chunk: LookAhead" : "chunk: 1";

    /// <summary>A step that returns the number of its output rows.</summary>
    private static string Step(ModelPlan plan, string type)
    {
        string input = type == "int" ? "input[0]" : "input";
        return plan switch
        {
            { LookAhead: > 0 } => $"(input, output) => stream.Step({input}, output) ? LookAhead : 0",
            { ManyToOne: true } => $"(input, output) => {{ stream.Step({input}); return 0; }}",
            { OutputStride: > 1 } => $"(input, output) => stream.Step({input}, output) ? 1 : 0",
            _ => $"(input, output) => {{ stream.Step({input}, output); return 1; }}",
        };
    }

    /// <summary>What gives the output rows that no step gave.</summary>
    private static string End(ModelPlan plan) => plan switch
    {
        { ReadsWholeSequence: true } => "null",
        { ManyToOne: true, LookAhead: 0 } => "output => { stream.Output(output); return 1; }",
        { LookAhead: > 0 } => "stream.Flush",
        _ => "null",
    };
}
