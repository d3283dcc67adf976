using Seq.Embedded.Generator.Emit.Nodes;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a stream's Reset and its snapshots: node by node, the history before the states, and last the time step within the stride.</summary>
internal static class StateEmitter
{
    public static void Emit(CodeWriter code, GraphEmitter graph)
    {
        EmitReset(code, graph);
        EmitSnapshots(code, graph);
    }

    public static void EmitSnapshots(CodeWriter code, GraphEmitter graph)
    {
        EmitSaveState(code, graph);
        EmitRestoreState(code, graph);
    }

    /// <summary>Sets a state to the one that a sequence begins with.</summary>
    public static string Initial(StatePlan state)
    {
        string size = Names.Number(state.Padded), settled = Names.Settled(state, size);
        return state.InitialOffset is { } offset ? $"_model._weights.Span.Slice({Names.Number(offset)}, {size}).CopyTo({settled});" : $"{settled}.Clear();";
    }

    private static void EmitReset(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        StatePlan[] learned = [.. plan.States.Where(state => state.InitialOffset is not null)];
        string access = plan.ReadsWholeSequence ? "private" : "public";
        if (!plan.ReadsWholeSequence)
        {
            string state = learned.Length > 0 ? "the one that every sequence begins with, learned or zero" : "zero";
            code.Line($"/// <summary>Sets the state to {state}{(plan.LookAhead > 0 ? ", and drops the time steps that wait for their chunk" : "")}: the next step is the first of a new sequence. Allocates nothing.</summary>");
        }

        string[] others =
        [
            .. learned.Select(Initial),
            .. graph.All.SelectMany(emitter => emitter.Reset),
            .. plan.HasPhase ? ["_phase = 0;"] : Array.Empty<string>(),
            .. plan.LookAhead > 0 ? ["_waiting = 0;"] : Array.Empty<string>(),
        ];
        if (others.Length == 0)
        {
            code.Line($"{access} void Reset() => _state.Span.Clear();");
        }
        else
        {
            code.Open($"{access} void Reset()");
            code.Line("_state.Span.Clear();");
            code.Lines(string.Join("\n", others));
            code.Close();
        }

        code.Line();
    }

    private static void EmitSaveState(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        code.Line(plan.RunsOnly
            ? "/// <summary>Copies the state after the last run into a snapshot: of a reverse direction the state after the first time step. Allocates nothing.</summary>"
            : "/// <summary>Copies the state into a snapshot. Allocates nothing.</summary>");
        EmitSnapshotDocumentation(code, plan, "");
        if (plan.LookAhead > 0)
        {
            code.Line("/// <exception cref=\"global::System.InvalidOperationException\">Time steps wait for their chunk, and a snapshot holds no inputs; call <see cref=\"Flush\"/> first.</exception>");
        }

        code.Open("public void SaveState(SeqSpan snapshot)");
        code.Line("global::Seq.Embedded.Kernels.Shapes.Check(snapshot.Length, StateSize, \"snapshot\");");
        if (plan.LookAhead > 0)
        {
            LookAheadEmitter.EmitNoneWaits(code);
        }

        EmitCopies(code, graph, "snapshot", (state, part) => $"{state}.CopyTo({part});", (emitter, part) => emitter.Save(part), value => $"{value} = _phase;");
        code.Close();
        code.Line();
    }

    private static void EmitRestoreState(CodeWriter code, GraphEmitter graph)
    {
        ModelPlan plan = graph.Plan;
        string snapshot = plan.RunsOnly ? "initialState" : "snapshot", stride = Names.Number(plan.Stride);
        if (!plan.RunsOnly)
        {
            string drops = plan.LookAhead > 0 ? ", and drops the time steps that wait for their chunk" : "";
            code.Line($"/// <summary>Sets the state to that of a snapshot, of this or another stream of the model{(plan.HasDecoder ? " with the same source" : "")}{drops}. Allocates nothing.</summary>");
            EmitSnapshotDocumentation(code, plan, plan.HasPhase ? $", or its last value is no whole number of 0 to {Names.Number(plan.Stride - 1)}" : "");
        }

        code.Open($"{(plan.RunsOnly ? "private" : "public")} void RestoreState(SeqReadOnlySpan {snapshot})");
        code.Line($"global::Seq.Embedded.Kernels.Shapes.Check({snapshot}.Length, StateSize, \"{snapshot}\");");
        EmitCopies(
            code, graph, snapshot, (state, part) => $"{part}.CopyTo({state});", (emitter, part) => emitter.Restore(part),
            value => $"_phase = global::Seq.Embedded.Kernels.Strides.Phase({value}, {stride});");
        if (plan.LookAhead > 0)
        {
            code.Line("_waiting = 0;");
        }

        code.Close();
        code.Line();
    }

    private static void EmitSnapshotDocumentation(CodeWriter code, ModelPlan plan, string otherwise)
    {
        code.Line($"/// <param name=\"snapshot\">StateSize values, in the order of the layers{(plan.HasPhase ? "; the last one is the time step within the stride" : "")}.</param>");
        code.Line($"/// <exception cref=\"global::System.ArgumentException\">The snapshot has another length{otherwise}.</exception>");
    }

    private static void EmitCopies(
        CodeWriter code, GraphEmitter graph, string snapshot, Func<string, string, string> copyState, Func<NodeEmitter, string, string> copyHistory, Func<string, string> copyPhase)
    {
        // First what can be refused.
        ModelPlan plan = graph.Plan;
        if (plan.HasPhase)
        {
            code.Line(copyPhase($"{snapshot}[{Names.Number(plan.StateValues - 1)}]"));
        }

        long at = 0;
        string Part(long width)
        {
            at += width;
            return $"{snapshot}.Slice({Names.Number(at - width)}, {Names.Number(width)})";
        }

        foreach (NodeEmitter emitter in plan.SnapshotNodes.Select(node => graph[node]))
        {
            if (emitter.Node.History is { } history)
            {
                code.Line(copyHistory(emitter, Part(history.Values)));
            }

            foreach (StatePlan state in emitter.Node.States)
            {
                code.Line(copyState(Names.Settled(state, Names.Number(state.Width)), Part(state.Width)));
            }
        }
    }
}
