namespace Seq.Embedded.Generator.Cells;

/// <summary>One gate: one block of H rows in the weight tensors, in the order in which the gates are declared.</summary>
internal sealed class Gate(string name, int index, bool hasBias)
{
    public string Name { get; } = name;

    public int Index { get; } = index;

    /// <summary>True when each of its maps has a bias.</summary>
    public bool HasBias { get; } = hasBias;

    /// <summary>The accumulator that sums an affine map of each given vector, each with its own bias.</summary>
    public Affine Of(params Expr[] vectors) => new(this, vectors);
}

/// <summary>A value that outlives the step: a state (h, c), or the output y of a layer without states.</summary>
internal sealed class Kept
{
    public Kept(string name, bool isState)
    {
        Name = name;
        IsState = isState;
        Previous = new Previous(this) { Name = name };
    }

    public string Name { get; }

    /// <summary>True when the next time step reads it.</summary>
    public bool IsState { get; }

    public Expr Previous { get; }

    /// <summary>The value after this time step.</summary>
    public Expr Next { get; set; } = new Constant(0);
}

/// <summary>The equations of a cell, stated once by the cell's file; everything else is derived from them.</summary>
internal sealed class CellEquations
{
    private readonly List<Gate> _gates = [];
    private readonly List<Kept> _kept = [];
    private readonly List<Expr> _named = [];

    public Expr Input { get; } = new InputVector { Name = "x" };

    public IReadOnlyList<Gate> Gates => _gates;

    public IReadOnlyList<Kept> Kept => _kept;

    /// <summary>Named values in the order of the equations.</summary>
    public IReadOnlyList<Expr> Named => _named;

    /// <summary>The kept value that the layer above reads: the one declared first.</summary>
    public Kept Output => _kept[0];

    public Gate Gate(string name, bool hasBias = true)
    {
        Gate gate = new(name, _gates.Count, hasBias);
        _gates.Add(gate);
        return gate;
    }

    public Kept State(string name) => Keep(name, true);

    public Kept Value(string name) => Keep(name, false);

    /// <summary>Names a value: it gets a line of its own in the equations and a variable in the generated code.</summary>
    public Expr Let(string name, Expr value)
    {
        value.Name = name;
        _named.Add(value);
        return value;
    }

    /// <summary>States the value of <paramref name="kept"/> after this step.</summary>
    public Expr Next(Kept kept, Expr value)
    {
        kept.Next = Let(kept.IsState ? kept.Name + "'" : kept.Name, value);
        return value;
    }

    private Kept Keep(string name, bool isState)
    {
        Kept kept = new(name, isState);
        _kept.Add(kept);
        return kept;
    }
}
