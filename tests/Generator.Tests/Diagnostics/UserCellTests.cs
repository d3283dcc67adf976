using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

/// <summary>What is wrong with the equations of a user's cell: id, message, and the text it points at.</summary>
public class UserCellTests
{
    private const string Statements = "local variables with a value, and cell.Next(state, value)";
    private const string Values = "+ - *, numbers, local variables, Sigmoid, Tanh, Relu, Constant, cell.Input, cell.State, cell.Affine, cell.Parameter, cell.Scalar";
    private const string Good = "cell.Next(h, Tanh(cell.Affine(\"a\", x, h)));";

    [Theory]
    [InlineData("if (true) { }" + Good, "if (true) { }", "'if (true) { }' is a statement of another kind; allowed: " + Statements)]
    [InlineData("System.GC.Collect();" + Good, "System.GC.Collect()", "'System.GC.Collect()' is a statement of another kind; allowed: " + Statements)]
    [InlineData("Vector v;" + Good, "v", "'v' is a variable without a value; allowed: " + Statements)]
    [InlineData("int n = 3 + System.Environment.TickCount;" + Good, "n = 3 + System.Environment.TickCount", "'n = 3 + System.Environment.TickCount' is a variable of type int; allowed: variables of type Vector, and constants")]
    [InlineData("cell.Next(h, Tanh(x));", "x", "'x' is the input, which has another length than the units; allowed: cell.Input as a vector of cell.Affine")]
    [InlineData("cell.Next(h, true ? h : h);", "true ? h : h", "'true ? h : h' is no value of an equation; allowed: " + Values)]
    [InlineData("cell.Next(h, Other(cell.Affine(\"a\", x, h)));", "Other(cell.Affine(\"a\", x, h))", "'Other(cell.Affine(\"a\", x, h))' is no value of an equation; allowed: " + Values)]
    [InlineData("cell.Next(h, cell.Parameter(\"p\", System.Environment.TickCount) * cell.Affine(\"a\", x, h));", "System.Environment.TickCount", "'System.Environment.TickCount' is no constant; allowed: a number that is known at compile time")]
    public void Text_that_is_no_equation_is_SEQ0023(string body, string place, string message) => AssertFails(body, "SEQ0023", place, message);

    [Theory]
    [InlineData("cell.Next(h, 1e39 * cell.Affine(\"a\", x, h));", "1e39", "The number is 1e39; allowed: a number that is finite as a float")]
    [InlineData("cell.Next(h, cell.Parameter(\"p\", -1e39) * cell.Affine(\"a\", x, h));", "-1e39", "The initial value is -1e39; allowed: a number that is finite as a float")]
    public void Number_that_is_not_finite_is_SEQ0021(string body, string place, string message) => AssertFails(body, "SEQ0021", place, message);

    [Theory]
    [InlineData(Good + "Vector c = cell.State(\"c\");", "cell.State(\"c\")", "The state 'c' has no next value; allowed: one cell.Next for every state")]
    [InlineData(Good + "cell.Next(h, h);", "cell.Next(h, h)", "The state 'h' has a next value already; allowed: one cell.Next for every state")]
    [InlineData("Vector z = Tanh(h);" + Good + "cell.Next(z, h);", "z", "The state 'z' is no state; allowed: what cell.State gives")]
    [InlineData("Vector g = cell.State(\"h\");" + Good, "cell.State(\"h\")", "The state 'h' is declared already; allowed: one cell.State for every state")]
    public void State_that_is_not_whole_is_SEQ0024(string body, string place, string message) => AssertFails(body, "SEQ0024", place, message);

    [Theory]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, 1));", "1", "The map 'a' maps 1, which is one number; allowed: x, states, and vectors that the equations compute")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, h, h));", "h", "The map 'a' maps h beside another vector whose weights are the tensor weight_hh; allowed: x, each state, and one computed vector in place of the first state, once each")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x) + cell.Affine(\"a\", x));", "x", "The map 'a' maps x beside another vector whose weights are the tensor weight_ih; allowed: x, each state, and one computed vector in place of the first state, once each")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, 0 * h));", "0 * h", "The map 'a' maps 0 * h, which is one number; allowed: x, states, and vectors that the equations compute")]
    [InlineData("cell.Next(h, cell.Affine(\"a\") + cell.Affine(\"b\", x));", "cell.Affine(\"a\")", "The map 'a' maps nothing; allowed: one vector or more")]
    public void Product_that_cannot_be_computed_is_SEQ0025(string body, string place, string message) => AssertFails(body, "SEQ0025", place, message);

    [Fact]
    public void Sums_that_no_order_makes_neighbours_are_SEQ0025() => AssertFails(
        """
        Vector s = cell.State("s"), u = cell.State("u"), v = cell.State("v");
        cell.Next(h, cell.Affine("a", x, h, v));
        cell.Next(s, cell.Affine("b", x, h, s));
        cell.Next(u, cell.Affine("c", x, s, u));
        cell.Next(v, cell.Affine("d", x, u, v));
        """,
        "SEQ0025", "My(3)", "The map 'a, b, c, d' have vectors that feed them in no order in which each feeds neighbours; allowed: gates that share their vectors, or have others");

    [Theory]
    [InlineData("Vector q = cell.State(\"hid\" + \"den\");" + Good, "\"hid\" + \"den\"", "The name \"hidden\" is not a valid name; allowed: one of the letters a to z other than m, t and x")]
    [InlineData("Vector q = cell.State(\"t\");" + Good, "\"t\"", "The name \"t\" is not a valid name; allowed: one of the letters a to z other than m, t and x")]
    [InlineData("cell.Next(h, cell.Affine(\"a b\", x, h));", "\"a b\"", "The name \"a b\" is not a valid name; allowed: letters a to z and digits, a letter first")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, h) * cell.Parameter(\"weight_ih\"));", "\"weight_ih\"", "The name \"weight_ih\" is not a valid name; allowed: letters a to z, digits and '_', a letter first")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, h) * cell.Parameter(\"h0\"));", "\"h0\"", "The name \"h0\" is not a valid name; allowed: letters a to z, digits and '_', a letter first")]
    [InlineData("cell.Next(h, cell.Affine(\"a\", x, h) * cell.Parameter(\"p\") * cell.Scalar(\"p\"));", "\"p\"", "The name \"p\" is used twice; allowed: a name of its own for every parameter")]
    [InlineData("cell.Next(h, cell.Affine(System.Environment.NewLine, x, h));", "System.Environment.NewLine", "The name \"System.Environment.NewLine\" is no constant; allowed: a text that is known at compile time")]
    public void Name_that_cannot_be_used_is_SEQ0026(string body, string place, string message) => AssertFails(body, "SEQ0026", place, message);

    [Theory]
    [InlineData("Vector z = Sigmoid(cell.Affine(\"z\", x));" + Good, "z = Sigmoid(cell.Affine(\"z\", x))", "z")]
    [InlineData("Vector p = cell.Parameter(\"p\");" + Good, "cell.Parameter(\"p\")", "p")]
    [InlineData("cell.Next(h, 0 * cell.Affine(\"a\", x, h));", "cell.Affine(\"a\", x, h)", "a")]
    [InlineData("cell.Next(h, Tanh(0 * cell.Affine(\"a\", x) + cell.Affine(\"b\", h)));", "cell.Affine(\"a\", x)", "a")]
    [InlineData("Vector zero = 0; cell.Next(h, zero * h * cell.Scalar(\"s\") + cell.Affine(\"b\", x, h));", "cell.Scalar(\"s\")", "s")]
    public void Value_that_nothing_uses_is_SEQ0027(string body, string place, string name) =>
        AssertFails(body, "SEQ0027", place, $"The value '{name}' does not reach a state; allowed: values that cell.Next uses, itself or through others");

    [Theory]
    [InlineData("(int units) : CellAttribute(units) { }", "has no method Equations")]
    [InlineData("(int units) : CellAttribute(units) { public void Equations(Cell cell) { } }", "has the method void MyAttribute.Equations(Cell cell)")]
    [InlineData("(int units) : CellAttribute(units) { public static void Equations(Cell cell, int a) { } public static void Equations() { } }", "has 2 methods Equations")]
    public void Cell_without_equations_is_SEQ0022(string type, string found) => AssertFailure(
        $"internal sealed class MyAttribute{type} [SequenceModel(Input = 2)] [My(3)] public partial class M;",
        "SEQ0022", "My(3)", $"The cell 'My' {found}; allowed: public static void Equations(Cell cell)");

    [Fact]
    public void Cell_whose_constructor_takes_no_units_is_SEQ0022() => AssertFailure(
        "internal sealed class MyAttribute() : CellAttribute(3) { public static void Equations(Cell cell) { } } [SequenceModel(Input = 2)] [My] public partial class M;",
        "SEQ0022", "My", "The cell 'My' has no parameter 'int units' in its constructor; allowed: a constructor that takes the number of units, and hands it to CellAttribute");

    [Fact]
    public void Cell_without_the_input_is_SEQ0025() => AssertFailure(
        Source("Vector h = cell.State(\"h\"); cell.Next(h, Tanh(cell.Affine(\"a\", h)));"),
        "SEQ0025", "public static void Equations(Cell cell) { Vector h = cell.State(\"h\"); cell.Next(h, Tanh(cell.Affine(\"a\", h))); }",
        "The map 'x' is not mapped; allowed: cell.Input as a vector of one cell.Affine or more");

    [Fact]
    public void Several_failures_are_reported_each_at_its_place()
    {
        GenerationResult result = Run(Source("Vector x = cell.Input, h = cell.State(\"h\"); Vector a = Other(h), b = Tanh(x); cell.Next(h, a + b);"));
        Assert.Equal([("SEQ0023", "Other(h)"), ("SEQ0023", "x")], result.Diagnostics.Select(diagnostic => (diagnostic.Id, result.TextAt(diagnostic))));
    }

    [Fact]
    public void Cell_in_another_file_is_read_and_its_failures_point_there()
    {
        const string Head = "using Seq.Embedded;\nusing Seq.Embedded.Cells;\nusing static Seq.Embedded.Cells.Vector;\nnamespace Demo;\n";
        string Cell(string next) => Head + "internal sealed class MyAttribute(int units) : CellAttribute(units) { public static void Equations(Cell cell) { Vector x = cell.Input, h = cell.State(\"h\"); cell.Next(h, " + next + "); } }";
        const string Model = "using Seq.Embedded;\nnamespace Demo;\n/// <summary>A model.</summary>\n[SequenceModel(Input = 2)] [My(3)] public partial class M;";
        Generation.Run(Model, Cell("Tanh(cell.Affine(\"a\", x, h))")).AssertClean();
        Diagnostic diagnostic = Assert.Single(Generation.Run(Model, Cell("Tanh(x)")).Diagnostics);
        Assert.Equal("SEQ0023", diagnostic.Id);
        Assert.Equal("File1.cs", diagnostic.Location.GetLineSpan().Path);
    }

    [Fact]
    public void Edit_of_the_equations_writes_the_model_again_and_of_a_comment_does_not()
    {
        const string Model = "using Seq.Embedded;\nnamespace Demo;\n[SequenceModel(Input = 2)] [My(3)] public partial class M;";
        string Cell(string body) => "using Seq.Embedded.Cells;\nnamespace Demo;\ninternal sealed class MyAttribute(int units) : CellAttribute(units) { public static void Equations(Cell cell) { Vector h = cell.State(\"h\"); " + body + " } }";
        string first = Cell("cell.Next(h, Vector.Tanh(cell.Affine(\"a\", cell.Input, h)));");
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation compilation = Generation.Compile(Model, first);
        GeneratorDriver driver = Generation.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken);
        IncrementalStepRunReason After(string text)
        {
            SyntaxTree old = compilation.SyntaxTrees[1];
            GeneratorRunResult result = driver.RunGenerators(compilation.ReplaceSyntaxTree(old, Generation.Parse(text, old.FilePath)), TestContext.Current.CancellationToken).GetRunResult().Results.Single();
            return result.TrackedSteps[SequenceModelGenerator.Steps.Source].Single().Outputs.Single().Reason;
        }

        Assert.Equal(IncrementalStepRunReason.Cached, After("// A comment.\n" + first));
        Assert.Equal(IncrementalStepRunReason.Modified, After(first.Replace("Tanh", "Sigmoid", StringComparison.Ordinal)));
    }

    [Fact]
    public void Equations_that_do_not_compile_are_the_compilers_to_report()
    {
        GenerationResult result = Run(Source("Vector x = cell.Input, h = cell.State(\"h\"); cell.Next(h, Missing(x));"));
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.Sources);
    }

    [Theory]
    [InlineData("cell.Next(h, Tanh(cell.Affine(\"a\", x, h)));")]
    [InlineData("const double k = 2; Vector a = cell.Affine(\"a\", x, h), row = (a + -a) * k, unit = Relu(row); Vector x1 = Sigmoid(unit) * Constant(1), dA = x1 * a; cell.Next(value: dA - 0.5f, state: h); ;")]
    [InlineData("Vector c = cell.State(\"c\"); Vector y = cell.Affine(\"h\", x, c) + cell.Affine(\"c\", h); Vector \u00e9t\u00e9 = Tanh(y), @class = \u00e9t\u00e9 * y; cell.Next(c, h); cell.Next(h, @class + Tanh(Tanh(y) * y));")]
    [InlineData("Vector d = cell.State(\"d\"), e = cell.State(\"e\"); Vector n = Tanh(cell.Affine(\"n\", x, h)); cell.Next(d, n); cell.Next(h, n); cell.Next(e, 0.5);")]
    [InlineData("Vector a = Tanh(cell.Affine(\"a\", x, h)); Vector b = Tanh(cell.Affine(\"b\", a)); Vector d = Tanh(cell.Affine(\"d\", b)) + b * a; cell.Next(h, d * Sigmoid(cell.Scalar(\"s\", 1)) * cell.Scalar(\"r\"));")]
    [InlineData("cell.Next(h, -(-cell.Affine(\"a\", x, h)) * -h - -(-h * h));")]
    public void Equations_of_every_form_are_generated(string body)
    {
        GenerationResult result = Run(Source("Vector x = cell.Input, h = cell.State(\"h\");" + body));
        result.AssertClean();
        Assert.Single(result.Sources);
    }

    [Fact]
    public void Names_of_the_equations_stand_in_the_documentation()
    {
        string text = Assert.Single(Run(Source("Vector x = cell.Input, h = cell.State(\"h\"); Vector gate = Sigmoid(cell.Affine(\"z\", x, h)); cell.Next(h, gate * h + 0.5 * Tanh(cell.Affine(\"n\", x)));")).Sources).SourceText.ToString();
        Assert.Contains("/// gate = sigmoid(W_iz x + b_iz + W_hz h + b_hz)<br/>", text, StringComparison.Ordinal);
        Assert.Contains("/// h'   = gate * h + 0.5 * tanh(W_in x + b_in)<br/>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_equations_have_another_fingerprint_and_other_names_have_not()
    {
        string Fingerprint(string body) => Assert.Single(Run(Source("Vector x = cell.Input, h = cell.State(\"h\");" + body)).Sources).SourceText.ToString()
            .Split('\n').Single(line => line.Contains("const string Spec", StringComparison.Ordinal));
        string one = Fingerprint("Vector n = Tanh(cell.Affine(\"n\", x, h)); cell.Next(h, n);");
        Assert.Equal(one, Fingerprint("Vector other = Tanh(cell.Affine(\"n\", x, h)); cell.Next(h, other);"));
        Assert.NotEqual(one, Fingerprint("Vector n = Sigmoid(cell.Affine(\"n\", x, h)); cell.Next(h, n);"));
    }

    [Theory]
    [InlineData("Vector x = cell.Input, h = cell.State(\"h\"); cell.Next(h, Tanh(cell.Affine(\"n\", x, h) + cell.Parameter(\"p\") * h));")]
    [InlineData("Vector h = cell.State(\"h\"); Vector p = cell.Parameter(\"p\", 0.5), n = Tanh(cell.Affine(\"n\", cell.Input, h) + p * h); cell.Next(h, n);")]
    [InlineData("Vector h = cell.State(\"h\"); Vector a = cell.Affine(\"n\", cell.Input, h), b = cell.Parameter(\"p\", 2) * h; Vector sum = a + b; cell.Next(h, Tanh(sum));")]
    public void Fingerprint_depends_on_neither_local_variables_nor_initial_values(string body)
    {
        string Fingerprint(string equations) => Assert.Single(Run(Source(equations)).Sources).SourceText.ToString()
            .Split('\n').Single(line => line.Contains("const string Spec", StringComparison.Ordinal));
        Assert.Equal(Fingerprint("Vector x = cell.Input, h = cell.State(\"h\"), p = cell.Parameter(\"p\", 0.25); Vector a = cell.Affine(\"n\", x, h) + p * h; cell.Next(h, Tanh(a));"), Fingerprint(body));
    }

    [Fact]
    public void Order_of_the_gates_is_part_of_the_fingerprint()
    {
        string Fingerprint(string body) => Assert.Single(Run(Source("Vector x = cell.Input, h = cell.State(\"h\");" + body)).Sources).SourceText.ToString()
            .Split('\n').Single(line => line.Contains("const string Spec", StringComparison.Ordinal));
        Assert.NotEqual(
            Fingerprint("Vector a = cell.Affine(\"a\", x, h), b = cell.Affine(\"b\", x, h); cell.Next(h, a * b);"),
            Fingerprint("Vector b = cell.Affine(\"b\", x, h), a = cell.Affine(\"a\", x, h); cell.Next(h, a * b);"));
    }

    private static string Source(string body) =>
        "internal sealed class MyAttribute(int units) : CellAttribute(units) { public static void Equations(Cell cell) { " + body + " } private static Vector Other(Vector a) => a; } "
        + "[SequenceModel(Input = 2)] [My(3)] public partial class M;";

    private static GenerationResult Run(string declarations) =>
        Generation.Run($"using Seq.Embedded;\nusing Seq.Embedded.Cells;\nusing static Seq.Embedded.Cells.Vector;\nnamespace Demo\n{{\n    {declarations}\n}}\n");

    private static void AssertFails(string body, string id, string place, string message) =>
        AssertFailure(Source("Vector x = cell.Input, h = cell.State(\"h\");" + body), id, place, message);

    private static void AssertFailure(string declarations, string id, string place, string message)
    {
        GenerationResult result = Run(declarations);
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(place, result.TextAt(diagnostic));
        Assert.Empty(result.Sources);
    }
}
