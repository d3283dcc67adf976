namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// A node of a cell's equations. Every value is a vector over the units of the layer, computed element by element,
/// so one node becomes one vector register in the generated code. Nodes are compared by reference: a node used twice is computed once.
/// </summary>
internal abstract class Expr
{
    /// <summary>Name of the value in the equations and in the generated code (<c>r</c>, <c>h'</c>), or null inside a larger expression.</summary>
    public string? Name { get; set; }

    /// <summary>Name in generated code where <see cref="Name"/> could clash there; null: the name itself.</summary>
    public string? Variable { get; set; }

    public virtual IReadOnlyList<Expr> Operands => [];

    /// <summary>True when the value is the same for all units: constants, scalars and functions of them.</summary>
    public virtual bool IsUniform => false;

    public static Expr operator +(Expr a, Expr b) => Sum(a, b);

    public static Expr operator -(Expr a, Expr b) => IsConstant(b, 0) ? a : new Binary('-', a, b);

    public static Expr operator *(Expr a, Expr b) => Product(a, b);

    public static implicit operator Expr(double value) => new Constant(value);

    public static Expr Sigmoid(Expr a) => new Unary(Function.Sigmoid, a);

    public static Expr Tanh(Expr a) => new Unary(Function.Tanh, a);

    public static Expr Relu(Expr a) => new Unary(Function.Relu, a);

    private static Expr Sum(Expr a, Expr b)
    {
        if (IsConstant(a, 0))
        {
            return b;
        }

        return IsConstant(b, 0) ? a : new Binary('+', a, b);
    }

    private static Expr Product(Expr a, Expr b)
    {
        if (IsConstant(a, 0) || IsConstant(b, 1))
        {
            return a;
        }

        return IsConstant(b, 0) || IsConstant(a, 1) ? b : new Binary('*', a, b);
    }

    private static bool IsConstant(Expr e, double value) => e is Constant c && c.Value == value;
}

internal enum Function
{
    Sigmoid,
    Tanh,
    Relu,
}

internal sealed class Constant(double value) : Expr
{
    public double Value { get; } = value;

    public override bool IsUniform => true;
}

/// <summary>The input vector x of the layer: an operand of affine maps only.</summary>
internal sealed class InputVector : Expr;

/// <summary>A kept value of the previous time step: h, c.</summary>
internal sealed class Previous(Kept kept) : Expr
{
    public Kept Kept { get; } = kept;
}

/// <summary>A trained vector with a value a unit, or a trained scalar with one value for all of them.</summary>
internal sealed class Parameter(CellSpace space, bool isScalar, double? initial) : Expr
{
    public CellSpace Space { get; } = space;

    public bool IsScalar { get; } = isScalar;

    /// <summary>The value of a new model, or null where it is drawn like the weights.</summary>
    public double? Initial { get; } = initial;

    public override bool IsUniform => IsScalar;
}

/// <summary>
/// One value of a group after the normalisation of the whole group: <c>(v - mean) / sqrt(variance + 1e-5)</c>, with the statistics of all units of all values
/// of the group (Ba, Kiros and Hinton 2016). It is read in the stage after the one that computes the group.
/// </summary>
internal sealed class Normalised(Normalisation group, Expr value) : Expr
{
    public Normalisation Group { get; } = group;

    public Expr Value { get; } = value;

    public override IReadOnlyList<Expr> Operands => Group.Values;
}

/// <summary>Values that are normalised together.</summary>
internal sealed class Normalisation
{
    public Normalisation(IReadOnlyList<Expr> values)
    {
        Values = values;
        Results = [.. values.Select(value => new Normalised(this, value))];
    }

    public IReadOnlyList<Expr> Values { get; }

    public IReadOnlyList<Normalised> Results { get; }
}

/// <summary>The sum of affine maps of one gate, <c>W_ir x + b_ir + W_hr h + b_hr</c>: one accumulator of the panel kernels.</summary>
internal sealed class Affine(Gate gate, IReadOnlyList<Expr> vectors) : Expr
{
    public Gate Gate { get; } = gate;

    public override IReadOnlyList<Expr> Operands { get; } = vectors;
}

internal sealed class Unary(Function function, Expr operand) : Expr
{
    public Function Function { get; } = function;

    public Expr Operand { get; } = operand;

    public override IReadOnlyList<Expr> Operands { get; } = [operand];

    public override bool IsUniform { get; } = operand.IsUniform;
}

/// <summary><c>Left op Right</c> with op one of + - *.</summary>
internal sealed class Binary(char op, Expr left, Expr right) : Expr
{
    public char Op { get; } = op;

    public Expr Left { get; } = left;

    public Expr Right { get; } = right;

    public override IReadOnlyList<Expr> Operands { get; } = [left, right];

    public override bool IsUniform { get; } = left.IsUniform && right.IsUniform;
}

/// <summary>1 where the operand is positive, else 0, times <paramref name="factor"/>: the derivative of relu, written with its result.</summary>
internal sealed class WherePositive(Expr condition, Expr factor) : Expr
{
    public Expr Condition { get; } = condition;

    public Expr Factor { get; } = factor;

    public override IReadOnlyList<Expr> Operands { get; } = [condition, factor];
}

/// <summary>A local variable of generated code: an adjoint.</summary>
internal sealed class Local : Expr
{
    public Local(string name) => Name = name;
}
