using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Seq.Embedded.Generator.Diagnostics;

namespace Seq.Embedded.Generator.Spec;

/// <summary>Reads the method <c>Equations</c> of a user's cell into a <see cref="CellText"/>: its syntax, with symbols to tell names apart.</summary>
internal sealed class EquationReader
{
    public const string CellType = "Seq.Embedded.Cells.Cell";
    private const string VectorType = "Seq.Embedded.Cells.Vector";
    private const string StatementsAllowed = "local variables with a value, and cell.Next(state, value)";
    private const string ValuesAllowed = "+ - *, numbers, local variables, Sigmoid, Tanh, Relu, Constant, cell.Input, cell.State, cell.Affine, cell.Parameter, cell.Scalar";

    /// <summary>The index of a value that could not be read: what depends on it is not reported again.</summary>
    private const int Unread = -1;

    private readonly SemanticModel _model;
    private readonly CancellationToken _cancellation;
    private readonly List<CellOperation> _operations = [];
    private readonly List<SyntaxNode> _origins = [];
    private readonly Dictionary<ISymbol, int> _locals = new(SymbolEqualityComparer.Default);
    private readonly List<(string Id, SyntaxNode Node, string[] Arguments)> _problems = [];

    private EquationReader(SemanticModel model, CancellationToken cancellation)
    {
        _model = model;
        _cancellation = cancellation;
    }

    /// <summary>True where the compiler reports an error: it says all there is to say.</summary>
    private bool IsBroken { get; set; }

    /// <summary>Reads a method.</summary>
    /// <param name="model">The semantic model of its syntax tree.</param>
    /// <param name="method">The method.</param>
    /// <param name="place">Takes the place of each problem and gives its name.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The equations, or null where they do not compile.</returns>
    public static CellText? Read(SemanticModel model, MethodDeclarationSyntax method, Func<SyntaxNode, string> place, CancellationToken cancellation)
    {
        EquationReader reader = new(model, cancellation);
        reader.ReadBody(method);
        if (reader.IsBroken)
        {
            return null;
        }

        if (reader._problems.Count == 0)
        {
            reader.CheckWhole(method);
        }

        return new CellText(new(reader._operations), new(reader._problems.Select(problem => new CellProblem(problem.Id, place(problem.Node), new(problem.Arguments)))));
    }

    private void ReadBody(MethodDeclarationSyntax method)
    {
        if (method.ExpressionBody is { } arrow)
        {
            ReadStatement(arrow.Expression);
        }

        foreach (StatementSyntax statement in method.Body?.Statements ?? [])
        {
            switch (statement)
            {
                case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } local:
                    foreach (VariableDeclaratorSyntax variable in local.Declaration.Variables)
                    {
                        ReadLocal(variable);
                    }

                    break;
                case ExpressionStatementSyntax { Expression: var expression }:
                    ReadStatement(expression);
                    break;
                case EmptyStatementSyntax:
                    break;
                default:
                    Fail(Descriptors.EquationUnread, statement, Shown(statement), "a statement of another kind", StatementsAllowed);
                    break;
            }
        }
    }

    private void ReadLocal(VariableDeclaratorSyntax variable)
    {
        if (_model.GetDeclaredSymbol(variable, _cancellation) is not ILocalSymbol symbol || symbol.Type.TypeKind == TypeKind.Error)
        {
            IsBroken = true;
            return;
        }

        if (variable.Initializer is null)
        {
            Fail(Descriptors.EquationUnread, variable, Shown(variable), "a variable without a value", StatementsAllowed);
            return;
        }

        // A constant of C# is a number wherever it is used. What var stands for may have the ? of a nullable type.
        string type = symbol.Type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString();
        if (symbol.HasConstantValue || type != VectorType)
        {
            if (!symbol.HasConstantValue)
            {
                Fail(Descriptors.EquationUnread, variable, Shown(variable), $"a variable of type {type}", "variables of type Vector, and constants");
            }

            return;
        }

        int value = ReadValue(variable.Initializer.Value);
        _locals[symbol] = value;
        if (value != Unread && _operations[value].Kind is not (CellOperationKind.Input or CellOperationKind.State or CellOperationKind.Parameter or CellOperationKind.Scalar or CellOperationKind.Constant))
        {
            Add(variable, CellOperationKind.Name, symbol.Name, [value]);
        }
    }

    private void ReadStatement(ExpressionSyntax expression)
    {
        if (expression is not InvocationExpressionSyntax call || Member(call, out string type) is not "Next" || type != CellType)
        {
            if (_model.GetSymbolInfo(expression, _cancellation).Symbol is null && expression is not AssignmentExpressionSyntax)
            {
                IsBroken = true;
            }

            Fail(Descriptors.EquationUnread, expression, Shown(expression), "a statement of another kind", StatementsAllowed);
            return;
        }

        ExpressionSyntax? stateArgument = Argument(call, 0, "state"), valueArgument = Argument(call, 1, "value");
        if (stateArgument is null || valueArgument is null)
        {
            IsBroken = true;
            return;
        }

        int state = ReadValue(stateArgument), value = ReadValue(valueArgument);
        if (state == Unread || value == Unread)
        {
            return;
        }

        if (_operations[state].Kind != CellOperationKind.State)
        {
            Fail(Descriptors.CellState, stateArgument, Shown(stateArgument), "is no state", "what cell.State gives");
        }
        else if (_operations.Any(other => other.Kind == CellOperationKind.Next && other.Operands[0] == state))
        {
            Fail(Descriptors.CellState, call, _operations[state].Name, "has a next value already", "one cell.Next for every state");
        }
        else
        {
            Add(call, CellOperationKind.Next, "", [state, value]);
        }
    }

    /// <summary>Reads a value that stands where one of units is needed.</summary>
    private int ReadUnits(ExpressionSyntax expression)
    {
        int value = ReadValue(expression);
        if (value != Unread && _operations[value].Kind == CellOperationKind.Input)
        {
            Fail(Descriptors.EquationUnread, expression, Shown(expression), "the input, which has another length than the units", "cell.Input as a vector of cell.Affine");
            return Unread;
        }

        return value;
    }

    private int ReadValue(ExpressionSyntax expression)
    {
        if (_model.GetConstantValue(expression, _cancellation) is { HasValue: true, Value: { } constant })
        {
            return ReadConstant(expression, constant);
        }

        switch (expression)
        {
            case ParenthesizedExpressionSyntax inner:
                return ReadValue(inner.Expression);
            case IdentifierNameSyntax name when _model.GetSymbolInfo(name, _cancellation).Symbol is { } symbol && _locals.TryGetValue(symbol, out int known):
                return known;
            case BinaryExpressionSyntax binary when OperatorOf(binary.Kind()) is { } kind:
                return Combine(expression, kind, binary.Left, binary.Right);
            case PrefixUnaryExpressionSyntax minus when minus.IsKind(SyntaxKind.UnaryMinusExpression):
                return Negate(minus);
            case MemberAccessExpressionSyntax { Name.Identifier.Text: "Input" } member when ContainingType(member) == CellType:
                return Single(member, CellOperationKind.Input, "");
            case InvocationExpressionSyntax call:
                return ReadCall(call);
        }

        IsBroken |= _model.GetSymbolInfo(expression, _cancellation).Symbol is null && _model.GetTypeInfo(expression, _cancellation).Type is null or { TypeKind: TypeKind.Error };
        Fail(Descriptors.EquationUnread, expression, Shown(expression), "no value of an equation", ValuesAllowed);
        return Unread;
    }

    private int ReadCall(InvocationExpressionSyntax call)
    {
        string? name = Member(call, out string type);
        if (name is null)
        {
            IsBroken |= _model.GetSymbolInfo(call, _cancellation).Symbol is null;
        }
        else if (type == VectorType && Enum.TryParse(name, out CellOperationKind function) && Argument(call, 0, function == CellOperationKind.Constant ? "value" : "a") is { } argument)
        {
            int operand = ReadUnits(argument);
            return operand == Unread || function == CellOperationKind.Constant ? operand : Add(call, function, "", [operand]);
        }
        else if (type == CellType && name is "State" or "Affine" or "Parameter" or "Scalar")
        {
            return ReadMember(call, name);
        }

        Fail(Descriptors.EquationUnread, call, Shown(call), "no value of an equation", ValuesAllowed);
        return Unread;
    }

    /// <summary>A call of a member of Cell: the first argument is a name.</summary>
    private int ReadMember(InvocationExpressionSyntax call, string member)
    {
        if (Argument(call, 0, member == "Affine" ? "gate" : "name") is not { } nameArgument)
        {
            IsBroken = true;
            return Unread;
        }

        if (_model.GetConstantValue(nameArgument, _cancellation).Value is not string name)
        {
            Fail(Descriptors.CellName, nameArgument, Shown(nameArgument), "is no constant", "a text that is known at compile time");
            return Unread;
        }

        if (!IsName(member, name))
        {
            Fail(Descriptors.CellName, nameArgument, name, "is not a valid name", member switch
            {
                "State" => "one of the letters a to z other than m, t and x",
                "Affine" => "letters a to z and digits, a letter first",
                _ => "letters a to z, digits and '_', a letter first",
            });
            return Unread;
        }

        switch (member)
        {
            case "State":
                if (_operations.Any(other => other.Kind == CellOperationKind.State && other.Name == name))
                {
                    Fail(Descriptors.CellState, call, name, "is declared already", "one cell.State for every state");
                    return Unread;
                }

                return Add(call, CellOperationKind.State, name, []);
            case "Affine":
                return ReadAffine(call, name);
            default:
                return ReadParameter(call, member == "Scalar" ? CellOperationKind.Scalar : CellOperationKind.Parameter, name, nameArgument);
        }
    }

    private int ReadAffine(InvocationExpressionSyntax call, string gate)
    {
        List<int> vectors = [];
        foreach (ArgumentSyntax argument in call.ArgumentList.Arguments.Skip(1))
        {
            int vector = ReadValue(argument.Expression);
            if (vector == Unread)
            {
                return Unread;
            }

            if (IsUniform(vector))
            {
                Fail(Descriptors.CellProduct, argument, gate, $"maps {Shown(argument)}, which is one number", "x, states, and vectors that the equations compute");
                return Unread;
            }

            // Two vectors of one gate that stand in one tensor would be the same weights.
            string tensor = Tensor(vector);
            bool IsTaken(int other) => Tensor(other) == tensor;
            if (vectors.Any(IsTaken) || _operations.Where(other => other.Kind == CellOperationKind.Affine && other.Name == gate).SelectMany(other => other.Operands).Any(IsTaken))
            {
                Fail(Descriptors.CellProduct, argument, gate, $"maps {Shown(argument)} beside another vector whose weights are the tensor weight_{tensor}", "x, each state, and one computed vector in place of the first state, once each");
                return Unread;
            }

            vectors.Add(vector);
        }

        if (vectors.Count == 0)
        {
            Fail(Descriptors.CellProduct, call, gate, "maps nothing", "one vector or more");
            return Unread;
        }

        return Add(call, CellOperationKind.Affine, gate, vectors);
    }

    private int ReadParameter(InvocationExpressionSyntax call, CellOperationKind kind, string name, SyntaxNode place)
    {
        double initial = double.NaN;
        if (Argument(call, 1, "initial") is { } argument)
        {
            if (_model.GetConstantValue(argument, _cancellation).Value is not { } constant)
            {
                Fail(Descriptors.EquationUnread, argument, Shown(argument), "no constant", "a number that is known at compile time");
                return Unread;
            }

            initial = Convert.ToDouble(constant, CultureInfo.InvariantCulture);
            if (!double.IsNaN(initial) && float.IsInfinity((float)initial))
            {
                Fail(Descriptors.NotFinite, argument, "The initial value", Shown(argument));
                return Unread;
            }
        }

        if (_operations.Any(other => other.Kind is CellOperationKind.Parameter or CellOperationKind.Scalar && other.Name == name))
        {
            Fail(Descriptors.CellName, place, name, "is used twice", "a name of its own for every parameter");
            return Unread;
        }

        return Add(call, kind, name, [], initial);
    }

    private int ReadConstant(ExpressionSyntax expression, object constant)
    {
        if (constant is string or char or bool)
        {
            Fail(Descriptors.EquationUnread, expression, Shown(expression), "no value of an equation", ValuesAllowed);
            return Unread;
        }

        double value = Convert.ToDouble(constant, CultureInfo.InvariantCulture);
        if (float.IsNaN((float)value) || float.IsInfinity((float)value))
        {
            Fail(Descriptors.NotFinite, expression, "The number", Shown(expression));
            return Unread;
        }

        return Add(expression, CellOperationKind.Constant, "", [], value);
    }

    private int Combine(ExpressionSyntax expression, CellOperationKind kind, ExpressionSyntax left, ExpressionSyntax right)
    {
        int a = ReadUnits(left), b = ReadUnits(right);
        return a == Unread || b == Unread ? Unread : Add(expression, kind, "", [a, b]);
    }

    private int Negate(PrefixUnaryExpressionSyntax minus)
    {
        int operand = ReadUnits(minus.Operand);
        return operand == Unread ? Unread : Add(minus, CellOperationKind.Subtract, "", [Add(minus, CellOperationKind.Constant, "", [], 0), operand]);
    }

    /// <summary>What no single expression shows: states without a next value, values that nothing uses, a cell that reads no x.</summary>
    private void CheckWhole(MethodDeclarationSyntax method)
    {
        List<int> states = [.. Enumerable.Range(0, _operations.Count).Where(i => _operations[i].Kind == CellOperationKind.State)];
        if (states.Count == 0)
        {
            Fail(Descriptors.CellState, method.Identifier.Parent!, "h", "is missing", "one state or more, by cell.State");
        }

        foreach (int state in states.Where(state => !_operations.Any(other => other.Kind == CellOperationKind.Next && other.Operands[0] == state)))
        {
            Fail(Descriptors.CellState, _origins[state], _operations[state].Name, "has no next value", "one cell.Next for every state");
        }

        HashSet<int> used = [];
        void Use(int value)
        {
            if (used.Add(value))
            {
                // A product with zero is zero, and nothing is left of what it multiplies.
                foreach (int operand in _operations[value].Operands.Where(operand => !IsZero(value) || IsZero(operand)))
                {
                    Use(operand);
                }
            }
        }

        foreach (int next in Enumerable.Range(0, _operations.Count).Where(i => _operations[i].Kind == CellOperationKind.Next))
        {
            Use(next);
        }

        for (int i = 0; i < _operations.Count; i++)
        {
            CellOperation operation = _operations[i];
            int value = operation.Kind == CellOperationKind.Name ? operation.Operands[0] : i;
            if (operation.Kind is CellOperationKind.Name or CellOperationKind.Parameter or CellOperationKind.Scalar && !used.Contains(value))
            {
                Fail(Descriptors.CellValueUnused, _origins[i], operation.Name);
            }
        }

        foreach (int map in Enumerable.Range(0, _problems.Count == 0 ? _operations.Count : 0).Where(i => _operations[i].Kind == CellOperationKind.Affine && !used.Contains(i)))
        {
            Fail(Descriptors.CellValueUnused, _origins[map], _operations[map].Name);
        }

        if (_problems.Count == 0 && !_operations.Any(operation => operation.Kind == CellOperationKind.Affine && operation.Operands.Any(vector => _operations[vector].Kind == CellOperationKind.Input)))
        {
            Fail(Descriptors.CellProduct, method.Identifier.Parent!, "x", "is not mapped", "cell.Input as a vector of one cell.Affine or more");
        }
    }

    /// <summary>The tensor of a map's weights, behind <c>weight_</c>.</summary>
    private string Tensor(int vector) => CellTensors.Map(_operations, vector);

    private bool IsUniform(int value) => _operations[value].Kind switch
    {
        CellOperationKind.Constant or CellOperationKind.Scalar => true,
        CellOperationKind.Input or CellOperationKind.State or CellOperationKind.Parameter or CellOperationKind.Affine => false,
        _ => IsZero(value) || _operations[value].Operands.All(IsUniform),
    };

    /// <summary>True for what is zero whatever the weights are: <c>0 * e</c>.</summary>
    private bool IsZero(int value) => _operations[value] switch
    {
        { Kind: CellOperationKind.Constant } constant => constant.Value == 0,
        { Kind: CellOperationKind.Multiply } product => product.Operands.Any(IsZero),
        { Kind: CellOperationKind.Add or CellOperationKind.Subtract } sum => sum.Operands.All(IsZero),
        _ => false,
    };

    private int Single(SyntaxNode origin, CellOperationKind kind, string name) =>
        _operations.FindIndex(operation => operation.Kind == kind) is var known && known >= 0 ? known : Add(origin, kind, name, []);

    private int Add(SyntaxNode origin, CellOperationKind kind, string name, IEnumerable<int> operands, double value = double.NaN)
    {
        _operations.Add(new CellOperation(kind, name, new(operands), value));
        _origins.Add(origin);
        return _operations.Count - 1;
    }

    private void Fail(DiagnosticDescriptor descriptor, SyntaxNode node, params string[] arguments) => _problems.Add((descriptor.Id, node, arguments));

    private static CellOperationKind? OperatorOf(SyntaxKind kind) => kind switch
    {
        SyntaxKind.AddExpression => CellOperationKind.Add,
        SyntaxKind.SubtractExpression => CellOperationKind.Subtract,
        SyntaxKind.MultiplyExpression => CellOperationKind.Multiply,
        _ => null,
    };

    /// <summary>Name of the method that is called, and the type it belongs to.</summary>
    private string? Member(InvocationExpressionSyntax call, out string type)
    {
        IMethodSymbol? symbol = _model.GetSymbolInfo(call, _cancellation).Symbol as IMethodSymbol;
        type = symbol?.ContainingType.ToDisplayString() ?? "";
        return type is CellType or VectorType ? symbol!.Name : null;
    }

    private string ContainingType(ExpressionSyntax member) => _model.GetSymbolInfo(member, _cancellation).Symbol?.ContainingType?.ToDisplayString() ?? "";

    /// <summary>An argument by its name, or by its position.</summary>
    private static ExpressionSyntax? Argument(InvocationExpressionSyntax call, int position, string name)
    {
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        return (arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.Text == name)
            ?? (position < arguments.Count && arguments[position].NameColon is null ? arguments[position] : null))?.Expression;
    }

    private static bool IsName(string member, string name)
    {
        static bool IsLetter(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z';
        static bool IsDigit(char c) => c is >= '0' and <= '9';
        return member switch
        {
            "State" => name.Length == 1 && name[0] is >= 'a' and <= 'z' and not ('m' or 't' or 'x'),
            "Affine" => name.Length > 0 && IsLetter(name[0]) && name.All(c => IsLetter(c) || IsDigit(c)),
            _ => name.Length > 0 && IsLetter(name[0]) && name.All(c => IsLetter(c) || IsDigit(c) || c == '_') && !CellTensors.IsTaken(name),
        };
    }

    /// <summary>The beginning of what the text says, on one line.</summary>
    private static string Shown(SyntaxNode node)
    {
        string text = string.Join(" ", node.ToString().Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length > 60 ? text.Substring(0, 57) + "..." : text;
    }
}
