using System.Globalization;
using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>A failure as a value: the descriptor's id, the place it is about and the arguments of its message.</summary>
internal sealed record Failure(string Id, SpecPlace Place, EquatableArray<string> Arguments);

/// <summary>The rules of a spec. Every failure names the value found and the values allowed.</summary>
internal static class Validator
{
    public const int MaxSize = 16_384;
    public const int MaxLayers = 64;
    public const int MaxParameters = 1 << 28;

    public static IReadOnlyList<Failure> Validate(ModelSpec spec, IReadOnlyList<MemberSpec> members)
    {
        List<Failure> failures = [];
        void Fail(DiagnosticDescriptor descriptor, SpecPlace place, params string[] arguments) =>
            failures.Add(new Failure(descriptor.Id, place, new(arguments)));

        ValidateClass(spec, Fail);
        ValidateModel(spec, Fail);
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            ValidateLayer(spec, i, Fail);
        }

        ValidateNames(spec, Fail);
        if (failures.Count == 0)
        {
            ModelPlan plan = Planner.Plan(spec);
            ValidateCost(plan, Fail);
            ValidateMembers(plan, members, Fail);
        }

        return failures;
    }

    private static void ValidateClass(ModelSpec spec, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        ClassShape shape = spec.Shape;
        if (!shape.IsPartial)
        {
            fail(Descriptors.NotPartial, SpecPlace.Class, [spec.Name]);
        }

        if (shape.Unsupported.Length > 0)
        {
            fail(Descriptors.UnsupportedType, SpecPlace.Class, [spec.Name, shape.Unsupported]);
        }

        if (shape.StrayLayer >= 0)
        {
            fail(Descriptors.LayersOnSeveralParts, new SpecPlace(shape.StrayLayer, ""), [spec.Name, spec.Layers[shape.StrayLayer].Kind]);
        }
    }

    private static void ValidateModel(ModelSpec spec, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        if (spec.Layers.Count == 0)
        {
            fail(Descriptors.NoLayers, SpecPlace.Class, [spec.Name]);
        }

        if (spec.Input is < 1 or > MaxSize)
        {
            fail(Descriptors.SizeOutOfRange, new SpecPlace(-1, "Input"), ["Input", Text(spec.Input), $"1 to {Text(MaxSize)}"]);
        }

        if (spec.Task is not ("ManyToMany" or "ManyToOne"))
        {
            fail(Descriptors.UnknownOption, new SpecPlace(-1, "Task"), ["Task", spec.Task, "ManyToMany, ManyToOne"]);
        }

        foreach (OptionSpec budget in spec.Budgets.Where(budget => Number(budget) < 0))
        {
            fail(Descriptors.SizeOutOfRange, new SpecPlace(-1, budget.Name), [budget.Name, Text(Number(budget)), "0 (no budget) or more"]);
        }

        if (spec.Task == "ManyToOne" && spec.Layers.Count > 0 && !spec.Layers.Any(Planner.ReadsPast))
        {
            fail(Descriptors.ManyToOneWithoutRecurrence, new SpecPlace(-1, "Task"), [spec.Name]);
        }
    }

    private static void ValidateLayer(ModelSpec spec, int index, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        LayerSpec layer = spec.Layers[index];
        bool last = index == spec.Layers.Count - 1;
        if (layer.Units is < 1 or > MaxSize)
        {
            fail(Descriptors.SizeOutOfRange, new SpecPlace(index, "Units"), ["The size of the layer", Text(layer.Units.Value), $"1 to {Text(MaxSize)}"]);
        }

        if (layer.Layers is < 1 or > MaxLayers)
        {
            fail(Descriptors.SizeOutOfRange, new SpecPlace(index, "Layers"), ["Layers", Text(layer.Layers), $"1 to {MaxLayers}"]);
        }

        if (layer.Units is null && !last)
        {
            fail(Descriptors.OpenLayerNotLast, new SpecPlace(index, ""), [layer.Kind]);
        }

        // As a float, which is what the generated code computes with: 0.99999999 would be 1 there, and the scale infinite.
        if (!((float)layer.Dropout >= 0 && (float)layer.Dropout < 1))
        {
            fail(Descriptors.DropoutOutOfRange, new SpecPlace(index, "Dropout"), [layer.Dropout.ToString(CultureInfo.InvariantCulture)]);
        }

        if (index > 0 && spec.Layers[index - 1] is var below && Planner.CellOf(below).EndsInSoftmax(below))
        {
            fail(Descriptors.LayerAfterSoftmax, new SpecPlace(index, ""), [layer.Kind]);
        }

        foreach (CellFailure failure in Planner.CellOf(layer).Check(layer))
        {
            fail(failure.Descriptor, new SpecPlace(index, failure.Argument), failure.Arguments);
        }

        foreach (OptionSpec option in layer.Options)
        {
            if (Planner.CellOf(layer).Options.TryGetValue(option.Name, out string[] allowed) && !allowed.Contains(option.Value))
            {
                fail(Descriptors.UnknownOption, new SpecPlace(index, option.Name), [option.Name, option.Value, string.Join(", ", allowed)]);
            }
        }
    }

    private static void ValidateNames(ModelSpec spec, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        IReadOnlyList<string> names = Planner.LayerNames(spec.Layers);
        Dictionary<string, string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i], problem = "";
            if (!name.Split('.').All(IsSegment))
            {
                problem = "is not a valid name";
            }

            // A stack of two claims its own name and those of its layers, gruL0 and gruL1.
            int stacked = Math.Min(spec.Layers[i].Layers, MaxLayers);
            IEnumerable<int> claims = [-1, .. stacked > 1 ? Enumerable.Range(0, stacked) : []];
            foreach (string claim in claims.Select(stack => Planner.Member(name, stack)))
            {
                if (!seen.TryGetValue(claim, out string other))
                {
                    seen.Add(claim, name);
                }
                else if (problem.Length == 0)
                {
                    problem = other == name ? "is used twice" : $"is too like \"{other}\"";
                }
            }

            if (problem.Length > 0)
            {
                fail(Descriptors.LayerName, new SpecPlace(i, "Name"), [name, problem]);
            }
        }
    }

    private static void ValidateMembers(ModelPlan plan, IReadOnlyList<MemberSpec> members, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        if (MemberNames.Contains(plan, plan.Spec.Name, isMethod: false))
        {
            fail(Descriptors.NameTaken, SpecPlace.Class, [plan.Spec.Name, plan.Spec.Name]);
        }

        foreach (MemberSpec member in members.Where(member => MemberNames.Contains(plan, member.Name, member.IsMethod)))
        {
            fail(Descriptors.NameTaken, SpecPlace.Member(member.Name), [member.Name, plan.Spec.Name]);
        }
    }

    private static void ValidateCost(ModelPlan plan, Action<DiagnosticDescriptor, SpecPlace, string[]> fail)
    {
        long parameters = plan.Layers.Sum(layer => layer.ParametersPerUnit * (layer.Units ?? 1));
        if (parameters > MaxParameters)
        {
            fail(Descriptors.TooLarge, SpecPlace.Class, [plan.Spec.Name, Text(parameters), Text(MaxParameters)]);
            return;
        }

        foreach (OptionSpec budget in plan.Spec.Budgets.Where(budget => Number(budget) > 0))
        {
            Func<LayerPlan, long> cost = budget.Name switch
            {
                "MaxWeightBytes" => layer => 4 * layer.ParametersPerUnit * (layer.Units ?? 1),
                "MaxStateBytes" => layer => 4 * layer.Program.States.Count() * (long)(layer.Units ?? 0),
                _ => layer => layer.PerSequence ? 0 : layer.MultiplyAddsPerUnit * (layer.Units ?? 1),
            };
            long needed = plan.Layers.Sum(cost);
            if (needed > Number(budget))
            {
                LayerPlan largest = plan.Layers.OrderByDescending(cost).First();
                string outputs = plan.IsOpen ? " with one output" : "";
                fail(Descriptors.OverBudget, new SpecPlace(-1, budget.Name),
                    [budget.Name, Text(Number(budget)), Text(needed) + outputs, $"{largest.Name} ({largest.Title})", Text(cost(largest))]);
            }
        }
    }

    private static int Number(OptionSpec option) => int.Parse(option.Value, CultureInfo.InvariantCulture);

    /// <summary>A name of a module as PyTorch has them: of an attribute, or the number of one in a <c>Sequential</c>.</summary>
    private static bool IsSegment(string segment) => segment.Any(IsLetterOrDigit) && segment.All(c => IsLetterOrDigit(c) || c == '_');

    private static bool IsLetterOrDigit(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9';

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
