namespace Seq.Embedded.Generator.Cells;

/// <summary>
/// A node of a cell's equations. Every value is a vector over the units of the layer, computed element by element,
/// so one node becomes one vector register in the generated code. Nodes are compared by reference: a node used twice is computed once.
/// </summary>
internal abstract class Expr
{
    /// <summary>Name of the value in the equations and in the generated code (<c>r</c>, <c>h'</c>), or null inside a larger expression.</summary>
    public string? Name { get; set; }

    public virtual IReadOnlyList<Expr> Operands => [];

    public static Expr operator +(Expr a, Expr b) => Sum(a, b);

    public static Expr operator -(Expr a, Expr b) => IsConstant(b, 0) ? a : new Binary('-', a, b);

    public static Expr operator *(Expr a, Expr b) => Product(a, b);

    public static implicit operator Expr(int value) => new Constant(value);

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

    private static bool IsConstant(Expr e, int value) => e is Constant c && c.Value == value;
}

internal enum Function
{
    Sigmoid,
    Tanh,
    Relu,
}

internal sealed class Constant(int value) : Expr
{
    public int Value { get; } = value;
}

/// <summary>The input vector x of the layer: an operand of affine maps only.</summary>
internal sealed class InputVector : Expr;

/// <summary>A kept value of the previous time step: h, c.</summary>
internal sealed class Previous(Kept kept) : Expr
{
    public Kept Kept { get; } = kept;
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
}

/// <summary><c>Left op Right</c> with op one of + - *.</summary>
internal sealed class Binary(char op, Expr left, Expr right) : Expr
{
    public char Op { get; } = op;

    public Expr Left { get; } = left;

    public Expr Right { get; } = right;

    public override IReadOnlyList<Expr> Operands { get; } = [left, right];
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
