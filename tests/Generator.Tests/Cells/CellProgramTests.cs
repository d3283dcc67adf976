using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Tests.Cells;

/// <summary>How equations become accumulators, operands, stages and slots. The first tests hold for every cell and option; a new cell is tested without new test code.</summary>
public class CellProgramTests
{
    public static TheoryData<string, string, string> Variants
    {
        get
        {
            TheoryData<string, string, string> data = [];
            foreach (Cell cell in Cell.All)
            {
                data.Add(cell.Attribute, "", "");
                foreach ((string option, string[] values) in cell.Options)
                {
                    data.AddRange([.. values.Select(value => new TheoryDataRow<string, string, string>(cell.Attribute, option, value))]);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_operand_feeds_a_run_of_accumulators_that_begins_with_the_running_ones(string kind, string option, string value)
    {
        CellProgram program = Program(kind, option, value);
        HashSet<Accumulator> running = [];
        Assert.IsType<InputVector>(program.Operands[0].Vector);
        foreach (CellOperand operand in program.Operands)
        {
            Assert.Equal(Enumerable.Range(operand.FirstSlot, operand.Vectors), operand.Accumulators.Select(accumulator => accumulator.Slot));
            Assert.Equal(operand.Running, operand.Accumulators.TakeWhile(running.Contains).Count());
            Assert.Equal(operand.Running, operand.Accumulators.Count(running.Contains));
            running.UnionWith(operand.Accumulators);
        }

        Assert.Equal(program.Accumulators.Count, running.Count);
        Assert.Equal(Enumerable.Range(0, program.Accumulators.Count), program.Accumulators.Select(accumulator => accumulator.Slot));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_gate_is_fed_by_x_once_and_every_weight_matrix_is_used(string kind, string option, string value)
    {
        CellProgram program = Program(kind, option, value);
        Assert.Equal(
            program.Equations.Gates.Select(gate => gate.Index),
            program.Operands[0].Accumulators.Select(accumulator => accumulator.Affine.Gate.Index).Order());
        if (program.IsRecurrent)
        {
            Assert.Equal(
                program.Equations.Gates.Select(gate => gate.Index),
                program.Operands.Skip(1).SelectMany(operand => operand.Accumulators).Select(accumulator => accumulator.Affine.Gate.Index).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Values_are_computed_in_a_stage_where_all_they_read_is_known(string kind, string option, string value)
    {
        CellProgram program = Program(kind, option, value);
        foreach (CellStage stage in program.Stages)
        {
            foreach (Expr e in stage.Values)
            {
                Assert.All(e.Operands, operand => Assert.True(program.Level(operand) <= stage.Index));
            }

            Assert.All(stage.Operands.Where(operand => operand.IsComputed), operand => Assert.True(program.Level(operand.Vector) < stage.Index));
        }

        Assert.Equal(program.Equations.Kept, program.Stages.SelectMany(stage => stage.Kept).OrderBy(kept => program.Equations.Kept.ToList().IndexOf(kept)));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Slots_of_what_is_kept_for_the_backward_pass_do_not_meet(string kind, string option, string value)
    {
        CellProgram program = Program(kind, option, value);
        CellSlots layout = program.Layout;
        List<int> saved = [.. layout.Saved.Where(pair => !layout.IsNormalisedInPlace(pair.Key)).Select(pair => pair.Value), .. layout.Scales.Values];
        List<int> sums = [.. program.Accumulators.Select(accumulator => accumulator.Slot)];
        List<int> gradients = [.. layout.Adjoints.Values, .. layout.Parameters.Values];
        List<int> forward = program.Stages.Count > 1 ? [.. saved, .. sums] : saved;
        Assert.Equal(forward.Count, forward.Distinct().Count());
        List<int> backward = [.. gradients, .. sums, .. program.Stages.Count > 1 ? saved : []];
        Assert.Equal(backward.Count, backward.Distinct().Count());
        Assert.Equal(Enumerable.Range(0, program.Slots), forward.Concat(backward).Distinct().Order());
    }

    [Theory]
    [InlineData("Rnn", "Tanh", "x: a; h: a", 1)]
    [InlineData("Gru", "AfterProduct", "x: nx r z; h: r z nh", 1)]
    [InlineData("Gru", "BeforeProduct", "x: r z n; h: r z; m: n", 2)]
    [InlineData("Lstm", "", "x: i f g o; h: i f g o", 1)]
    [InlineData("Dense", "Relu", "x: a", 1)]
    public void Panels_and_stages_are_those_of_the_equations(string kind, string value, string panels, int stages)
    {
        CellProgram program = Program(kind, kind == "Gru" ? "Reset" : "Activation", value);
        Assert.Equal(panels, string.Join("; ", program.Operands.Select(operand => $"{operand.Name}: {string.Join(' ', operand.Accumulators.Select(accumulator => accumulator.Name))}")));
        Assert.Equal(stages, program.Stages.Count);
    }

    [Fact]
    public void Reset_before_the_product_splits_the_step_where_all_of_r_must_be_known()
    {
        CellProgram program = Program("Gru", "Reset", "BeforeProduct");
        Assert.Equal(["r", "z"], program.Stages[0].Accumulators.Select(accumulator => accumulator.Name));
        Assert.Equal(["n"], program.Stages[1].Accumulators.Select(accumulator => accumulator.Name));
        CellOperand product = Assert.Single(program.Stages[0].ComputedOperands);
        Assert.Equal(2, product.Index);
        Assert.Equal(1, product.Stage);
        Assert.Empty(program.Stages[0].Kept);
        Assert.Equal(["h"], program.Stages[1].Kept.Select(kept => kept.Name));
        Assert.Equal(["z"], program.Stages[1].ValuesReadFromEarlierStages().Select(program.Stages[1].VariableName));
    }

    [Fact]
    public void Maps_that_no_order_makes_contiguous_are_refused()
    {
        // h, s, t and u each feed two neighbours of the ring a b c d: one pair is always torn apart.
        CellEquations cell = new();
        Gate a = cell.Gate("a"), b = cell.Gate("b"), c = cell.Gate("c"), d = cell.Gate("d");
        Kept h = cell.State("h"), s = cell.State("s"), t = cell.State("t"), u = cell.State("u");
        cell.Next(h, Expr.Tanh(a.Of(cell.Input, h.Previous, u.Previous)));
        cell.Next(s, Expr.Tanh(b.Of(cell.Input, h.Previous, s.Previous)));
        cell.Next(t, Expr.Tanh(c.Of(cell.Input, s.Previous, t.Previous)));
        cell.Next(u, Expr.Tanh(d.Of(cell.Input, t.Previous, u.Previous)));
        CellOrderException failure = Assert.Throws<CellOrderException>(() => new CellProgram(cell));
        Assert.Contains("cannot be ordered", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_of_many_maps_is_found_at_once()
    {
        // Maps of x and h in turn: the order of the gates tears both runs, and 24! orders cannot be tried.
        CellEquations cell = new();
        Kept h = cell.State("h");
        Expr sum = 0;
        for (int i = 0; i < 12; i++)
        {
            Gate gate = cell.Gate($"g{i}");
            sum += gate.Of(cell.Input) * gate.Of(h.Previous);
        }

        cell.Next(h, sum);
        CellProgram program = new(cell);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"g{i}x"), program.Operands[0].Accumulators.Select(accumulator => accumulator.Name));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"g{i}h"), program.Operands[1].Accumulators.Select(accumulator => accumulator.Name));
    }

    [Fact]
    public void Products_with_one_and_sums_with_zero_are_not_written()
    {
        Expr e = new Local("e");
        Assert.Same(e, e * 1);
        Assert.Same(e, 1 * e);
        Assert.Same(e, e + 0);
        Assert.Same(e, 0 + e);
        Assert.Same(e, e - 0);
        Assert.IsType<Constant>(e * 0);
        Assert.IsType<Binary>(0 - e);
    }

    private static CellProgram Program(string kind, string option, string value)
    {
        Cell cell = Cell.All.Single(cell => cell.Attribute == kind);
        Dictionary<string, string> given = value.Length == 0 ? [] : new() { [option] = value };
        return new CellProgram(cell.Equations(new LayerSpec(kind, 3, 1, null, 0, new(cell.Complete(given)))));
    }
}
