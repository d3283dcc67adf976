using System.Reflection;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Plan.Nodes;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Tests.Plan;

public class PlannerTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(16_384, 16_384)]
    public void Units_are_padded_to_multiples_of_16(int units, int padded) => Assert.Equal(padded, ModelPlan.Padded(units));

    [Fact]
    public void Units_are_padded_as_the_runtime_pads_them() => Assert.Equal(Kernels.Panel.UnitMultiple, ModelPlan.UnitPadding);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Steps_add_in_as_many_partial_sums_as_the_matrix_products_of_the_runtime(int vectors)
    {
        CellEquations cell = new();
        Accumulator[] sums = [.. Enumerable.Range(0, vectors).Select(i => new Accumulator(cell.Gate($"g{i}").Of(cell.Input), i, $"g{i}", 0))];
        MethodInfo rule = typeof(Kernels.PanelProduct).GetMethod("PartialSums", BindingFlags.NonPublic | BindingFlags.Static)!;
        Assert.Equal(rule.Invoke(null, [vectors]), new CellOperand(cell.Input, "x", 0, 0, sums, 0).Sets);
    }

    [Fact]
    public void Panels_lie_one_behind_the_other_and_fill_the_weights()
    {
        ModelPlan plan = Planner.Plan(Mixed());
        long end = 0;
        foreach (LayerPlan layer in plan.Layers)
        {
            foreach (PanelPlan panel in layer.Panels)
            {
                Assert.Equal(end, panel.Offset);
                end += panel.Size(layer, layer.Units ?? 0);
            }
        }

        Assert.Equal(end, plan.WeightFloats(0));
        Assert.True(plan.WeightFloats(0) >= plan.Parameters(0));
        Assert.Equal((17 + 1) * 32, plan.WeightFloats(20) - plan.WeightFloats(0));
    }

    [Fact]
    public void Panels_start_at_multiples_of_16_floats() =>
        Assert.All(Planner.Plan(Mixed()).Layers.SelectMany(layer => layer.Panels), panel => Assert.Equal(0, panel.Offset % 16));

    [Fact]
    public void States_lie_twice_one_behind_the_other()
    {
        ModelPlan plan = Planner.Plan(Mixed());
        long end = 0;
        foreach (LayerPlan layer in plan.Layers)
        {
            Assert.Equal(layer.Program.States.Count(), layer.States.Count);
            foreach (int offset in layer.States.Select(state => state.Offset))
            {
                Assert.Equal(end, offset);
                end += 2 * layer.Padded!.Value;
            }
        }

        Assert.Equal(end, plan.StateFloats);
        Assert.Equal(20 + 20 + 17 + 17 + 17, plan.StateValues);
    }

    [Fact]
    public void Scratch_of_nodes_does_not_overlap()
    {
        ModelPlan plan = Planner.Plan(Mixed());
        int end = 0;
        foreach (Node node in plan.Nodes)
        {
            Assert.Equal(end, node.ScratchOffset);
            end += node.StepScratch;
        }

        Assert.Equal(end, plan.StepScratchFloats);
    }

    [Fact]
    public void Tensors_have_the_names_of_PyTorch() => Assert.Equal(
        [
            "dense1.weight", "gru.weight_ih_l0", "gru.weight_hh_l0", "gru.weight_ih_l1", "gru.weight_hh_l1", "memory.weight_ih_l0", "memory.weight_hh_l0",
            "reset.weight_ih_l0", "reset.weight_hh_l0", "reset.weight_hh_l0", "dense2.weight",
        ],
        Planner.Plan(Mixed()).Layers.SelectMany(layer => layer.Panels).Select(panel => panel.Weight));

    [Theory]
    [InlineData("gru", -1, "Gru")]
    [InlineData("gru", 1, "GruL1")]
    [InlineData("encoder.gru", -1, "EncoderGru")]
    [InlineData("encoder.0", -1, "Encoder0")]
    [InlineData("0", -1, "Layer0")]
    [InlineData("12.cell_2", 0, "Layer12Cell2L0")]
    [InlineData("_a", -1, "A")]
    public void Members_are_named_for_the_layer(string name, int stack, string member) => Assert.Equal(member, Planner.Member(name, stack));

    [Fact]
    public void Tensors_of_a_nested_module_have_its_path() => Assert.Equal(
        ["encoder.gru.weight_ih_l0", "encoder.gru.weight_hh_l0", "1.weight"],
        Planner.Plan(Spec("ManyToMany", Layer("Gru", 3, name: "encoder.gru"), Layer("Dense", 2, name: "1"))).Layers.SelectMany(layer => layer.Panels).Select(panel => panel.Weight));

    [Fact]
    public void Panels_of_one_tensor_share_its_gates_without_a_gap()
    {
        foreach (IGrouping<string, (LayerPlan Layer, PanelPlan Panel)> tensor in Planner.Plan(Mixed()).Layers.SelectMany(layer => layer.Panels.Select(panel => (layer, panel))).GroupBy(pair => pair.panel.Weight))
        {
            int gates = tensor.First().Layer.Program.Equations.Gates.Count;
            Assert.Equal(Enumerable.Range(0, gates), tensor.SelectMany(pair => pair.Panel.Operand.Accumulators).Select(accumulator => accumulator.Affine.Gate.Index).Order());
        }
    }

    [Fact]
    public void Sizes_flow_from_layer_to_layer() => Assert.Equal(
        [(5, (int?)9), (9, 20), (20, 20), (20, 17), (17, 17), (17, null)],
        Planner.Plan(Mixed()).Layers.Select(layer => (layer.Inputs, layer.Units)));

    [Theory]
    [InlineData("ManyToMany", "")]
    [InlineData("ManyToOne", "3 4")]
    public void Layers_above_the_last_recurrent_one_are_computed_once_a_sequence(string task, string expected)
    {
        ModelPlan plan = Planner.Plan(Spec(task, Layer("Dense", 2), Layer("Gru", 3), Layer("Rnn", 4), Layer("Dense", 5), Layer("Dense", 6)));
        Assert.Equal(expected, string.Join(' ', plan.Layers.Where(layer => layer.PerSequence).Select(layer => layer.Index)));
        Assert.Equal(task == "ManyToOne" ? (5 * 4) + (6 * 5) : 0, plan.SequenceMultiplyAdds(0));
        Assert.Equal((2 * 5) + (3 * 3 * (2 + 3)) + (4 * (3 + 4)) + (5 * 4) + (6 * 5), plan.StepMultiplyAdds(0) + plan.SequenceMultiplyAdds(0));
    }

    [Theory]
    [InlineData("gru", "gru", "dense", "gru1 gru2 dense")]
    [InlineData("gru", "Gru=top", "gru", "gru1 top gru2")]
    [InlineData("gru", "Gru=top", "dense", "gru top dense")]
    public void Layers_without_a_name_are_named_for_their_kind(string first, string second, string third, string expected)
    {
        LayerSpec Parse(string text) => text.Split('=') is [var kind, var name] ? Layer(Kind(kind), 3, name: name) : Layer(Kind(text), 3);
        Assert.Equal(expected.Split(' '), Planner.LayerNames([Parse(first), Parse(second), Parse(third)]));
    }

    private static string Kind(string text) => Cell.All.Single(cell => cell.Attribute.Equals(text, StringComparison.OrdinalIgnoreCase)).Attribute;

    private static ModelSpec Mixed() => Spec(
        "ManyToMany",
        Layer("Dense", 9), Layer("Gru", 20, layers: 2), Layer("Lstm", 17, name: "memory"), Layer("Gru", 17, name: "reset", option: new OptionSpec("Reset", "BeforeProduct")), Layer("Dense", null));

    private static ModelSpec Spec(string task, params LayerSpec[] layers) =>
        new("Demo", "M", false, new ClassShape(true, "", -1), 5, task, new([]), new(layers));

    private static LayerSpec Layer(string kind, int? units, int layers = 1, string? name = null, OptionSpec? option = null) =>
        new(kind, units, layers, name, 0, new(option is null ? [] : [option]));
}
