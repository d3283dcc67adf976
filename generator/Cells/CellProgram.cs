namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// A cell's equations in the order in which they can be computed: accumulators, operands (one weight panel each) and stages.
/// A stage ends where an affine map needs a value of all units (the reset gate before the product): its element-wise part
/// finishes for every unit before the next stage's products begin.
/// </summary>
internal sealed class CellProgram
{
    private readonly Dictionary<Expr, int> _levels = [];

    public CellProgram(CellEquations equations)
    {
        Equations = equations;
        List<Expr> order = TopologicalOrder(equations.Named);
        List<Affine> affines = [.. order.OfType<Affine>()];
        Normalisations = [.. order.OfType<Normalised>().Select(result => result.Group).Distinct()];
        Accumulators = [.. equations.Spaces.SelectMany(space => AccumulatorOrder([.. affines.Where(affine => affine.Gate.Space == space)]))];
        Operands = FindOperands(affines);
        int stages = 1 + order.Max(Level);
        Stages = [.. Enumerable.Range(0, stages).Select(stage => new CellStage(this, stage, order))];
        foreach (CellStage stage in Stages.Reverse())
        {
            stage.Differentiate();
        }

        Layout = new CellSlots(this, order);
    }

    public CellEquations Equations { get; }

    /// <summary>By space, and there in slot order; each operand feeds a contiguous run of them.</summary>
    public IReadOnlyList<Accumulator> Accumulators { get; }

    /// <summary>The vectors that are multiplied by weights: x first, then the states, then values that an earlier stage computes.</summary>
    public IReadOnlyList<CellOperand> Operands { get; }

    public IReadOnlyList<CellStage> Stages { get; }

    /// <summary>Groups of values that are normalised between two stages.</summary>
    public IReadOnlyList<Normalisation> Normalisations { get; }

    /// <summary>Where training keeps what: the slots of a row.</summary>
    public CellSlots Layout { get; }

    /// <summary>Vectors per unit block that a row of training activations holds.</summary>
    public int Slots => Layout.Count(Equations.Units);

    /// <summary>Tensors of trained vectors and scalars that the equations read.</summary>
    public IEnumerable<ParameterTensor> ReadTensors => Equations.Tensors.Where(tensor => tensor.InitialOf is null);

    public bool IsRecurrent => Equations.Kept.Any(kept => kept.IsState);

    public IEnumerable<Kept> States => Equations.Kept.Where(kept => kept.IsState);

    /// <summary>The stage in which a value can be computed; of a normalised value, the stage before the one that can read it.</summary>
    public int Level(Expr e)
    {
        if (!_levels.TryGetValue(e, out int level))
        {
            level = e is Affine affine
                ? affine.Operands.Max(OperandLevel)
                : e.Operands.Count == 0 ? 0 : e.Operands.Max(operand => operand is Normalised ? Level(operand) + 1 : Level(operand));
            _levels[e] = level;
        }

        return level;
    }

    public int Level(Normalisation group) => Level(group.Results[0]);

    /// <summary>
    /// True where a value is zero at units whose weights, trained vectors and states are zero: those of the padding. A state for which this does not hold could grow
    /// there from step to step, and zero times infinity is no gradient.
    /// </summary>
    public static bool IsZeroInPadding(Expr e) => e switch
    {
        Affine or Previous or Parameter { IsScalar: false } => true,
        Constant constant => constant.Value == 0,
        Unary unary => unary.Function != Function.Sigmoid && IsZeroInPadding(unary.Operand),
        Binary { Op: '*' } product => product.Operands.Any(IsZeroInPadding),
        Binary sum => sum.Operands.All(IsZeroInPadding),
        _ => false,
    };

    /// <summary>The space whose units a value runs over; null for x and for what is the same for all units.</summary>
    public CellSpace? SpaceOf(Expr e)
    {
        switch (e)
        {
            case Affine affine:
                return affine.Gate.Space;
            case Previous previous:
                return previous.Kept.Space;
            case Parameter { IsScalar: false } parameter:
                return parameter.Space;
            case Normalised normalised:
                return SpaceOf(normalised.Value);
        }

        List<CellSpace> spaces = [.. e.Operands.Select(SpaceOf).OfType<CellSpace>().Distinct()];
        return spaces.Count > 1
            ? throw new InvalidOperationException("A value combines vectors of different lengths.")
            : spaces.FirstOrDefault();
    }

    public Kept? KeptWithNext(Expr e) => Equations.Kept.FirstOrDefault(kept => ReferenceEquals(kept.Next, e));

    public CellOperand? OperandOf(Expr e) => Operands.FirstOrDefault(operand => ReferenceEquals(operand.Vector, e));

    public static List<Expr> TopologicalOrder(IEnumerable<Expr> roots)
    {
        List<Expr> order = [];
        HashSet<Expr> seen = [];
        void Visit(Expr e)
        {
            if (seen.Add(e))
            {
                foreach (Expr operand in e.Operands)
                {
                    Visit(operand);
                }

                order.Add(e);
            }
        }

        foreach (Expr root in roots)
        {
            Visit(root);
        }

        return order;
    }

    private int OperandLevel(Expr vector) => vector is InputVector or Previous ? 0 : Level(vector) + 1;

    /// <summary>
    /// The first order of the accumulators, closest to the order of the gates, in which every operand feeds a contiguous run
    /// that begins with those that already hold a running value: then one kernel call serves an operand.
    /// </summary>
    private IReadOnlyList<Accumulator> AccumulatorOrder(List<Affine> affines)
    {
        List<Affine> byGate = [.. affines.OrderBy(a => a.Gate.Index).ThenBy(a => a.Operands[0] is InputVector ? 0 : 1)];
        List<Affine> order = [];
        if (!Extend(order, byGate, [.. VectorsInOrder(affines)]))
        {
            throw new CellOrderException();
        }

        return [.. order.Select((affine, slot) => new Accumulator(affine, slot, AccumulatorName(affine, affines), Level(affine)))];
    }

    /// <summary>Adds the other maps to the order, one by one, and goes back where a run would be torn. Of maps with equal operands only the first is tried.</summary>
    private static bool Extend(List<Affine> order, List<Affine> others, List<Expr> vectors)
    {
        List<Affine> tried = [];
        foreach (Affine next in others)
        {
            if (tried.Any(other => new HashSet<Expr>(other.Operands).SetEquals(next.Operands)))
            {
                continue;
            }

            tried.Add(next);
            order.Add(next);
            List<Affine> rest = [.. others.Where(other => other != next)];
            if (vectors.All(vector => CanBeRun(order, rest, vector, vectors)) && Extend(order, rest, vectors))
            {
                return true;
            }

            order.RemoveAt(order.Count - 1);
        }

        return others.Count == 0;
    }

    /// <summary>False where the vector's run is torn already: by a map that it does not feed, or by a running value behind a new one.</summary>
    private static bool CanBeRun(List<Affine> order, List<Affine> rest, Expr vector, List<Expr> vectors)
    {
        List<int> fed = [.. Enumerable.Range(0, order.Count).Where(i => order[i].Operands.Contains(vector))];
        if (fed.Count == 0)
        {
            return true;
        }

        bool ended = fed[fed.Count - 1] < order.Count - 1;
        if (fed[fed.Count - 1] - fed[0] + 1 != fed.Count || (ended && rest.Any(affine => affine.Operands.Contains(vector))))
        {
            return false;
        }

        bool HasRunningValue(int i) => order[i].Operands.Any(other => vectors.IndexOf(other) < vectors.IndexOf(vector));
        return fed.SkipWhile(HasRunningValue).All(i => !HasRunningValue(i));
    }

    /// <summary>x, then the states, then computed vectors: the order in which the parts of a sum are added.</summary>
    private IEnumerable<Expr> VectorsInOrder(IEnumerable<Affine> affines) =>
        affines.SelectMany(affine => affine.Operands).Distinct().OrderBy(vector => vector is InputVector ? 0 : 1).ThenBy(OperandLevel);

    /// <summary>Name of the variable: the gate's, with the operand where the gate has several sums (<c>nx</c>, <c>nh</c>).</summary>
    private static string AccumulatorName(Affine affine, List<Affine> affines)
    {
        string gate = affine.Gate.Variable ?? (affine.Gate.Name.Length == 0 ? "a" : affine.Gate.Name);
        return affines.Count(other => other.Gate == affine.Gate) == 1 ? gate : gate + (affine.Operands[0] is InputVector or Previous ? affine.Operands[0].Name : "m");
    }

    private List<CellOperand> FindOperands(List<Affine> affines)
    {
        List<CellOperand> operands = [];
        List<Expr> vectors = [.. VectorsInOrder(affines)];
        int computed = vectors.Count(vector => vector is not (InputVector or Previous));
        foreach (Expr vector in vectors)
        {
            List<Accumulator> fed = [.. Accumulators.Where(accumulator => accumulator.Affine.Operands.Contains(vector))];
            if (fed.Select(accumulator => (accumulator.Affine.Gate.Space, accumulator.Affine.Gate.HasBias)).Distinct().Count() > 1)
            {
                throw new InvalidOperationException("A vector feeds gates of different lengths, or gates with and without a bias.");
            }

            int running = fed.Count(accumulator => operands.Any(earlier => earlier.Feeds(accumulator)));
            string name = vector is InputVector or Previous ? vector.Name! : computed == 1 ? "m" : "m" + operands.Count;
            operands.Add(new CellOperand(vector, name, operands.Count, OperandLevel(vector), fed, running));
        }

        return operands;
    }
}

/// <summary>One sum of affine maps: a vector register in the kernels, a slot in training rows.</summary>
internal sealed record Accumulator(Affine Affine, int Slot, string Name, int Stage)
{
    public bool Equals(Accumulator? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Slot;
}

/// <summary>A vector that is multiplied by weights, and the run of accumulators it feeds: one panel.</summary>
/// <param name="Vector">x, a previous state, or a value of an earlier stage.</param>
/// <param name="Name">Name in generated code: x, h, m (a value of an earlier stage).</param>
/// <param name="Index">0 for x.</param>
/// <param name="Stage">The stage in which its product is computed.</param>
/// <param name="Accumulators">The accumulators it feeds, contiguous in slot order.</param>
/// <param name="Running">How many of them, the leading ones, already hold a running value.</param>
internal sealed record CellOperand(Expr Vector, string Name, int Index, int Stage, IReadOnlyList<Accumulator> Accumulators, int Running)
{
    public bool IsInput => Vector is InputVector;

    public bool IsComputed => Vector is not (InputVector or Previous);

    /// <summary>The space of the sums.</summary>
    public CellSpace Space => Accumulators[0].Affine.Gate.Space;

    public bool HasBias => Accumulators[0].Affine.Gate.HasBias;

    public int FirstSlot => Accumulators[0].Slot;

    /// <summary>Vectors per column of the panel.</summary>
    public int Vectors => Accumulators.Count;

    /// <summary>Accumulator sets that hide the latency of the multiply-add; part of the sum order, the same at every vector width.</summary>
    public int Sets => Vectors <= 2 ? 4 : 2;

    public bool Feeds(Accumulator accumulator) => Accumulators.Contains(accumulator);
}
