using System.Globalization;
using Seq.Embedded.Generator.Cells;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes a cell's equations as people write them: <c>r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)</c>.</summary>
internal static class EquationText
{
    public static IEnumerable<string> Lines(CellProgram program)
    {
        int width = program.Equations.Named.Max(e => e.Name!.Length);
        return program.Equations.Named.Select(e => $"{e.Name!.PadRight(width)} = {Body(e, program)}");
    }

    private static string Body(Expr e, CellProgram program) => e switch
    {
        Affine affine => string.Join(" + ", affine.Operands.Select(vector => Map(affine.Gate, vector, program))),
        Normalised normalised => $"norm({Term(normalised.Value, program, false)})",
        Unary unary => $"{unary.Function.ToString().ToLowerInvariant()}({Term(unary.Operand, program, false)})",
        Binary { Op: '*' } product => $"{Term(product.Left, program, true)} * {Term(product.Right, program, true)}",
        Binary { Op: '-', Left: Constant { Value: 0 } } negation => $"-{Term(negation.Right, program, true)}",
        Binary sum => $"{Term(sum.Left, program, false)} {sum.Op} {Term(sum.Right, program, sum.Op == '-')}",
        Constant constant => constant.Value.ToString("R", CultureInfo.InvariantCulture),
        _ => e.Name!,
    };

    private static string Term(Expr e, CellProgram program, bool inProduct)
    {
        if (e.Name is not null)
        {
            return e.Name;
        }

        string body = Body(e, program);
        return inProduct && (e is Affine || e is Binary { Op: not '*' }) ? $"({body})" : body;
    }

    private static string Map(Gate gate, Expr vector, CellProgram program)
    {
        string from = vector is InputVector ? "i" : vector is Previous previous && previous.Kept != program.Equations.Output ? vector.Name! : "h";
        string suffix = program.IsRecurrent ? from + (gate.Space.Index > 0 ? "r" : program.Equations.Gates.Count > 1 ? gate.Name : "h") : "";
        string name = suffix.Length == 0 ? "" : "_" + suffix;
        string operand = vector.Name ?? $"({Body(vector, program)})";
        return gate.HasBias ? $"W{name} {operand} + b{name}" : $"W{name} {operand}";
    }
}
