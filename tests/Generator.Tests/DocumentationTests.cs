using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests;

/// <summary>What an editor shows: the hover text of the class, and the equations at the kernels.</summary>
public class DocumentationTests
{
    private const string Keyword = "[SequenceModel(Input = 80)]\n[Dense(48, Activation.Relu)]\n[Gru(64, Layers = 2)]\n[Dense(Activation.Softmax, Name = \"head\")]\npublic sealed partial class Keyword;";

    public static TheoryData<string> Names => Models.Names;

    [Fact]
    public void Hover_text_states_layers_shapes_parameters_and_cost()
    {
        XElement xml = Documentation(Keyword, "Keyword");
        Assert.Equal("Sequence model: 80 inputs, as many outputs as it is created or loaded with, one output a time step.", xml.Element("summary")!.Value);
        Assert.Equal(
            [
                "dense: Dense relu, 80 -> 48, 3,888 parameters, 3,840 multiply-adds per step",
                "gru: GRU layer 1 of 2, 48 -> 64, 21,888 parameters, 21,504 multiply-adds per step",
                "gru: GRU layer 2 of 2, 64 -> 64, 24,960 parameters, 24,576 multiply-adds per step",
                "head: Dense softmax, 64 -> O (open), 65 O parameters, 64 O multiply-adds per step",
                "O is the number of outputs that the model is created or loaded with.",
                "Total: 50,736 + 65 O parameters, 49,920 + 64 O multiply-adds per step",
                "Weights 202,944 + 260 O bytes; packed in memory 207,104 with up to 16 outputs",
                "State 512 bytes; memory of a stream 52,480 with up to 16 outputs: 1,024 for the state twice, 256 for Step, 51,200 for Run",
                "A model holds weights only and never changes: any number of threads can share it. Each audio or data stream has its own Demo.Keyword.Stream.",
            ],
            Lines(xml.Element("remarks")!));
    }

    [Fact]
    public void Hover_text_of_a_many_to_one_model_tells_steps_from_the_sequence()
    {
        XElement xml = Documentation("[SequenceModel(Input = 40, Task = SequenceTask.ManyToOne)]\n[Lstm(64)]\n[Dense(10, Activation.Softmax)]\npublic sealed partial class Last;", "Last");
        Assert.Equal("Sequence model: 40 inputs, 10 outputs, one output a sequence.", xml.Element("summary")!.Value);
        Assert.Equal(
            [
                "lstm: LSTM, 40 -> 64, 27,136 parameters, 26,624 multiply-adds per step",
                "dense: Dense softmax, 64 -> 10, 650 parameters, 640 multiply-adds per sequence",
                "Total: 27,786 parameters, 26,624 multiply-adds per step, 640 per sequence",
            ],
            Lines(xml.Element("remarks")!).Take(3));
    }

    [Fact]
    public void Hover_text_of_a_strided_model_tells_how_often_layers_are_computed()
    {
        XElement xml = Documentation("[SequenceModel(Input = 40)]\n[Conv1D(16, Kernel = 5, Stride = 2, Activation = Activation.Relu)]\n[Conv1D(16, Stride = 3)]\n[Dense(Activation.Softmax)]\npublic sealed partial class Strided;", "Strided");
        Assert.Equal("Sequence model: 40 inputs, as many outputs as it is created or loaded with, one output every 6 time steps.", xml.Element("summary")!.Value);
        Assert.Equal(
            [
                "conv1d1: Conv1D kernel 5 stride 2 relu, 40 -> 16, 3,216 parameters, 3,200 multiply-adds per 2 steps",
                "conv1d2: Conv1D kernel 3 stride 3, 16 -> 16, 784 parameters, 768 multiply-adds per 6 steps",
                "dense: Dense softmax, 16 -> O (open), 17 O parameters, 16 O multiply-adds per 6 steps",
                "O is the number of outputs that the model is created or loaded with.",
                "Total: 4,000 + 17 O parameters, 3,968 + 16 O multiply-adds per step at which all layers are computed, 10,368 + 16 O per 6 steps",
            ],
            Lines(xml.Element("remarks")!).Take(5));
        // 4 inputs of 40 values and 2 of 16.
        Assert.Contains(Lines(xml.Element("remarks")!), line => line.Contains(", 768 for the last inputs of convolutions,", StringComparison.Ordinal));
    }

    [Fact]
    public void Hover_text_of_a_model_that_reads_the_whole_sequence_says_why_it_has_no_Step()
    {
        GenerationResult result = Generation.Run("using Seq.Embedded;\nnamespace Demo;\n[SequenceModel(Input = 4)]\n[Gru(3, Direction = Direction.Bidirectional)]\npublic sealed partial class Both;\n");
        XElement xml = Documentation(result, "Demo.Both");
        Assert.Equal("Sequence model: 4 inputs, 6 outputs, one output a time step, over whole sequences.", xml.Element("summary")!.Value);
        Assert.Equal(
            [
                "gru: GRU forward, 4 -> 3, 81 parameters, 63 multiply-adds per step",
                "gru: GRU reverse, 4 -> 3, 81 parameters, 63 multiply-adds per step",
                "gru: both directions side by side, 6 values",
            ],
            Lines(xml.Element("remarks")!).Take(3));
        Assert.Contains(
            "There is Run and no Step: a reverse direction begins with the last time step, so outputs need the whole sequence. LookAhead streams such a model in chunks.",
            Lines(xml.Element("remarks")!));
        Assert.Contains("there is no Step, as a reverse direction begins with the last time step", Documentation(result, "Demo.Both+Stream").Element("summary")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Hover_text_of_a_model_that_looks_ahead_states_delay_and_memory()
    {
        XElement xml = Documentation("[SequenceModel(Input = 4, LookAhead = 8)]\n[Gru(3, Direction = Direction.Reverse)]\npublic sealed partial class Ahead;", "Ahead");
        Assert.Equal("Sequence model: 4 inputs, 3 outputs, one output a time step, in chunks of 8 time steps.", xml.Element("summary")!.Value);
        Assert.Contains("Chunks of 8 time steps: outputs know the inputs up to the end of their chunk and come with it, the first of them 7 late, the last not", Lines(xml.Element("remarks")!));

        // Slots of 4 x 16 floats, two buffers of rows of 16, 4 inputs: 100 floats a time step.
        Assert.Contains("State 12 bytes; memory of a stream 3,328: 128 for the state twice, 0 for one time step, 3,200 for chunks of 8 time steps", Lines(xml.Element("remarks")!));
    }

    [Fact]
    public void Summary_of_the_user_stays_alone()
    {
        XElement xml = Documentation("/// <summary>Mine.</summary>\n" + Keyword, "Keyword");
        Assert.Equal("Mine.", Assert.Single(xml.Elements("summary")).Value);
        Assert.NotEmpty(Lines(xml.Element("remarks")!));
    }

    [Fact]
    public void Comment_without_a_summary_does_not_count_as_one()
    {
        XElement xml = Documentation("/// <seealso href=\"https://example.org\"/>\n" + Keyword, "Keyword");
        Assert.StartsWith("Sequence model:", Assert.Single(xml.Elements("summary")).Value, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Head_of_the_file_says_what_the_hover_text_says(string name)
    {
        GenerationResult result = Generation.Run(Models.Source(name));
        string head = result.Sources.Single().SourceText.ToString().Split("#nullable")[0];
        XElement xml = Documentation(result, "Demo." + name);
        foreach (string line in Lines(xml.Element("remarks")!).SkipLast(1))
        {
            Assert.Contains($"\n// {line}\n", head, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Documentation_of_every_generated_member_is_well_formed(string name)
    {
        GenerationResult result = Generation.Run(Models.Source(name));
        int checkedMembers = 0;
        void Check(INamedTypeSymbol type)
        {
            foreach (ISymbol member in type.GetMembers().Where(member => member.CanBeReferencedByName && !member.IsImplicitlyDeclared))
            {
                string xml = member.GetDocumentationCommentXml(cancellationToken: TestContext.Current.CancellationToken) ?? "";
                if (member.DeclaredAccessibility == Accessibility.Public)
                {
                    XElement element = XElement.Parse(xml);
                    Assert.False(string.IsNullOrWhiteSpace(element.Element("summary")?.Value), $"{member} has no summary.");
                    IEnumerable<string> parameters = member is IMethodSymbol method ? method.Parameters.Select(parameter => parameter.Name) : [];
                    Assert.Equal(parameters, element.Elements("param").Select(parameter => parameter.Attribute("name")!.Value));
                    checkedMembers++;
                }
                else if (xml.Length > 0)
                {
                    XElement.Parse(xml);
                }

                if (member is INamedTypeSymbol nested)
                {
                    Check(nested);
                }
            }
        }

        Check(result.Output.GetTypeByMetadataName("Demo." + name)!);
        Assert.True(checkedMembers > 20, $"Only {checkedMembers} members were checked.");
    }

    // The equations as Elman (1990), Cho et al. (2014), cuDNN and PyTorch, and Hochreiter and Schmidhuber (1997) with Gers et al. (2000) write them.
    [Theory]
    [InlineData("[Rnn(3)]", "RnnStep", "h' = tanh(W_ih x + b_ih + W_hh h + b_hh)")]
    [InlineData("[Rnn(3, Activation = Activation.Relu)]", "RnnStep", "h' = relu(W_ih x + b_ih + W_hh h + b_hh)")]
    [InlineData("[Gru(3)]", "GruStep", "r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)|z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)|n = tanh(W_in x + b_in + r * (W_hn h + b_hn))|h' = (1 - z) * n + z * h")]
    [InlineData("[Gru(3, Reset = GruReset.BeforeProduct)]", "GruStep", "r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)|z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)|n = tanh(W_in x + b_in + W_hn (r * h) + b_hn)|h' = (1 - z) * n + z * h")]
    [InlineData("[Lstm(3)]", "LstmStep", "i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)|f = sigmoid(W_if x + b_if + W_hf h + b_hf)|g = tanh(W_ig x + b_ig + W_hg h + b_hg)|o = sigmoid(W_io x + b_io + W_ho h + b_ho)|c' = f * c + i * g|h' = o * tanh(c')")]
    [InlineData("[Conv1D(3)]", "Conv1dStep", "y = W x + b|x: the inputs of 3 time steps side by side, that of this one last")]
    [InlineData("[Conv1D(3, Kernel = 2, Dilation = 4, Activation = Activation.Tanh)]", "Conv1dStep", "y = tanh(W x + b)|x: the inputs of 2 time steps side by side, 4 apart, that of this one last")]
    [InlineData("[Gru(3, Reset = GruReset.None, Bias = false)]", "GruStep", "z = sigmoid(W_iz x + W_hz h)|n = tanh(W_in x + W_hn h)|h' = (1 - z) * n + z * h")]
    [InlineData("[Gru(3, Normalize = true)]", "GruStep", "r = sigmoid(a_ir * norm(W_ir x) + b_ir + a_hr * norm(W_hr h) + b_hr)|z = sigmoid(a_iz * norm(W_iz x) + b_iz + a_hz * norm(W_hz h) + b_hz)|n = tanh(a_in * norm(W_in x) + b_in + r * (a_hn * norm(W_hn h) + b_hn))|h' = (1 - z) * n + z * h")]
    [InlineData("[Lstm(3, Peepholes = true)]", "LstmStep", "i = sigmoid(W_ii x + b_ii + W_hi h + b_hi + p_i * c)|f = sigmoid(W_if x + b_if + W_hf h + b_hf + p_f * c)|g = tanh(W_ig x + b_ig + W_hg h + b_hg)|c' = f * c + i * g|o = sigmoid(W_io x + b_io + W_ho h + b_ho + p_o * c')|h' = o * tanh(c')")]
    [InlineData("[Lstm(3, CoupledGates = true, Projection = 2)]", "LstmStep", "f = sigmoid(W_if x + b_if + W_hf h + b_hf)|i = 1 - f|g = tanh(W_ig x + b_ig + W_hg h + b_hg)|o = sigmoid(W_io x + b_io + W_ho h + b_ho)|c' = f * c + i * g|h' = W_hr (o * tanh(c'))")]
    [InlineData("[Lstm(3, Normalize = true, Bias = false)]", "LstmStep", "i = sigmoid(a_ii * norm(W_ii x) + a_hi * norm(W_hi h))|f = sigmoid(a_if * norm(W_if x) + a_hf * norm(W_hf h))|g = tanh(a_ig * norm(W_ig x) + a_hg * norm(W_hg h))|o = sigmoid(a_io * norm(W_io x) + a_ho * norm(W_ho h))|c' = f * c + i * g|h' = o * tanh(a_c * norm(c'))")]
    [InlineData("[Mgu(3)]", "MguStep", "f = sigmoid(W_if x + b_if + W_hf h + b_hf)|n = tanh(W_in x + b_in + W_hn (f * h) + b_hn)|h' = (1 - f) * h + f * n")]
    [InlineData("[FastGrnn(3)]", "FastgrnnStep", "a = W_ih x + W_hh h|z = sigmoid(a + bias_gate)|n = tanh(a + bias_update)|h' = (sigmoid(zeta) * (1 - z) + sigmoid(nu)) * n + z * h")]
    [InlineData("[Dense(3)]", "DenseStep", "y = W x + b")]
    [InlineData("[Dense(3, Activation.Relu)]", "DenseStep", "y = relu(W x + b)")]
    [InlineData("[Dense(3, Activation.Tanh)]", "DenseStep", "y = tanh(W x + b)")]
    [InlineData("[Dense(3, Activation.Sigmoid)]", "DenseStep", "y = sigmoid(W x + b)")]
    [InlineData("[Dense(3, Activation.Softmax)]", "DenseStep", "y = W x + b|softmax(y) follows where all units are finished")]
    public void Kernel_states_its_equations(string layer, string method, string equations)
    {
        GenerationResult result = Generation.Run($"using Seq.Embedded;\nnamespace Demo;\n[SequenceModel(Input = 2)]\n{layer}\npublic partial class M;");
        ISymbol kernel = result.Output.GetTypeByMetadataName("Demo.M")!.GetMembers(method).Single();
        XElement xml = XElement.Parse(kernel.GetDocumentationCommentXml(cancellationToken: TestContext.Current.CancellationToken)!);
        Assert.Equal(equations.Split('|'), Lines(xml.Element("remarks")!).SkipLast(1).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    private static XElement Documentation(string declaration, string name)
    {
        GenerationResult result = Generation.Run($"using Seq.Embedded;\nnamespace Demo;\n{declaration}\n");
        result.AssertClean();
        return Documentation(result, "Demo." + name);
    }

    private static XElement Documentation(GenerationResult result, string name) =>
        XElement.Parse(result.Output.GetTypeByMetadataName(name)!.GetDocumentationCommentXml(cancellationToken: TestContext.Current.CancellationToken)!);

    /// <summary>The text of an element line by line, references as the names they refer to.</summary>
    private static IEnumerable<string> Lines(XElement element)
    {
        foreach (XElement see in element.Descendants("see").ToArray())
        {
            see.ReplaceWith(see.Attribute("cref")!.Value[2..]);
        }

        return element.Value.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0);
    }
}
