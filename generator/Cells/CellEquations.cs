namespace Seq.Embedded.Generator.Cells;

/// <summary>Vectors of one length: the units of the layer, or those of a projection.</summary>
internal sealed class CellSpace(int index, int? units)
{
    private readonly List<Gate> _gates = [];

    /// <summary>0 for the units of the layer.</summary>
    public int Index { get; } = index;

    /// <summary>Length of the vectors, or null for the units of the layer.</summary>
    public int? Units { get; } = units;

    /// <summary>In the order of the weight file.</summary>
    public IReadOnlyList<Gate> Gates => _gates;

    public Gate Add(string name, bool hasBias)
    {
        Gate gate = new(name, _gates.Count, this, hasBias);
        _gates.Add(gate);
        return gate;
    }
}

/// <summary>One gate: one block of rows in the weight tensors, in the order in which the gates are declared.</summary>
internal sealed class Gate(string name, int index, CellSpace space, bool hasBias)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    public CellSpace Space { get; } = space;

    /// <summary>True when each of its maps has a bias.</summary>
    public bool HasBias { get; } = hasBias;

    /// <summary>Name in generated code where <see cref="Name"/> could clash there; null: the name itself.</summary>
    public string? Variable { get; set; }

    /// <summary>Sum of the gate's biases in a new model (all of it in those of x), or null where they are drawn like the weights.</summary>
    public double? InitialBias { get; set; }

    /// <summary>The accumulator that sums an affine map of each given vector, each with its own bias.</summary>
    public Affine Of(params Expr[] vectors) => new(this, vectors);
}

/// <summary>A value that outlives the step: a state (h, c), or the output y of a layer without states.</summary>
internal sealed class Kept
{
    public Kept(string name, bool isState, CellSpace space)
    {
        Name = name;
        IsState = isState;
        Space = space;
        Previous = new Previous(this) { Name = name };
    }

    public string Name { get; }

    /// <summary>True when the next time step reads it.</summary>
    public bool IsState { get; }

    public CellSpace Space { get; }

    public Expr Previous { get; }

    /// <summary>The value after this time step.</summary>
    public Expr Next { get; set; } = new Constant(0);
}

/// <summary>Trained vectors that are one tensor of the weight file, one behind the other; or a trained scalar.</summary>
/// <param name="Name">Name of the tensor, with # in place of the layer's index in its stack.</param>
/// <param name="Vectors">The vectors, in the order of the file.</param>
/// <param name="InitialOf">The state that begins with the only vector; null where the equations read the vectors.</param>
internal sealed record ParameterTensor(string Name, IReadOnlyList<Parameter> Vectors, Kept? InitialOf = null)
{
    public CellSpace Space => Vectors[0].Space;

    public bool IsScalar => Vectors[0].IsScalar;
}

/// <summary>The equations of a cell, stated once by the cell's file; everything else is derived from them.</summary>
/// <param name="hasBias">False where the maps of the gates, and all else that adds a trained vector, go without it.</param>
internal sealed class CellEquations(bool hasBias = true)
{
    private readonly List<CellSpace> _spaces = [new(0, null)];
    private readonly List<Kept> _kept = [];
    private readonly List<Expr> _named = [];
    private readonly List<ParameterTensor> _tensors = [];

    public Expr Input { get; } = new InputVector { Name = "x" };

    public bool HasBias { get; } = hasBias;

    /// <summary>The units of the layer, then those of projections.</summary>
    public IReadOnlyList<CellSpace> Spaces => _spaces;

    public CellSpace Units => _spaces[0];

    public IReadOnlyList<Gate> Gates => Units.Gates;

    public IReadOnlyList<Kept> Kept => _kept;

    /// <summary>Named values in the order of the equations.</summary>
    public IReadOnlyList<Expr> Named => _named;

    /// <summary>Trained vectors and scalars beside the weights and biases of the gates.</summary>
    public IReadOnlyList<ParameterTensor> Tensors => _tensors;

    /// <summary>The kept value that the layer above reads: the one declared first.</summary>
    public Kept Output => _kept[0];

    public Gate Gate(string name) => Gate(name, Units, HasBias);

    public Gate Gate(string name, CellSpace space, bool hasBias) => space.Add(name, hasBias);

    /// <summary>Vectors of another length than the units of the layer.</summary>
    public CellSpace Space(int units)
    {
        CellSpace space = new(_spaces.Count, units);
        _spaces.Add(space);
        return space;
    }

    public Kept State(string name, CellSpace? space = null) => Keep(name, true, space ?? Units);

    public Kept Value(string name) => Keep(name, false, Units);

    /// <summary>Trained vectors that are one tensor: of each the name in the equations, and the value in a new model (null: drawn like the weights).</summary>
    public IReadOnlyList<Parameter> Parameters(string tensor, params (string Name, double? Initial)[] vectors)
    {
        List<Parameter> parameters = [.. vectors.Select(vector => new Parameter(Units, false, vector.Initial) { Name = vector.Name })];
        _tensors.Add(new ParameterTensor(tensor, parameters));
        return parameters;
    }

    /// <summary>A trained vector with a tensor of its own.</summary>
    public Parameter Parameter(string name, double? initial = null) => Parameters(name + "_l#", (name, initial))[0];

    /// <summary>A trained scalar.</summary>
    public Parameter Scalar(string name, double? initial = null)
    {
        Parameter scalar = new(Units, true, initial) { Name = name };
        _tensors.Add(new ParameterTensor(name + "_l#", [scalar]));
        return scalar;
    }

    /// <summary>Lets every state begin with a trained vector in place of zero.</summary>
    public void LearnInitialStates()
    {
        foreach (Kept kept in _kept.Where(kept => kept.IsState))
        {
            _tensors.Add(new ParameterTensor(kept.Name + "0_l#", [new Parameter(kept.Space, false, 0) { Name = kept.Name + "0" }], kept));
        }
    }

    /// <summary>The values after one normalisation over all of them.</summary>
    public IReadOnlyList<Expr> Normalise(params Expr[] values) => new Normalisation(values).Results;

    /// <summary>Names a value: it gets a line of its own in the equations and a variable in the generated code.</summary>
    public Expr Let(string name, Expr value)
    {
        value.Name = name;
        if (!_named.Contains(value))
        {
            _named.Add(value);
        }

        return value;
    }

    /// <summary>States the value of <paramref name="kept"/> after this step.</summary>
    public Expr Next(Kept kept, Expr value)
    {
        kept.Next = Let(kept.IsState ? kept.Name + "'" : kept.Name, value);
        return value;
    }

    private Kept Keep(string name, bool isState, CellSpace space)
    {
        Kept kept = new(name, isState, space);
        _kept.Add(kept);
        return kept;
    }
}
