using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Plan;

/// <summary>How the step of a layer walks over its blocks of units. No form changes the order within a sum, nor any bit.</summary>
/// <remarks>
/// A step reads its weights once, from the first-level cache where all of the model's are small enough, else from the second. Two blocks at a time share what is read of x and h,
/// and their sums do not wait for each other: 15 to 30 % where the weights come from the first level, or vectors have 128 bits. Wider vectors wait for the second level,
/// which is faster at reading one block after the other, unless every other step comes back over what the last one left in the first level; one block at a time gains nothing
/// from that below the size of the second level (LSTM 40 -> 64 with AVX2: 5 % slower).
/// Measured against the hand-written reference of tests/Benchmarks on one core of an AMD EPYC (Zen 5) with 48 KB and 1 MB of cache.
/// </remarks>
internal sealed class StepForm
{
    private const int Registers = 16;

    /// <summary>What of a first-level cache of 48 KB weights may fill.</summary>
    private const int FirstLevel = 40 * 1024;

    /// <summary>Up to here the part that the first level holds is worth it: beyond, wide vectors read one block after the other.</summary>
    private const int FewFirstLevels = 128 * 1024;

    private const int SecondLevel = 640 * 1024;

    private StepForm(int pairLanes, bool alternates)
    {
        PairLanes = pairLanes;
        Alternates = alternates;
    }

    /// <summary>The most lanes of a pair of blocks that is computed at a time, 8, 16 or 32; or 0: one block at a time.</summary>
    public int PairLanes { get; }

    /// <summary>True where steps visit the blocks in the other order every other time, so that a step first reads what the last one left in the cache.</summary>
    public bool Alternates { get; }

    /// <summary>Of a step: between two steps of the layer come those of all others.</summary>
    public static StepForm Of(ModelPlan model, LayerPlan layer)
    {
        long bytes = Bytes(layer, layer.Units ?? 1);
        return Of(layer, bytes, model.Layers.Sum(other => Bytes(other, 1)) - bytes);
    }

    /// <summary>Of a whole-sequence run: time steps of one layer follow each other, and the products with x are done.</summary>
    public static StepForm OfRun(LayerPlan layer)
    {
        int units = layer.Units ?? 1;
        return Of(layer, Bytes(layer, units) - (layer.TakesTokens ? 0 : sizeof(float) * (long)layer.Panels[0].Size(layer, units)), 0);
    }

    /// <param name="layer">The layer.</param>
    /// <param name="bytes">Weights that are read at every step of it.</param>
    /// <param name="others">Weights that are read between two of its steps.</param>
    private static StepForm Of(LayerPlan layer, long bytes, long others)
    {
        // The runtime walks over 8-bit weights, and leaves the sums in memory.
        if (layer.Units is not { } units || layer.Panels.Any(panel => panel.IsInt8))
        {
            return new StepForm(0, false);
        }

        bool fits = bytes + others <= FirstLevel;
        bool keepsPart = !fits && others <= FirstLevel / 4 && bytes <= FewFirstLevels;
        int lanes = !CanPair(layer) ? 0 : Lanes(units, fits || keepsPart ? 32 : 8);
        return new StepForm(lanes, (keepsPart && lanes > 8) || bytes > SecondLevel);
    }

    /// <summary>Bytes of the weights that a step reads whole: of a lookup it reads a column.</summary>
    private static long Bytes(LayerPlan layer, int units) =>
        sizeof(float) * (layer.PackedFloats(units) - layer.Panels.Where(layer.IsLookup).Sum(panel => (long)panel.Size(layer, units)));

    /// <summary>The most lanes that leave no vector without units.</summary>
    private static int Lanes(int units, int most)
    {
        while (most > 4 && (units + (most / 2) - 1) / (most / 2) % 2 != 0)
        {
            most /= 2;
        }

        return most > 4 ? most : 0;
    }

    /// <summary>True where the sums of two blocks leave registers for what they read, on a machine that has 16.</summary>
    private static bool CanPair(LayerPlan layer)
    {
        CellProgram program = layer.Program;
        return program.Stages.Count == 1
            && !layer.Panels.Any(layer.IsLookup)
            && program.Operands.All(operand => 2 * (operand.Vectors * operand.Sets + Waiting(program, operand)) <= Registers - 2);
    }

    /// <summary>Sums that are finished while those of an operand run.</summary>
    private static int Waiting(CellProgram program, CellOperand operand) =>
        program.Operands.Where(other => other.Index < operand.Index).SelectMany(other => other.Accumulators).Distinct().Count(sum => !operand.Feeds(sum));
}
