using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes expressions of one stage as C#, and notes which values they read.</summary>
internal sealed class ExpressionPrinter(CellProgram program, CellStage stage, bool backward, string functions = Names.Math)
{
    private readonly HashSet<Expr> _read = [];

    /// <summary>Previous states that were printed.</summary>
    public IEnumerable<Kept> PreviousRead => program.Equations.Kept.Where(kept => _read.Contains(kept.Previous));

    /// <summary>Finished kept values that were printed and are not local: those of an earlier stage, and all of them in a backward kernel.</summary>
    public IEnumerable<Kept> NextRead => program.Equations.Kept.Where(kept => (backward || program.Level(kept.Next) < stage.Index) && _read.Contains(kept.Next));

    /// <summary>Values that were printed and have to be loaded from the row's slots.</summary>
    public IEnumerable<Expr> SavedRead => program.Layout.Saved.Keys.Where(e => _read.Contains(e) && (backward || program.Level(e) < stage.Index));

    /// <summary>Trained vectors and scalars that were printed.</summary>
    public IEnumerable<Parameter> ParametersRead => program.ReadTensors.SelectMany(tensor => tensor.Vectors).Where(_read.Contains);

    /// <summary>Scalars, and functions of nothing else, that were printed, and what they are computed from: in the order in which they can be computed.</summary>
    public IEnumerable<Expr> UniformRead => CellProgram.TopologicalOrder(_read.Where(e => e.IsUniform)).Where(e => e is Parameter || CellStage.IsVariable(e));

    public bool IsRead(Expr e) => _read.Contains(e);

    public string NameOf(Expr e) => stage.VariableName(e);

    public string Print(Expr e, bool inProduct = false)
    {
        if (HasVariable(e))
        {
            _read.Add(e);
            return stage.VariableName(e);
        }

        return Value(e, inProduct);
    }

    /// <summary>The expression behind a variable.</summary>
    public string Value(Expr e, bool inProduct = false)
    {
        switch (e)
        {
            case Local:
                return e.Name!;
            case Constant constant:
                return constant.Value switch
                {
                    0 => "SeqVector.Zero",
                    1 => "SeqVector.One",
                    _ => $"new SeqVector({Names.Single(constant.Value)})",
                };
            case Unary unary:
                return $"{functions}.{unary.Function}({Print(unary.Operand)})";
            case WherePositive mask:
                return $"SeqLanes.WherePositive({Print(mask.Condition)}, {Print(mask.Factor)})";
            case Binary { Op: '-', Left: Constant { Value: 0 } } negation:
                string negated = Print(negation.Right, true);
                return negated[0] == '-' ? $"-({negated})" : $"-{negated}";
            case Binary { Op: '*' } product:
                return $"{Print(product.Left, true)} * {Print(product.Right, true)}";
            case Binary sum:
                string text = $"{Print(sum.Left)} {sum.Op} {Print(sum.Right, sum.Op == '-')}";
                return inProduct ? $"({text})" : text;
            default:
                throw new InvalidOperationException($"No code for {e.GetType().Name}.");
        }
    }

    private bool HasVariable(Expr e) => e is Previous or Affine or Normalised or Parameter
        || (backward && program.KeptWithNext(e) is not null)
        || (CellStage.IsVariable(e) && (!backward || e.IsUniform || program.Layout.Saved.ContainsKey(e)));
}
