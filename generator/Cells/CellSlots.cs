namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// The slots of a row of training activations, one vector per unit block each: pre-activations, then what the backward pass reads, then gradients.
/// Every space has slots of its own, counted from 0.
/// </summary>
/// <remarks>One stage: saved values take the place of the accumulators, and the deltas theirs. Several stages: each has slots of its own.</remarks>
internal sealed class CellSlots
{
    private readonly CellProgram _program;
    private readonly int[] _next;
    private readonly Dictionary<Expr, int> _saved = [];
    private readonly Dictionary<Expr, int> _adjoints = [];
    private readonly Dictionary<Parameter, int> _parameters = [];
    private readonly Dictionary<Normalisation, int> _scales = [];
    private readonly HashSet<Normalisation> _inPlace = [];

    public CellSlots(CellProgram program, IReadOnlyList<Expr> order)
    {
        _program = program;
        _next = new int[program.Equations.Spaces.Count];
        if (program.Stages.Count > 1)
        {
            StartBehindAccumulators();
        }

        foreach (Normalisation group in program.Normalisations)
        {
            PlaceGroup(group);
        }

        HashSet<Expr> needed = [.. program.Stages.SelectMany(stage => stage.ValuesReadBackward().Concat(stage.ValuesReadFromEarlierStages()))];
        foreach (Expr e in order.Where(e => needed.Contains(e) && e is not Normalised && program.KeptWithNext(e) is null))
        {
            _saved[e] = Take(e);
        }

        // Deltas take the place of the accumulators: what is not saved in theirs stays clear of them.
        StartBehindAccumulators();
        foreach (Expr e in program.Stages.SelectMany(stage => stage.EarlierAdjoints.Keys).Where(e => e is not Normalised).Distinct())
        {
            _adjoints[e] = Take(e);
        }

        foreach (Normalised result in program.Normalisations.SelectMany(InOrder))
        {
            _adjoints[result] = Take(result);
        }

        foreach (Parameter parameter in program.ReadTensors.SelectMany(tensor => tensor.Vectors))
        {
            _parameters[parameter] = _next[parameter.Space.Index]++;
        }
    }

    /// <summary>Forward values that the backward pass, or a later stage, reads.</summary>
    public IReadOnlyDictionary<Expr, int> Saved => _saved;

    /// <summary>Adjoints that a later stage hands to an earlier one.</summary>
    public IReadOnlyDictionary<Expr, int> Adjoints => _adjoints;

    /// <summary>Gradients of trained vectors and scalars.</summary>
    public IReadOnlyDictionary<Parameter, int> Parameters => _parameters;

    /// <summary>1 / sqrt(variance + epsilon) of each group, in the first float of a slot.</summary>
    public IReadOnlyDictionary<Normalisation, int> Scales => _scales;

    /// <summary>Vectors per unit block that a row holds.</summary>
    public int Count(CellSpace space) => _next[space.Index];

    /// <summary>True for sums that are normalised in their own slots.</summary>
    public bool IsNormalisedInPlace(Accumulator accumulator) => _inPlace.Any(group => group.Values.Contains(accumulator.Affine));

    /// <summary>True for normalised values that lie in the slots of their sums.</summary>
    public bool IsNormalisedInPlace(Expr e) => e is Normalised normalised && _inPlace.Contains(normalised.Group);

    /// <summary>The results of a group in the order of their slots, which are neighbours.</summary>
    public IEnumerable<Normalised> InOrder(Normalisation group) => group.Results.OrderBy(result => _saved[result]);

    private void StartBehindAccumulators()
    {
        foreach (CellSpace space in _program.Equations.Spaces)
        {
            int accumulators = _program.Accumulators.Count(accumulator => accumulator.Affine.Gate.Space == space);
            _next[space.Index] = Math.Max(_next[space.Index], accumulators);
        }
    }

    /// <summary>A group that holds sums, and all that some operands feed, stays in their slots; any other group gets slots of its own.</summary>
    private void PlaceGroup(Normalisation group)
    {
        List<Accumulator> sums = [.. _program.Accumulators.Where(accumulator => group.Values.Contains(accumulator.Affine))];
        bool inPlace = sums.Count == group.Values.Count && sums[sums.Count - 1].Slot - sums[0].Slot + 1 == sums.Count;
        foreach (Normalised result in group.Results)
        {
            _saved[result] = inPlace ? sums.Single(sum => sum.Affine == result.Value).Slot : Take(result);
        }

        _scales[group] = Take(group.Results[0]);
        if (inPlace)
        {
            _inPlace.Add(group);
        }
    }

    private int Take(Expr e) => _next[(_program.SpaceOf(e) ?? _program.Equations.Units).Index]++;
}
