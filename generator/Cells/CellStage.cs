namespace Seq.Embedded.Generator.Cells;

/// <summary>One stage of a cell: what it computes forward, and the backward statements derived from that by reverse-mode differentiation.</summary>
internal sealed class CellStage(CellProgram program, int index, IReadOnlyList<Expr> order)
{
    private readonly List<Statement> _backward = [];

    public int Index { get; } = index;

    public IEnumerable<CellOperand> Operands => program.Operands.Where(operand => operand.Stage == Index);

    public IEnumerable<Accumulator> Accumulators => program.Accumulators.Where(accumulator => accumulator.Stage == Index);

    /// <summary>Element-wise values in order, each a variable of the generated code.</summary>
    public IEnumerable<Expr> Values => order.Where(e => program.Level(e) == Index && IsVariable(e) && !e.IsUniform);

    /// <summary>The units over which the stage runs.</summary>
    public CellSpace Space { get; } = SpaceOf(program, index, order);

    /// <summary>Kept values that this stage finishes.</summary>
    public IEnumerable<Kept> Kept => program.Equations.Kept.Where(kept => program.Level(kept.Next) == Index);

    /// <summary>Vectors that this stage computes for the products of the next.</summary>
    public IEnumerable<CellOperand> ComputedOperands => program.Operands.Where(operand => operand.IsComputed && program.Level(operand.Vector) == Index);

    /// <summary>The backward statements: adjoints named d..., in order.</summary>
    public IReadOnlyList<Statement> Backward => _backward;

    /// <summary>Delta of each accumulator of the stage.</summary>
    public Dictionary<Accumulator, Expr> Deltas { get; } = [];

    /// <summary>Element-wise part of the gradient of previous states.</summary>
    public Dictionary<Kept, Expr> PreviousAdjoints { get; } = [];

    /// <summary>Adjoints of values of earlier stages, and of previous states whose next value an earlier stage finishes.</summary>
    public Dictionary<Expr, Expr> EarlierAdjoints { get; } = [];

    /// <summary>Adjoints of trained vectors and scalars.</summary>
    public Dictionary<Parameter, Expr> ParameterAdjoints { get; } = [];

    /// <summary>Groups that the runtime normalises before this stage.</summary>
    public IEnumerable<Normalisation> NormalisedBefore => program.Normalisations.Where(group => program.Level(group) == Index - 1);

    /// <summary>Groups that the runtime normalises after this stage.</summary>
    public IEnumerable<Normalisation> NormalisedAfter => program.Normalisations.Where(group => program.Level(group) == Index);

    /// <summary>What later stages hand to this one: the adjoints of its values, and of previous states that it finishes.</summary>
    public IEnumerable<Expr> LaterAdjoints => program.Stages.Skip(Index + 1).SelectMany(later => later.EarlierAdjoints.Keys).Distinct()
        .Where(e => e is not Normalised && (e is Previous previous ? program.Level(previous.Kept.Next) : program.Level(e)) == Index);

    /// <summary>Values of earlier stages that this stage's equations read.</summary>
    public IEnumerable<Expr> ValuesReadFromEarlierStages() => order
        .Where(e => program.Level(e) == Index && e is not Affine)
        .SelectMany(e => e.Operands)
        .SelectMany(EarlierValues)
        .Distinct();

    /// <summary>Forward values that the backward statements read and that are neither kept nor computed again from others.</summary>
    public IEnumerable<Expr> ValuesReadBackward() =>
        _backward.Select(statement => statement.Value)
            .Concat(Deltas.Values).Concat(PreviousAdjoints.Values).Concat(EarlierAdjoints.Values).Concat(ParameterAdjoints.Values)
            .SelectMany(Stored).Distinct();

    /// <summary>Reverse-mode differentiation of the stage's equations (Griewank and Walther 2008, chapter 3).</summary>
    public void Differentiate()
    {
        Dictionary<Expr, Expr> adjoints = [];
        void Contribute(Expr e, Expr adjoint) => adjoints[e] = adjoints.TryGetValue(e, out Expr sum) ? sum + adjoint : adjoint;

        foreach (Kept kept in Kept)
        {
            Contribute(kept.Next, new Local(Adjoint(kept.Name)));
        }

        foreach (CellOperand operand in ComputedOperands)
        {
            Contribute(operand.Vector, new Local(Adjoint(operand.Name)));
        }

        foreach (Expr e in LaterAdjoints)
        {
            Contribute(e, new Local(LaterAdjoint(e)));
        }

        foreach (Normalised result in NormalisedAfter.SelectMany(group => group.Results))
        {
            Contribute(result.Value, new Local(LaterAdjoint(result)));
        }

        foreach (Expr e in order.Reverse().Where(adjoints.ContainsKey))
        {
            Expr adjoint = adjoints[e];
            if (e is Previous previous && program.Level(previous.Kept.Next) >= Index)
            {
                PreviousAdjoints[previous.Kept] = adjoint;
            }
            else if (e is Parameter parameter)
            {
                ParameterAdjoints[parameter] = adjoint;
            }
            else if (e is Previous || IsOfEarlierStage(e))
            {
                EarlierAdjoints[e] = adjoint;
            }
            else if (e is Affine affine)
            {
                Deltas[program.Accumulators.Single(accumulator => accumulator.Affine == affine)] = adjoint;
            }
            else
            {
                Propagate(e, Variable(e, adjoint), Contribute);
            }
        }
    }

    public string VariableName(Expr e) => e switch
    {
        Previous previous => previous.Kept.Name,
        Local => e.Name!,
        Affine affine => program.Accumulators.Single(accumulator => accumulator.Affine == affine).Name + "Sum",
        Normalised normalised => "norm" + Capital(VariableName(normalised.Value).Replace("Next", "")),
        Parameter parameter => ParameterName(parameter),
        { Variable: { } variable } => variable,
        { Name: { } name } => name.Replace("'", "Next"),
        Unary { Operand: Binary { Name: null } } unary => unary.Function.ToString().ToLowerInvariant() + order.TakeWhile(other => other != e).Count(other => other is Unary),
        Unary unary => unary.Function.ToString().ToLowerInvariant() + Capital(VariableName(unary.Operand).Replace("Next", "")),
        _ => throw new InvalidOperationException("The value has no variable."),
    };

    /// <summary>Of <c>p_i</c>, as the equations write it, <c>pI</c>.</summary>
    public static string ParameterName(Parameter parameter) => parameter.Variable
        ?? string.Concat(parameter.Name!.Split('_').Select((part, index) => index == 0 ? part : Capital(part)));

    /// <summary>True for values that get a variable; the others are written inside the expression that uses them.</summary>
    public static bool IsVariable(Expr e) => e is Unary || (e is Binary && e.Name is not null);

    /// <summary>Name of an adjoint that a later stage, or the normalisation after this one, hands to this stage.</summary>
    public string LaterAdjoint(Expr e) => Adjoint(VariableName(e)) + "Later";

    private bool IsOfEarlierStage(Expr e) => program.Level(e) < Index && !e.IsUniform && (IsVariable(e) || e is Affine or Normalised);

    /// <summary>All that a stage computes runs over the same units.</summary>
    private static CellSpace SpaceOf(CellProgram program, int index, IReadOnlyList<Expr> order)
    {
        List<CellSpace> spaces = [.. order
            .Where(e => program.Level(e) == index && e is not (Previous or Parameter or InputVector))
            .Select(program.SpaceOf).OfType<CellSpace>().Distinct()];
        return spaces.Count > 1
            ? throw new InvalidOperationException("A stage of this cell computes vectors of different lengths.")
            : spaces.FirstOrDefault() ?? program.Equations.Units;
    }

    private IEnumerable<Expr> EarlierValues(Expr e)
    {
        if (IsOfEarlierStage(e))
        {
            return [e];
        }

        return program.Level(e) < Index ? e.Operands.SelectMany(EarlierValues) : [];
    }

    /// <summary>Name of the gradient of the loss with respect to a value: dH for h (a capital, as <c>do</c> is a keyword).</summary>
    public static string Adjoint(string name) => "d" + Capital(name);

    private static void Propagate(Expr e, Expr adjoint, Action<Expr, Expr> contribute)
    {
        switch (e)
        {
            case Unary { Function: Function.Sigmoid } unary:
                contribute(unary.Operand, adjoint * (e * (1 - e)));
                break;
            case Unary { Function: Function.Tanh } unary:
                contribute(unary.Operand, adjoint * (1 - (e * e)));
                break;
            case Unary unary:
                contribute(unary.Operand, new WherePositive(e, adjoint));
                break;
            case Binary { Op: '+' } sum:
                contribute(sum.Left, adjoint);
                contribute(sum.Right, adjoint);
                break;
            case Binary { Op: '-' } difference:
                contribute(difference.Left, adjoint);
                contribute(difference.Right, 0 - adjoint);
                break;
            case Binary product:
                contribute(product.Left, adjoint * product.Right);
                contribute(product.Right, adjoint * product.Left);
                break;
        }
    }

    /// <summary>Gives an adjoint that is more than a name a variable, where its node may pass it on more than once.</summary>
    private Expr Variable(Expr e, Expr adjoint)
    {
        if (adjoint is Local || !(IsVariable(e) || (e is Binary && e.Operands.All(operand => operand is not Constant))))
        {
            return adjoint;
        }

        string name = Adjoint(IsVariable(e) ? VariableName(e) : InnerName(e));
        _backward.Add(new Statement(name, adjoint));
        return new Local(name);
    }

    /// <summary>Name of a value inside a larger expression: <c>nSum</c> for what n is a function of, else <c>term1</c>, <c>term2</c>.</summary>
    private string InnerName(Expr e) => order.FirstOrDefault(user => user is Unary && user.Operands.Contains(e)) is { } function
        ? VariableName(function).Replace("Next", "") + "Sum"
        : "term" + (_backward.Count + 1);

    private IEnumerable<Expr> Stored(Expr e) => e switch
    {
        Local or Previous or Parameter => [],
        _ when e.IsUniform || program.KeptWithNext(e) is not null => [],
        Unary or Affine or Normalised => [e],
        _ => e.Operands.SelectMany(Stored),
    };

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}

/// <summary>A variable and its value.</summary>
internal sealed record Statement(string Name, Expr Value);
