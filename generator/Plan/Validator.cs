using System.Globalization;
using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Cells;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Plan;

/// <summary>The rules of a spec. Every failure names the value found and the values allowed.</summary>
internal static class Validator
{
    public const int MaxSize = 16_384;
    public const int MaxLayers = 64;
    public const int MaxParameters = 1 << 28;

    public static IReadOnlyList<Failure> Validate(ModelSpec spec, IReadOnlyList<MemberSpec> members)
    {
        List<Failure> failures = [];
        void Fail(DiagnosticDescriptor descriptor, SpecPlace place, string[] arguments, params Remedy[] remedies) =>
            failures.Add(new Failure(descriptor.Id, place, new(arguments), new(remedies)));

        if (spec.Shape.Language.Length > 0)
        {
            Fail(Descriptors.LanguageTooOld, SpecPlace.Class, [spec.Name, spec.Shape.Language]);
            return failures;
        }

        ValidateClass(spec, Fail);
        ValidateModel(spec, Fail);
        FeatureRules.Validate(spec, Fail);
        for (int i = 0; i < spec.Layers.Count; i++)
        {
            ValidateLayer(spec, i, Fail);
        }

        DirectionRules.Validate(spec, Fail);
        TimeRules.Validate(spec, Fail);
        ValidateNames(spec, Fail);
        if (failures.Count == 0)
        {
            new DecoderRules(spec, Fail).Validate();
        }

        if (failures.Count == 0)
        {
            ModelPlan plan = Planner.Plan(spec);
            TimeRules.ValidateWindows(plan, Fail);
            ValidateCost(plan, Fail);
            ValidateMembers(plan, members, Fail);
        }

        return failures;
    }

    private static void ValidateClass(ModelSpec spec, Fail fail)
    {
        ClassShape shape = spec.Shape;
        if (!shape.IsPartial)
        {
            fail(Descriptors.NotPartial, SpecPlace.Class, [spec.Name]);
        }

        if (shape.Unsupported.Length > 0)
        {
            string modifier = shape.Unsupported switch
            {
                "a static class" => "static",
                "an abstract class" => "abstract",
                "a file-local class" => "file",
                _ => "",
            };
            fail(Descriptors.UnsupportedType, SpecPlace.Class, [spec.Name, shape.Unsupported], modifier.Length > 0 ? [new Remedy(SpecPlace.Class, modifier)] : []);
        }

        if (shape.StrayLayer >= 0)
        {
            fail(Descriptors.LayersOnSeveralParts, new SpecPlace(shape.StrayLayer, ""), [spec.Name, spec.Layers[shape.StrayLayer].Kind]);
        }
    }

    private static void ValidateModel(ModelSpec spec, Fail fail)
    {
        if (spec.Layers.Count == 0)
        {
            fail(Descriptors.NoLayers, SpecPlace.Class, [spec.Name, LayerKinds.All]);
        }

        if (spec.Features is null && !spec.LacksAudioLibrary)
        {
            ValidateRange(spec.Input, new OptionRange(1, MaxSize, 0), "Input", new SpecPlace(-1, "Input"), fail);
        }

        ValidateChoice(spec.Task, ["ManyToMany", "ManyToOne"], new SpecPlace(-1, "Task"), fail);
        ValidateChoice(spec.Weights, ["Float32", "Int8"], new SpecPlace(-1, "Weights"), fail);

        foreach (OptionSpec budget in spec.Budgets.Where(budget => Number(budget) < 0))
        {
            SpecPlace place = new(-1, budget.Name);
            fail(Descriptors.SizeOutOfRange, place, [budget.Name, Numbers.Text(Number(budget)), "0 (no budget) or more"], new Remedy(place, "0"));
        }

        if (spec.Task == "ManyToOne" && spec.Layers.Count > 0 && !spec.Layers.Any(Planner.ReadsPast))
        {
            SpecPlace place = new(-1, "Task");
            fail(Descriptors.ManyToOneWithoutRecurrence, place, [spec.Name, LayerKinds.Recurrent], new Remedy(place, "ManyToMany"));
        }
    }

    private static void ValidateLayer(ModelSpec spec, int index, Fail fail)
    {
        LayerSpec layer = spec.Layers[index];
        bool last = index == spec.Layers.Count - 1;
        if (layer.Units is { } units)
        {
            ValidateRange(units, new OptionRange(1, MaxSize, 0), "The size of the layer", new SpecPlace(index, "Units"), fail);
        }

        ValidateRange(layer.Layers, new OptionRange(1, MaxLayers, 1), "Layers", new SpecPlace(index, "Layers"), fail);

        ValidateTokens(spec, index, fail);
        if (layer.Units is null && !last && Planner.CellOf(layer) is not null)
        {
            fail(Descriptors.OpenLayerNotLast, new SpecPlace(index, ""), [layer.Kind]);
        }

        // As a float, which is what the generated code computes with: 0.99999999 would be 1 there, and the scale infinite.
        if (!((float)layer.Dropout >= 0 && (float)layer.Dropout < 1))
        {
            SpecPlace place = new(index, "Dropout");
            fail(Descriptors.DropoutOutOfRange, place, [layer.Dropout.ToString(CultureInfo.InvariantCulture)], [.. Remedies.Dropout(layer.Dropout).Select(value => new Remedy(place, value))]);
        }

        if (index > 0 && spec.Layers[index - 1] is var below && Planner.CellOf(below)?.EndsInSoftmax(below) == true)
        {
            IEnumerable<string> others = Planner.KindOf(below).Options["Activation"].Where(activation => activation != "Softmax");
            fail(Descriptors.LayerAfterSoftmax, new SpecPlace(index, ""), [layer.Kind], [.. others.Select(other => new Remedy(new(index - 1, "Activation"), other))]);
        }

        foreach (CellFailure failure in Planner.CellOf(layer)?.Check(layer) ?? [])
        {
            SpecPlace place = new(index, failure.Option);
            fail(failure.Descriptor, place, failure.Arguments, [.. failure.Remedies.Select(remedy => new Remedy(place, remedy))]);
        }

        ValidateOptions(Planner.KindOf(layer), layer, index, fail);
    }

    /// <summary>The arguments that the kind of layer declares: named values and whole numbers.</summary>
    internal static void ValidateOptions(LayerKind kind, LayerSpec layer, int index, Fail fail)
    {
        foreach (OptionSpec option in layer.Options)
        {
            SpecPlace place = new(index, option.Name);
            if (kind.Options.TryGetValue(option.Name, out string[] allowed))
            {
                ValidateChoice(option.Value, allowed, place, fail);
            }
            else if (kind.Ranges.TryGetValue(option.Name, out OptionRange range))
            {
                ValidateRange(Number(option), range, option.Name, place, fail);
            }
        }
    }

    /// <summary>What a layer has that needs its input as vectors, not as tokens that are looked up: the argument, or none, and what it is; or null.</summary>
    private static (string Argument, string Value)? ReadsRows(LayerSpec layer) => (Planner.CellOf(layer)?.Window(layer), layer) switch
    {
        (_, { Residual: true }) => ("Residual", "true"),
        (_, { Direction: not "Forward" }) => ("Direction", layer.Direction),
        ({ Kernel: > 1 } window, _) => ("Kernel", Numbers.Text(window.Kernel)),
        ({ Stride: > 1 } window, _) => ("Stride", Numbers.Text(window.Stride)),
        _ => Planner.CellOf(layer)?.PoolsTime == true ? ("", "a mean of its inputs") : null,
    };

    /// <summary>Tokens become vectors in the first layer.</summary>
    private static void ValidateTokens(ModelSpec spec, int index, Fail fail)
    {
        LayerSpec layer = spec.Layers[index];
        if (layer.TakesTokens && index > 0 && !spec.Layers[index - 1].Is(LayerKind.Decoder))
        {
            fail(Descriptors.TokensNotFirst, new SpecPlace(index, ""), [layer.Kind, spec.Layers[index - 1].Kind]);
        }

        if (index > 0 && spec.Layers[index - 1].Is(LayerKind.OneHot) && ReadsRows(layer) is var (argument, value))
        {
            fail(Descriptors.OneHotRows, new SpecPlace(index, argument), [argument.Length > 0 ? argument : "The output", value, layer.Kind]);
        }

        if (!layer.Is(LayerKind.OneHot))
        {
            return;
        }

        if (spec.Layers.Count == 1)
        {
            fail(Descriptors.OneHotAlone, new SpecPlace(index, ""), [spec.Name]);
        }

        if (layer.Name is not null)
        {
            fail(Descriptors.NothingToSet, new SpecPlace(index, "Name"), ["Name", $"\"{layer.Name}\"", layer.Kind]);
        }

        if (layer.Dropout != 0)
        {
            fail(Descriptors.NothingToSet, new SpecPlace(index, "Dropout"), ["Dropout", layer.Dropout.ToString(CultureInfo.InvariantCulture), layer.Kind]);
        }
    }

    internal static void ValidateChoice(string value, string[] allowed, SpecPlace place, Fail fail)
    {
        if (!allowed.Contains(value))
        {
            fail(Descriptors.UnknownOption, place, [place.Argument, value, string.Join(", ", allowed)], [.. allowed.Select(other => new Remedy(place, other))]);
        }
    }

    private static void ValidateRange(int value, OptionRange range, string title, SpecPlace place, Fail fail)
    {
        if (value < range.Min || value > range.Max)
        {
            string nearest = Remedies.Literal(Math.Min(Math.Max(value, range.Min), range.Max));
            fail(Descriptors.SizeOutOfRange, place, [title, Numbers.Text(value), $"{Numbers.Text(range.Min)} to {Numbers.Text(range.Max)}"], new Remedy(place, nearest));
        }
    }

    private static void ValidateNames(ModelSpec spec, Fail fail)
    {
        IReadOnlyList<string> names = Planner.LayerNames(spec.Layers), problems = NameProblems(spec);
        for (int i = 0; i < names.Count; i++)
        {
            if (problems[i].Length > 0)
            {
                SpecPlace place = new(i, "Name");
                fail(Descriptors.LayerName, place, [names[i], problems[i]], [.. Remedies.Names(spec, i, names[i]).Select(free => new Remedy(place, $"\"{free}\""))]);
            }
        }
    }

    /// <summary>What is wrong with the name of each layer, or empty.</summary>
    internal static IReadOnlyList<string> NameProblems(ModelSpec spec)
    {
        IReadOnlyList<string> names = Planner.LayerNames(spec.Layers);
        List<string> problems = [];
        Dictionary<string, string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i], problem = "";
            if (!name.Split('.').All(IsSegment))
            {
                problem = "is not a valid name";
            }

            // A stack of two claims its own name and those of its layers, gruL0 and gruL1; a reverse direction gruReverse; a layer of several modules theirs.
            int stacked = Math.Min(spec.Layers[i].Layers, MaxLayers);
            IEnumerable<int> stacks = [-1, .. stacked > 1 ? Enumerable.Range(0, stacked) : []];
            IEnumerable<bool> directions = spec.Layers[i].Direction == "Forward" ? [false] : [false, true];
            IEnumerable<string> modules = Planner.KindOf(spec.Layers[i]).Modules.Select(module => Planner.Member($"{name}.{module}", -1));
            foreach (string claim in stacks.SelectMany(stack => directions.Select(isReverse => Planner.Member(name, stack, isReverse))).Concat(modules))
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

            problems.Add(problem);
        }

        return problems;
    }

    private static void ValidateMembers(ModelPlan plan, IReadOnlyList<MemberSpec> members, Fail fail)
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

    private static void ValidateCost(ModelPlan plan, Fail fail)
    {
        long parameters = Parameters(plan);
        if (parameters > MaxParameters)
        {
            LayerPlan largest = plan.Layers.OrderByDescending(layer => layer.ParameterCount(1)).First();
            fail(Descriptors.TooLarge, SpecPlace.Class, [plan.Spec.Name, Numbers.Text(parameters), Numbers.Text(MaxParameters)],
                Remedies.Smaller(plan.Spec, largest, smaller => Parameters(smaller) <= MaxParameters));
            return;
        }

        foreach (OptionSpec budget in plan.Spec.Budgets.Where(budget => Number(budget) > 0))
        {
            Func<LayerPlan, long> cost = Cost(plan, budget.Name);
            long Needed(ModelPlan model) => budget.Name == "MaxStateBytes" ? 4 * model.StateValues : model.Layers.Sum(Cost(model, budget.Name));
            long needed = Needed(plan);
            if (needed > Number(budget))
            {
                LayerPlan largest = plan.Layers.OrderByDescending(cost).First();
                string outputs = plan.IsOpen ? " with one output" : "";
                SpecPlace place = new(-1, budget.Name);
                fail(Descriptors.OverBudget, place,
                    [budget.Name, Numbers.Text(Number(budget)), Numbers.Text(needed) + outputs, $"{largest.Name} ({largest.Title})", Numbers.Text(cost(largest))],
                    [
                        new Remedy(place, Remedies.Literal(needed)),
                        .. Remedies.Smaller(plan.Spec, largest, smaller => Needed(smaller) <= Number(budget)),
                    ]);
            }
        }
    }

    private static long Parameters(ModelPlan plan) => plan.Layers.Sum(layer => layer.ParameterCount(1));

    /// <summary>What a layer takes of a budget; of that of the state, what the nodes that belong to it keep.</summary>
    private static Func<LayerPlan, long> Cost(ModelPlan plan, string budget) => budget switch
    {
        "MaxWeightBytes" => layer => layer.WeightBytes(1),
        "MaxStateBytes" => layer => 4 * plan.Nodes.Where(node => node.Member == layer.Member).Sum(node => node.States.Sum(state => (long)state.Width) + (node.History?.Values ?? 0)),
        _ => layer => layer.PerSequence ? 0 : layer.MultiplyAdds(1),
    };

    private static int Number(OptionSpec option) => int.Parse(option.Value, CultureInfo.InvariantCulture);

    /// <summary>A name of a module as PyTorch has them: of an attribute, or the number of one in a <c>Sequential</c>.</summary>
    internal static bool IsSegment(string segment) => segment.Any(IsLetterOrDigit) && segment.All(c => IsLetterOrDigit(c) || c == '_');

    internal static bool IsLetterOrDigit(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9';
}
