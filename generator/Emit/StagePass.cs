using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Emit;

/// <summary>
/// One loop over the blocks of units in which some values of a stage are computed. A stage whose sums are finished is cut where an activation function reads what
/// another one gave (the tanh of a GRU the reset gate, that of an LSTM the new cell state): in a loop of short chains the processor works on several blocks at once.
/// A tenth of a step of GRU 40 -> 64 with 8-bit weights (Zen 5, AVX2 with VNNI).
/// </summary>
/// <param name="Values">The values, in order.</param>
/// <param name="Earlier">Values of the loops before.</param>
/// <param name="HandedOn">Those of its values that stay in slots for later loops.</param>
/// <param name="Kept">The kept values that it finishes.</param>
/// <param name="Slots">The slots of what all loops hand on: those of sums that are not read any more.</param>
internal sealed record StagePass(IReadOnlyList<Expr> Values, IReadOnlyList<Expr> Earlier, IReadOnlyList<Expr> HandedOn, IReadOnlyList<Kept> Kept, IReadOnlyDictionary<Expr, int> Slots)
{
    /// <summary>The loops of a stage whose sums lie in the slots.</summary>
    public static IReadOnlyList<StagePass> Of(CellProgram program, CellStage stage)
    {
        List<Expr> values = [.. stage.Values];
        Dictionary<Expr, int> depths = Depths([.. values, .. stage.Kept.Select(kept => kept.Next)]);
        int Depth(Expr e) => Math.Max(1, depths[e]);
        int last = values.Select(Depth).DefaultIfEmpty(1).Max();
        Dictionary<Expr, int> slots = [];
        List<StagePass> passes = [];
        for (int depth = 1; depth <= last; depth++)
        {
            List<Expr> own = [.. values.Where(value => Depth(value) == depth)];
            HashSet<Expr> read = ReadBy(values.Where(value => Depth(value) > depth));
            List<Expr> handedOn = [.. own.Where(value => read.Contains(value) && program.KeptWithNext(value) is null)];
            List<int> free = [.. stage.Accumulators.Where(accumulator => !read.Contains(accumulator.Affine)).Select(accumulator => accumulator.Slot).Except(slots.Values)];
            if (free.Count < handedOn.Count)
            {
                return [new StagePass(values, [], [], [.. stage.Kept], slots)];
            }

            for (int i = 0; i < handedOn.Count; i++)
            {
                slots.Add(handedOn[i], free[i]);
            }

            passes.Add(new StagePass(own, [.. passes.SelectMany(pass => pass.Values)], handedOn, [.. stage.Kept.Where(kept => Depth(kept.Next) == depth)], slots));
        }

        return passes;
    }

    /// <summary>Activation functions on the longest way from the sums to each value.</summary>
    private static Dictionary<Expr, int> Depths(IEnumerable<Expr> values)
    {
        Dictionary<Expr, int> depths = [];
        foreach (Expr e in CellProgram.TopologicalOrder(values))
        {
            int below = e is Affine or Previous or Normalised ? 0 : e.Operands.Select(operand => depths[operand]).DefaultIfEmpty().Max();
            depths.Add(e, below + (e is Unary { Function: Function.Sigmoid or Function.Tanh } ? 1 : 0));
        }

        return depths;
    }

    /// <summary>All that the expressions of values read, through those that have no variable.</summary>
    private static HashSet<Expr> ReadBy(IEnumerable<Expr> values)
    {
        HashSet<Expr> read = [];
        void Visit(Expr e)
        {
            foreach (Expr operand in e.Operands)
            {
                read.Add(operand);
                if (!CellStage.IsVariable(operand) && operand is not (Affine or Previous or Normalised))
                {
                    Visit(operand);
                }
            }
        }

        foreach (Expr value in values)
        {
            Visit(value);
        }

        return read;
    }
}
