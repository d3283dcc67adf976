using System.Globalization;
using Seq.Embedded.Generator.Diagnostics;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Cells;

/// <summary>A cell whose equations the user states, as the parser has read them.</summary>
internal sealed class UserCell(string kind, CellText text) : RecurrentCell
{
    public override string Attribute => kind;

    public override string Title => kind;

    /// <summary>Weights fit one set of equations: a number that differs for others, the same on every machine (FNV-1a).</summary>
    protected override IEnumerable<string> Structure
    {
        get
        {
            uint hash = 2166136261;
            foreach (char c in string.Join("|", Described()))
            {
                hash = unchecked((hash ^ c) * 16777619);
            }

            yield return "equations " + hash.ToString("x8", CultureInfo.InvariantCulture);
        }
    }

    public override IEnumerable<CellFailure> Check(LayerSpec layer)
    {
        if (text.Problems.Count > 0)
        {
            return text.Problems.Select(problem => new CellFailure(Descriptors.ById[problem.Id], problem.Place, [.. problem.Arguments]));
        }

        try
        {
            _ = new CellProgram(Equations(layer));
            return [];
        }
        catch (CellOrderException)
        {
            return [new CellFailure(
                Descriptors.CellProduct, "", [string.Join(", ", Equations(layer).Gates.Select(gate => gate.Name)), "have vectors that feed them in no order in which each feeds neighbours", "gates that share their vectors, or have others"])];
        }
    }

    public override string TensorName(string part, CellOperand operand, int layer)
    {
        string map = operand.IsInput ? "ih" : operand.Vector is Previous previous && previous.Kept.Name != FirstState ? previous.Kept.Name + "h" : "hh";
        return $"{part}_{map}_l{layer}";
    }

    public override void Define(CellEquations cell, LayerSpec layer)
    {
        if (text.Problems.Count > 0)
        {
            // Never written: the failures are reported in place of the code.
            Kept h = cell.State("h");
            cell.Next(h, Expr.Tanh(cell.Gate("").Of(cell.Input, h.Previous)));
            return;
        }

        new Builder(cell, text).Build();
    }

    private string FirstState => text.Operations.First(operation => operation.Kind == CellOperationKind.State).Name;

    /// <summary>
    /// The operations, numbered in an order that does not depend on local variables: the states and the maps, whose order is that of the tensors' rows, each behind
    /// what it reads; then the next values by state. Names of variables, and what a new model begins with, are left out.
    /// </summary>
    private List<string> Described()
    {
        Dictionary<int, string> numbers = [];
        List<string> described = [];
        string Describe(int index)
        {
            if (!numbers.TryGetValue(index, out string number))
            {
                CellOperation operation = text.Operations[index];
                string operands = string.Join(" ", operation.Operands.Select(Describe));
                string value = operation.Kind == CellOperationKind.Constant ? operation.Value.ToString("R", CultureInfo.InvariantCulture) : "";
                numbers[index] = number = described.Count.ToString(CultureInfo.InvariantCulture);
                described.Add($"{operation.Kind} {operation.Name} {operands} {value}");
            }

            return number;
        }

        IEnumerable<int> Of(CellOperationKind kind) => Enumerable.Range(0, text.Operations.Count).Where(i => text.Operations[i].Kind == kind);
        foreach (int index in Of(CellOperationKind.State).Concat(Of(CellOperationKind.Affine)).Concat(Of(CellOperationKind.Next).OrderBy(next => text.Operations[next].Operands[0])))
        {
            Describe(index);
        }

        return described;
    }

    /// <summary>Makes the expression graph of the operations, and gives every variable a name that no other has.</summary>
    private sealed class Builder(CellEquations cell, CellText text)
    {
        private readonly Expr?[] _values = new Expr?[text.Operations.Count];
        private readonly Dictionary<int, Kept> _states = [];
        private readonly Dictionary<string, Gate> _gates = [];
        private readonly HashSet<string> _taken = ["m", "x"];
        private int _names;

        public void Build()
        {
            for (int i = 0; i < text.Operations.Count; i++)
            {
                CellOperation operation = text.Operations[i];
                if (operation.Kind == CellOperationKind.State)
                {
                    _states[i] = cell.State(operation.Name);
                    _taken.Add(operation.Name);
                }
            }

            for (int i = 0; i < text.Operations.Count; i++)
            {
                Add(i, text.Operations[i]);
            }
        }

        private void Add(int index, CellOperation operation)
        {
            Expr Operand(int position) => _values[operation.Operands[position]]!;
            switch (operation.Kind)
            {
                case CellOperationKind.Name:
                    Name(Operand(0), operation.Name);
                    break;
                case CellOperationKind.Next:
                    cell.Next(_states[operation.Operands[0]], AsNext(Operand(1)));
                    break;
                default:
                    _values[index] = Value(index, operation, Operand);
                    break;
            }
        }

        private Expr Value(int index, CellOperation operation, Func<int, Expr> operand) => operation.Kind switch
        {
            CellOperationKind.Input => cell.Input,
            CellOperationKind.State => _states[index].Previous,
            CellOperationKind.Affine => GateOf(operation.Name).Of([.. operation.Operands.Select(vector => _values[vector]!)]),
            CellOperationKind.Parameter => Variable(cell.Parameter(operation.Name, Initial(operation)), operation.Name),
            CellOperationKind.Scalar => Variable(cell.Scalar(operation.Name, Initial(operation)), operation.Name),
            CellOperationKind.Constant => new Constant(operation.Value),
            CellOperationKind.Sigmoid => Variable(Expr.Sigmoid(operand(0)), "sigmoid"),
            CellOperationKind.Tanh => Variable(Expr.Tanh(operand(0)), "tanh"),
            CellOperationKind.Relu => Variable(Expr.Relu(operand(0)), "relu"),
            CellOperationKind.Add => operand(0) + operand(1),
            CellOperationKind.Subtract => operand(0) - operand(1),
            _ => operand(0) * operand(1),
        };

        /// <summary>A name of the user's: a line of its own, where the value does not stand in one yet (as <c>z * 1</c> is z).</summary>
        private void Name(Expr value, string name)
        {
            if (value is Unary or Binary or Affine && value.Name is null)
            {
                cell.Let(name, Variable(value, name));
            }
        }

        /// <summary>A next value is computed and stored: it needs a node that is nothing else.</summary>
        private Expr AsNext(Expr value) =>
            value is Unary or Binary or Affine && !cell.Kept.Any(kept => kept.Next == value) && !value.IsUniform ? value : new Binary('+', value, new Constant(0));

        private Gate GateOf(string name)
        {
            if (!_gates.TryGetValue(name, out Gate gate))
            {
                _gates[name] = gate = cell.Gate(name);
                gate.Variable = name.Length == 1 && char.IsLower(name[0]) ? name : $"{name}_{Number()}";
            }

            return gate;
        }

        private T Variable<T>(T value, string name)
            where T : Expr
        {
            value.Variable = Unique(name);
            return value;
        }

        /// <summary>One small letter stays as it is, if it is free. No other name of generated code has a '_' and a number: so other names get one.</summary>
        private string Unique(string name)
        {
            if (name.Length == 1 && name[0] is >= 'a' and <= 'z' && _taken.Add(name))
            {
                return name;
            }

            string ascii = string.Concat(name.Where(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9')));
            return $"{(ascii.Length == 0 || char.IsDigit(ascii[0]) ? "v" : "")}{ascii}_{Number()}";
        }

        private string Number() => (++_names).ToString(CultureInfo.InvariantCulture);

        private static double? Initial(CellOperation operation) => double.IsNaN(operation.Value) ? null : operation.Value;
    }
}

/// <summary>No order of a cell's sums lets every vector feed neighbours.</summary>
internal sealed class CellOrderException() : InvalidOperationException("The affine maps of this cell cannot be ordered so that every operand feeds a contiguous run of accumulators.");
