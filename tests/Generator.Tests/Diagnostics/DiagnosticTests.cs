using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Seq.Embedded.Generator.Plan;
using Seq.Embedded.Generator.Tests.Testing;

namespace Seq.Embedded.Generator.Tests.Diagnostics;

/// <summary>Each failure: its id, its message with the value found and the values allowed, and the exact text it points at.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("public sealed class M;")]
    [InlineData("class M { }")]
    public void Class_that_is_not_partial_is_SEQ0001(string declaration) => AssertFails(
        $"[SequenceModel(Input = 2)] [Gru(3)] {declaration}",
        "SEQ0001", "M", "The class 'M' is not partial; add the modifier 'partial', so that the generator can add the model to it");

    [Fact]
    public void Model_without_layers_is_SEQ0002() => AssertFails(
        "[SequenceModel(Input = 2)] public partial class M;",
        "SEQ0002", "M", $"The model 'M' has no layers; add at least one of {LayerKinds.All} below [SequenceModel]");

    [Theory]
    [InlineData("Input = 0", "[Gru(3)]", "0", "Input is 0; allowed: 1 to 16,384")]
    [InlineData("Input = -1", "[Gru(3)]", "-1", "Input is -1; allowed: 1 to 16,384")]
    [InlineData("Input = 16_385", "[Gru(3)]", "16_385", "Input is 16,385; allowed: 1 to 16,384")]
    [InlineData("Input = int.MinValue", "[Gru(3)]", "int.MinValue", "Input is -2,147,483,648; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Gru(0)]", "0", "The size of the layer is 0; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Lstm(units: 16_385)]", "16_385", "The size of the layer is 16,385; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Rnn(-7)]", "-7", "The size of the layer is -7; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Dense(0, Activation.Relu)]", "0", "The size of the layer is 0; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Dense(activation: Activation.Relu, units: 1 - 1)]", "1 - 1", "The size of the layer is 0; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Conv1D(0)]", "0", "The size of the layer is 0; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Conv1D(channels: -1, Kernel = 2)]", "-1", "The size of the layer is -1; allowed: 1 to 16,384")]
    [InlineData("Input = 2", "[Conv1D(3, Kernel = 0)]", "0", "Kernel is 0; allowed: 1 to 1,024")]
    [InlineData("Input = 2", "[Conv1D(3, Kernel = 1025)]", "1025", "Kernel is 1,025; allowed: 1 to 1,024")]
    [InlineData("Input = 2", "[Conv1D(3, Stride = -2)]", "-2", "Stride is -2; allowed: 1 to 1,024")]
    [InlineData("Input = 2", "[Conv1D(3, Dilation = 0)]", "0", "Dilation is 0; allowed: 1 to 1,024")]
    [InlineData("Input = 2", "[Conv1D(3, Dilation = 2000)]", "2000", "Dilation is 2,000; allowed: 1 to 1,024")]
    [InlineData("Input = 2", "[Gru(3, Layers = 0)]", "0", "Layers is 0; allowed: 1 to 64")]
    [InlineData("Input = 2", "[Lstm(3, Layers = 65)]", "65", "Layers is 65; allowed: 1 to 64")]
    [InlineData("Input = 2, MaxWeightBytes = -1", "[Gru(3)]", "-1", "MaxWeightBytes is -1; allowed: 0 (no budget) or more")]
    [InlineData("Input = 2, MaxStateBytes = -2000", "[Gru(3)]", "-2000", "MaxStateBytes is -2,000; allowed: 0 (no budget) or more")]
    [InlineData("Input = 2, MaxMultiplyAddsPerStep = -3", "[Gru(3)]", "-3", "MaxMultiplyAddsPerStep is -3; allowed: 0 (no budget) or more")]
    [InlineData("Input = 2, LookAhead = -1", "[Gru(3, Direction = Direction.Reverse)]", "-1", "LookAhead is -1; allowed: 1 to 1,024, or 0 (the whole sequence)")]
    [InlineData("Input = 2, LookAhead = 1025", "[Gru(3, Direction = Direction.Reverse)]", "1025", "LookAhead is 1,025; allowed: 1 to 1,024, or 0 (the whole sequence)")]
    public void Size_out_of_range_is_SEQ0003(string model, string layer, string place, string message) =>
        AssertFails($"[SequenceModel({model})] {layer} public partial class M;", "SEQ0003", place, message);

    [Theory]
    [InlineData("[Gru(3)] [Embedding(4)] [Dense(2)]", "Embedding(4)", "Embedding", "Gru")]
    [InlineData("[Embedding(4)] [OneHot] [Dense(2)]", "OneHot", "OneHot", "Embedding")]
    [InlineData("[OneHot] [Embedding(4)] [Dense(2)]", "Embedding(4)", "Embedding", "OneHot")]
    public void Layer_of_tokens_above_another_is_SEQ0080(string layers, string place, string kind, string below) => AssertFails(
        $"[SequenceModel(Input = 2)] {layers} public partial class M;",
        "SEQ0080", place, $"The layer [{kind}] takes tokens and follows [{below}], which gives vectors; allowed: [Embedding] or [OneHot] as the first layer");

    [Fact]
    public void OneHot_without_a_layer_above_is_SEQ0081() => AssertFails(
        "[SequenceModel(Input = 2)] [OneHot] public partial class M;",
        "SEQ0081", "OneHot", "The model 'M' has [OneHot] and no layer above it; add a layer whose weights the tokens look up: one of [Rnn], [Gru], [Lstm], [Dense]");

    [Theory]
    [InlineData("Name = \"a\"", "\"a\"", "Name of [OneHot] is \"a\"")]
    [InlineData("Dropout = 0.5", "0.5", "Dropout of [OneHot] is 0.5")]
    public void Argument_of_OneHot_is_SEQ0082(string argument, string place, string message) => AssertFails(
        $"[SequenceModel(Input = 2)] [OneHot({argument})] [Gru(3)] public partial class M;",
        "SEQ0082", place, message + "; allowed: none, as the layer has no tensors and no outputs of its own in memory");

    [Theory]
    [InlineData("[SequenceModel(Input = 4)] [Gru(4)] [Attention(Units = 2)] [Dense(4)]", "Attention(Units = 2)", "[Attention] has no [Decoder] above it")]
    [InlineData("[SequenceModel(Input = 4)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Softmax)]", "Decoder(3)", "[Decoder] has no encoder above it")]
    [InlineData("[SequenceModel(Input = 4)] [Gru(4)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Tanh)] [Decoder(2)]", "Decoder(2)", "The model has a second [Decoder]")]
    [InlineData("[SequenceModel(Input = 4, Task = SequenceTask.ManyToOne)] [Gru(4)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Softmax)]", "SequenceTask.ManyToOne", "Task is ManyToOne")]
    [InlineData("[SequenceModel(Input = 4)] [Embedding(4)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Softmax)]", "Decoder(3)", "The encoder has no recurrent layer and is not of [Dense] layers alone")]
    [InlineData("[SequenceModel(Input = 4)] [Dense(4)] [Decoder(3)] [OneHot] [Gru(4)] [Attention(Units = 2)] [Dense(3, Activation.Softmax)]", "Attention(Units = 2)", "[Attention] stands in a one-to-many model, whose source has no time steps")]
    [InlineData("[SequenceModel(Input = 4)] [Gru(4)] [Gru(5)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Softmax)]", "Decoder(3)", "The encoder's gru2 is read by nothing: without [Attention] the decoder needs as many recurrent layers as the encoder, 2, and has 1")]
    [InlineData("[SequenceModel(Input = 4)] [Gru(4, Direction = Direction.Bidirectional)] [Decoder(3)] [OneHot] [Gru(4)] [Dense(3, Activation.Softmax)]", "Decoder(3)", "The reverse direction of the encoder's gru is read by nothing without [Attention]")]
    public void Decoder_out_of_place_is_SEQ0083(string model, string place, string found) => AssertFails(
        $"{model} public partial class M;", "SEQ0083", place,
        found + "; allowed: the layers of an encoder, one [Decoder], the layers of the decoder, in a ManyToMany model; [Attention] only in the decoder of an encoder with time steps");

    [Theory]
    [InlineData("[Gru(4)] [Dense(3, Activation.Softmax)]", "Gru(4)", "[Gru] stands where [Embedding] or [OneHot] is expected")]
    [InlineData("[OneHot] [Dense(3, Activation.Softmax)]", "Dense(3, Activation.Softmax)", "[Dense] stands where a recurrent layer is expected")]
    [InlineData("[OneHot] [Gru(4)] [Dense(3)]", "Dense(3)", "[Dense] stands without softmax where [Dense] with softmax is expected")]
    [InlineData("[OneHot] [Gru(4)] [Dense(2, Activation.Softmax)]", "Dense(2, Activation.Softmax)", "[Dense] has 2 outputs")]
    [InlineData("[OneHot] [Gru(4)] [Dense(Activation.Softmax)]", "Dense(Activation.Softmax)", "[Dense] has an open number of outputs")]
    [InlineData("[Embedding(2)] [Gru(4, Direction = Direction.Reverse)] [Dense(3, Activation.Softmax)]", "Gru(4, Direction = Direction.Reverse)", "[Gru] has Direction = Reverse, which reads tokens that are not there yet")]
    public void Decoder_in_another_order_is_SEQ0084(string layers, string place, string found) => AssertFails(
        $"[SequenceModel(Input = 2)] [Lstm(4)] [Decoder(3)] {layers} public partial class M;", "SEQ0084", place,
        $"In the decoder {found}; allowed below [Decoder]: [Embedding] or [OneHot], one or more recurrent layers, [Attention] or none, [Dense(3, Activation.Softmax)]");

    [Theory]
    [InlineData("[Gru(4)]", "[Gru(5)]", "Gru(5)", "decoder.gru (Gru, states of 5) cannot begin with what gru (Gru, states of 4) ends with")]
    [InlineData("[Lstm(4)]", "[Gru(4)]", "Gru(4)", "decoder.gru (Gru, states of 4) cannot begin with what lstm (Lstm, states of 4 and 4) ends with")]
    [InlineData("[Dense(5)]", "[Gru(4)]", "Gru(4)", "decoder.gru (Gru, states of 4) cannot begin with what dense (Dense, 5 outputs) ends with")]
    [InlineData("[Gru(4)]", "[Gru(4, InitialState = InitialState.Learned)]", "InitialState.Learned", "decoder.gru (InitialState = Learned) cannot begin with what the encoder (a state to begin with) ends with")]
    public void Decoder_that_cannot_take_the_states_is_SEQ0085(string encoder, string decoder, string place, string found) => AssertFails(
        $"[SequenceModel(Input = 2)] {encoder} [Decoder(3)] [OneHot] {decoder} [Dense(3, Activation.Softmax)] public partial class M;", "SEQ0085", place,
        found + "; allowed: a recurrent layer of the same kind and size, without a learned initial state");

    [Theory]
    [InlineData("[Gru(4)]", "[Attention]", "Attention", "Units is 0 and the score additive")]
    [InlineData("[Gru(4)] [Dense(5)]", "[Attention(Score = AttentionScore.DotProduct, Units = 0)]", "0", "Units is 0 and decoder.gru has 4 outputs, dense 5")]
    public void Attention_without_a_length_is_SEQ0086(string encoder, string attention, string place, string found) => AssertFails(
        $"[SequenceModel(Input = 2)] {encoder} [Decoder(3)] [OneHot] [Gru(4)] {attention} [Dense(3, Activation.Softmax)] public partial class M;", "SEQ0086", place,
        found + "; allowed: Units of 1 to 16,384, or 0 for dot products of outputs of the same size");

    [Theory]
    [InlineData("Gru(3, Residual = true)", "true", "Residual of [Gru] is true")]
    [InlineData("Gru(3, Direction = Direction.Reverse)", "Direction.Reverse", "Direction of [Gru] is Reverse")]
    [InlineData("Conv1D(3)", "Conv1D(3)", "Kernel of [Conv1D] is 3")]
    [InlineData("Conv1D(3, Kernel = 1, Stride = 2)", "2", "Stride of [Conv1D] is 2")]
    [InlineData("AttentionPooling(2)", "AttentionPooling(2)", "The output of [AttentionPooling] is a mean of its inputs")]
    public void Layer_that_reads_one_hot_vectors_is_SEQ0087(string layer, string place, string found) => AssertFails(
        $"[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)] [OneHot] [{layer}] [Dense(2)] public partial class M;", "SEQ0087", place,
        found + ", which reads the vectors of [OneHot], and those are never written; allowed: a layer over single steps, forward in time and without a residual, or [Embedding] in place of [OneHot]");

    [Theory]
    [InlineData("[SequenceModel]", "SequenceModel")]
    [InlineData("[SequenceModel(MaxStateBytes = 0)]", "SequenceModel(MaxStateBytes = 0)")]
    public void Missing_input_is_SEQ0003_at_the_attribute(string model, string place) =>
        AssertFails($"{model} [Gru(3)] public partial class M;", "SEQ0003", place, "Input is 0; allowed: 1 to 16,384");

    [Theory]
    [InlineData("[Dense(3)]", "Dense(3)", "Dense")]
    [InlineData("[Gru(4)]", "Gru(4)", "Gru")]
    public void Layer_after_softmax_is_SEQ0004(string layer, string place, string kind) => AssertFails(
        $"[SequenceModel(Input = 2)] [Dense(3, Activation.Softmax)] {layer} public partial class M;",
        "SEQ0004", place, $"The layer [{kind}] follows a softmax layer; softmax is allowed on the last layer only: use Relu, Tanh, Sigmoid or None below it");

    [Theory]
    [InlineData("public partial class Outer { [SequenceModel(Input = 2)] [Gru(3)] public partial class M; }", "nested in another type")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M<T>;", "generic")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial record M;", "a record")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public static partial class M;", "a static class")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public abstract partial class M;", "an abstract class")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] file partial class M;", "a file-local class")]
    [InlineData("public class Base; [SequenceModel(Input = 2)] [Gru(3)] public partial class M : Base;", "derived from another class")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M(int size) { public int Size => size; }", "a class with a primary constructor")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M { public M() { } }", "a class with a constructor of its own")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M; partial class M { private M(int size) => Size = size; internal int Size { get; } }", "a class with a constructor of its own")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial struct M;", "a struct")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial record struct M;", "a record")]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial interface M;", "an interface")]
    public void Type_that_is_no_plain_class_is_SEQ0005(string source, string found) => AssertFails(
        source, "SEQ0005", "M", $"'M' is {found}; allowed: a class that is not nested, generic, static, abstract, file-local, a record or derived, without a constructor");

    [Fact]
    public void Open_layer_that_is_not_last_is_SEQ0006() => AssertFails(
        "[SequenceModel(Input = 2)] [Dense(Activation.Relu)] [Gru(3)] public partial class M;",
        "SEQ0006", "Dense(Activation.Relu)", "The layer [Dense] has no size, and a layer follows it; give it a size, or make it the last layer");

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0.01", "-0.01")]
    [InlineData("1.5f", "1.5")]
    [InlineData("double.NaN", "NaN")]
    [InlineData("double.PositiveInfinity", "Infinity")]
    [InlineData("0.99999999", "0.99999999")]
    public void Dropout_out_of_range_is_SEQ0007(string value, string found) => AssertFails(
        $"[SequenceModel(Input = 2)] [Gru(3, Dropout = {value})] public partial class M;",
        "SEQ0007", value, $"Dropout is {found}; allowed: 0 up to but not including 1 (as a float)");

    [Theory]
    [InlineData("[Gru(3, Name = \"\")]", "\"\"", "", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"_\")]", "\"_\"", "_", "is not a valid name")]
    [InlineData("[Gru(3, Name = \".a\")]", "\".a\"", ".a", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"a.\")]", "\"a.\"", "a.", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"a..b\")]", "\"a..b\"", "a..b", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"a._\")]", "\"a._\"", "a._", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"a-b\")]", "\"a-b\"", "a-b", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"0\")] [Dense(3, Name = \"layer0\")]", "\"layer0\"", "layer0", "is too like \"0\"")]
    [InlineData("[Gru(3, Name = \"a.b\")] [Dense(3, Name = \"ab\")]", "\"ab\"", "ab", "is too like \"a.b\"")]
    [InlineData("[Gru(3, Name = \"1.0\")] [Dense(3, Name = \"10\")]", "\"10\"", "10", "is too like \"1.0\"")]
    [InlineData("[Gru(3, Name = \"a b\")]", "\"a b\"", "a b", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"gr\\u00fc\")]", "\"gr\\u00fc\"", "gr\u00fc", "is not a valid name")]
    [InlineData("[Gru(3, Name = \"a\")] [Gru(3, Name = \"a\")]", "\"a\"", "a", "is used twice")]
    [InlineData("[Gru(3, Name = \"b\")] [Gru(3, Name = nameof(B))]", "nameof(B)", "B", "is too like \"b\"")]
    [InlineData("[Gru(3, Name = \"a_b\")] [Gru(3, Name = \"ab\")]", "\"ab\"", "ab", "is too like \"a_b\"")]
    [InlineData("[Gru(3)] [Dense(3, Name = \"gru\")]", "\"gru\"", "gru", "is used twice")]
    [InlineData("[Dense(3, Name = \"gru1\")] [Gru(3)] [Gru(3)]", "Gru(3)", "gru1", "is used twice")]
    [InlineData("[Gru(3, Direction = Direction.Bidirectional)] [Dense(3, Name = \"gru_reverse\")]", "\"gru_reverse\"", "gru_reverse", "is too like \"gru\"")]
    [InlineData("[Gru(3, Layers = 2, Direction = Direction.Reverse)] [Dense(3, Name = \"gruL1Reverse\")]", "\"gruL1Reverse\"", "gruL1Reverse", "is too like \"gru\"")]
    [InlineData("[Gru(3, Layers = 2)] [Dense(3, Name = \"gruL1\")]", "\"gruL1\"", "gruL1", "is too like \"gru\"")]
    [InlineData("[Dense(3, Name = \"gru_l0\")] [Gru(3, Layers = 2)]", "Gru(3, Layers = 2)", "gru", "is too like \"gru_l0\"")]
    public void Layer_name_that_cannot_be_used_is_SEQ0008(string layers, string place, string name, string problem) => AssertFails(
        $"[SequenceModel(Input = 2)] {layers} public partial class M; class B;",
        "SEQ0008", place, $"The layer name \"{name}\" {problem}; allowed: parts of letters a to z, digits and '_' with '.' between them, different from the other names in more than case, '_' and '.'");

    [Theory]
    [InlineData("[Dense(3)]")]
    [InlineData("[Conv1D(3, Kernel = 1, Dilation = 2)]")]
    public void Many_to_one_without_recurrent_layer_is_SEQ0009(string layer) => AssertFails(
        $"[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] {layer} public partial class M;",
        "SEQ0009", "SequenceTask.ManyToOne", $"The model 'M' is ManyToOne and has no recurrent layer; add one of {LayerKinds.Recurrent}, or use ManyToMany");

    [Fact]
    public void Layers_are_listed_in_messages_as_their_attributes()
    {
        Assert.StartsWith("[Rnn], [Gru], [Lstm], ", LayerKinds.All, StringComparison.Ordinal);
        Assert.Contains(", [Dense]", LayerKinds.All, StringComparison.Ordinal);
        Assert.StartsWith("[Rnn], [Gru], [Lstm]", LayerKinds.Recurrent, StringComparison.Ordinal);
        Assert.DoesNotContain("[Dense]", LayerKinds.Recurrent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[SequenceModel(Input = 2)] [Gru(3)] public partial class M; [Dense(4)] partial class M;")]
    [InlineData("[Dense(4)] partial class M; [SequenceModel(Input = 2)] [Gru(3)] public partial class M;")]
    public void Layer_on_another_part_is_SEQ0010(string source) => AssertFails(
        source, "SEQ0010", "Dense(4)", "The layer [Dense] stands on another part of 'M' than [SequenceModel], and parts have no order; put all layers below [SequenceModel]");

    [Fact]
    public void Layer_in_another_file_is_SEQ0010()
    {
        GenerationResult result = Generation.Run(
            "using Seq.Embedded; [SequenceModel(Input = 2)] [Gru(3)] public partial class M;",
            "using Seq.Embedded; [Dense(4)] partial class M;");
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("SEQ0010", diagnostic.Id);
        Assert.Equal("File1.cs", diagnostic.Location.GetLineSpan().Path);
        Assert.Equal("Dense(4)", result.TextAt(diagnostic));
    }

    [Theory]
    [InlineData("", "[Rnn(3, Activation = Activation.Sigmoid)]", "Activation.Sigmoid", "Activation is Sigmoid; allowed: Tanh, Relu")]
    [InlineData("", "[Rnn(3, Activation = Activation.Softmax)] [Dense(2)]", "Activation.Softmax", "Activation is Softmax; allowed: Tanh, Relu")]
    [InlineData("", "[Rnn(3, Activation = (Activation)(-1))]", "(Activation)(-1)", "Activation is -1; allowed: Tanh, Relu")]
    [InlineData("", "[Dense(3, (Activation)99)]", "(Activation)99", "Activation is 99; allowed: None, Relu, Tanh, Sigmoid, Softmax")]
    [InlineData("", "[Dense((Activation)5)]", "(Activation)5", "Activation is 5; allowed: None, Relu, Tanh, Sigmoid, Softmax")]
    [InlineData("", "[Conv1D(3, Activation = Activation.Softmax)]", "Activation.Softmax", "Activation is Softmax; allowed: None, Relu, Tanh, Sigmoid")]
    [InlineData("", "[Gru(3, Direction = (Direction)3)]", "(Direction)3", "Direction is 3; allowed: Forward, Reverse, Bidirectional")]
    [InlineData("", "[Gru(3, Direction = Direction.Bidirectional, Merge = (DirectionMerge)(-1))]", "(DirectionMerge)(-1)", "Merge is -1; allowed: Concatenate, Sum, Average")]
    [InlineData("", "[Gru(3, Reset = (GruReset)3)]", "(GruReset)3", "Reset is 3; allowed: AfterProduct, BeforeProduct, None")]
    [InlineData(", Task = (SequenceTask)7", "[Gru(3)]", "(SequenceTask)7", "Task is 7; allowed: ManyToMany, ManyToOne")]
    [InlineData(", Weights = (WeightFormat)2", "[Gru(3)]", "(WeightFormat)2", "Weights is 2; allowed: Float32, Int8")]
    public void Option_without_such_a_value_is_SEQ0011(string model, string layers, string place, string message) =>
        AssertFails($"[SequenceModel(Input = 2{model})] {layers} public partial class M;", "SEQ0011", place, message);

    // GRU 2 -> 3: 63 parameters (252 bytes), 3 values of state (12 bytes), 45 multiply-adds. Dense 3 -> 2: 8 parameters (32 bytes), 6 multiply-adds.
    // With 8-bit weights: 45 + 18 scales and 18 biases of 4 bytes each (189 bytes), and 6 + 2 scales and 2 biases (22 bytes).
    [Theory]
    [InlineData("MaxWeightBytes = 283", "283", "MaxWeightBytes is 283, and the model needs 284; raise the budget or make the layers smaller (gru (GRU) needs most: 252)")]
    [InlineData("MaxStateBytes = 11", "11", "MaxStateBytes is 11, and the model needs 12; raise the budget or make the layers smaller (gru (GRU) needs most: 12)")]
    [InlineData("MaxMultiplyAddsPerStep = 50", "50", "MaxMultiplyAddsPerStep is 50, and the model needs 51; raise the budget or make the layers smaller (gru (GRU) needs most: 45)")]
    [InlineData("MaxStateBytes = 11, Task = SequenceTask.ManyToOne", "11", "MaxStateBytes is 11, and the model needs 12; raise the budget or make the layers smaller (gru (GRU) needs most: 12)")]
    [InlineData("Task = SequenceTask.ManyToOne, MaxMultiplyAddsPerStep = 44", "44", "MaxMultiplyAddsPerStep is 44, and the model needs 45; raise the budget or make the layers smaller (gru (GRU) needs most: 45)")]
    [InlineData("MaxWeightBytes = 210, Weights = WeightFormat.Int8", "210", "MaxWeightBytes is 210, and the model needs 211; raise the budget or make the layers smaller (gru (GRU) needs most: 189)")]
    public void Model_over_its_budget_is_SEQ0012(string budget, string place, string message) =>
        AssertFails($"[SequenceModel(Input = 2, {budget})] [Gru(3)] [Dense(2)] public partial class M;", "SEQ0012", place, message);

    [Fact]
    public void Open_model_over_its_budget_is_SEQ0012_with_one_output() => AssertFails(
        "[SequenceModel(Input = 1000, MaxWeightBytes = 4003)] [Dense(Activation.None)] public partial class M;",
        "SEQ0012", "4003", "MaxWeightBytes is 4,003, and the model needs 4,004 with one output; raise the budget or make the layers smaller (dense (Dense) needs most: 4,004)");

    [Theory]
    [InlineData("MaxWeightBytes = 284, MaxStateBytes = 12, MaxMultiplyAddsPerStep = 51")]
    [InlineData("MaxWeightBytes = 0, MaxStateBytes = 0, MaxMultiplyAddsPerStep = 0")]
    [InlineData("Task = SequenceTask.ManyToOne, MaxMultiplyAddsPerStep = 45")]
    [InlineData("Weights = WeightFormat.Int8, MaxWeightBytes = 211, MaxStateBytes = 12, MaxMultiplyAddsPerStep = 51")]
    public void Model_within_its_budget_is_generated(string budget) =>
        Generation.Run($"using Seq.Embedded; [SequenceModel(Input = 2, {budget})] [Gru(3)] [Dense(2)] partial class M;").AssertClean();

    [Fact]
    public void Model_with_too_many_parameters_is_SEQ0013() => AssertFails(
        "[SequenceModel(Input = 16_384)] [Dense(16_384)] public partial class M;",
        "SEQ0013", "M", "The model 'M' has 268,451,840 parameters; allowed: up to 268,435,456");

    [Theory]
    [InlineData("[Gru(4, Residual = true)]", "Gru", "3", "4")]
    [InlineData("[Dense(2, Residual = true)]", "Dense", "3", "2")]
    [InlineData("[Gru(3, Direction = Direction.Bidirectional, Residual = true)]", "Gru", "3", "6")]
    [InlineData("[Lstm(4)] [Rnn(3, Layers = 3, Residual = true)]", "Rnn", "4", "3")]
    [InlineData("[Lstm(3, Direction = Direction.Bidirectional)] [Rnn(3, Residual = true)]", "Rnn", "6", "3")]
    public void Residual_layer_of_another_size_is_SEQ0040(string layers, string kind, string inputs, string outputs) => AssertFails(
        $"[SequenceModel(Input = 3)] {layers} public partial class M;",
        "SEQ0040", "true", $"The layer [{kind}] is Residual and has {inputs} inputs and {outputs} outputs; allowed: as many inputs as outputs");

    [Theory]
    [InlineData("[SequenceModel(Input = 3)] [Embedding(3, Residual = true)] [Gru(2)]")]
    [InlineData("[SequenceModel(Input = 4)] [Gru(2)] [Decoder(3)] [Embedding(3, Residual = true)] [Gru(2)] [Dense(3, Activation.Softmax)]")]
    public void Residual_layer_of_tokens_is_SEQ0041(string model) => AssertFails(
        $"{model} public partial class M;",
        "SEQ0041", "true", "The layer [Embedding] is Residual and takes tokens; allowed: a layer of vectors with a size and without softmax, at every time step of its input");

    [Theory]
    [InlineData("[Dense(3, Activation.Softmax, Residual = true)]", "ends in softmax")]
    [InlineData("[Dense(Activation.Relu, Residual = true)]", "has no size")]
    public void Residual_layer_that_is_open_or_ends_in_softmax_is_SEQ0041(string layer, string problem) => AssertFails(
        $"[SequenceModel(Input = 3)] {layer} public partial class M;",
        "SEQ0041", "true", $"The layer [Dense] is Residual and {problem}; allowed: a layer of vectors with a size and without softmax, at every time step of its input");

    [Theory]
    [InlineData("[Gru(3, Direction = Direction.Reverse, Residual = true)]", "Gru", "Reverse")]
    [InlineData("[Rnn(3)] [Lstm(3, Layers = 2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Residual = true)] [Dense(2)]", "Lstm", "Bidirectional")]
    public void Residual_layer_of_last_states_is_SEQ0042(string layers, string kind, string direction) => AssertFails(
        $"[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne)] {layers} public partial class M;",
        "SEQ0042", "true", $"The layer [{kind}] is Residual and {direction}, and the model is ManyToOne, so its output is made of last states of different time steps; allowed: Forward, or a layer above it");

    [Theory]
    [InlineData("[Gru(3, Merge = DirectionMerge.Sum)]", "DirectionMerge.Sum", "Merge is Sum, and the layer [Gru] is Forward; allowed: Direction.Bidirectional, or no Merge")]
    [InlineData("[Rnn(3, Direction = Direction.Reverse, Merge = DirectionMerge.Average)]", "DirectionMerge.Average", "Merge is Average, and the layer [Rnn] is Reverse; allowed: Direction.Bidirectional, or no Merge")]
    public void Merge_of_one_direction_is_SEQ0043(string layer, string place, string message) =>
        AssertFails($"[SequenceModel(Input = 3)] {layer} public partial class M;", "SEQ0043", place, message);

    [Fact]
    public void Look_ahead_without_a_reverse_direction_is_SEQ0044() => AssertFails(
        "[SequenceModel(Input = 3, LookAhead = 2_0)] [Gru(3)] public partial class M;",
        "SEQ0044", "2_0", "LookAhead is 20, and 'M' has no layer that is Reverse or Bidirectional; remove LookAhead: the model can be streamed step by step");

    [Fact]
    public void Look_ahead_of_a_many_to_one_model_is_SEQ0045() => AssertFails(
        "[SequenceModel(Input = 3, Task = SequenceTask.ManyToOne, LookAhead = 2)] [Gru(3, Direction = Direction.Reverse)] public partial class M;",
        "SEQ0045", "2", "LookAhead is 2, and 'M' is ManyToOne: its output needs the whole sequence; remove LookAhead, or use ManyToMany");

    [Theory]
    [InlineData("Input = 4, LookAhead = 1024", "[Gru(2, Direction = Direction.Bidirectional, Residual = true)] [Dense(4, Residual = true)] [Dense(Activation.Softmax)]")]
    [InlineData("Input = 4, LookAhead = 1", "[Gru(4, Layers = 2, Direction = Direction.Reverse, Merge = DirectionMerge.Concatenate, Residual = true)]")]
    [InlineData("Input = 4, LookAhead = 0, Task = SequenceTask.ManyToOne", "[Gru(4, Direction = Direction.Bidirectional, Merge = DirectionMerge.Sum, Residual = true)] [Gru(4, Residual = true)] [Dense(4, Residual = true)]")]
    [InlineData("Input = 4, MaxStateBytes = 32, Task = SequenceTask.ManyToOne", "[Gru(4, Residual = true)]")]
    public void Directions_and_residual_layers_that_fit_are_generated(string model, string layers) =>
        Generation.Run($"using Seq.Embedded; [SequenceModel({model})] {layers} partial class M;").AssertClean();

    [Theory]
    [InlineData("[Gru(3, Normalize = true, Reset = GruReset.BeforeProduct)]", "true", "Normalize = true cannot be combined with Reset = BeforeProduct; allowed with it: Reset = AfterProduct")]
    [InlineData("[Gru(3, Reset = GruReset.None, Normalize = true)]", "true", "Normalize = true cannot be combined with Reset = None; allowed with it: Reset = AfterProduct")]
    [InlineData("[Lstm(3, Bias = false, ForgetBias = 1)]", "1", "ForgetBias cannot be combined with Bias = false; allowed with it: Bias = true")]
    public void Options_that_exclude_each_other_are_SEQ0020(string layer, string place, string message) =>
        AssertFails($"[SequenceModel(Input = 2)] {layer} public partial class M;", "SEQ0020", place, message);

    [Theory]
    [InlineData("double.NaN", "NaN")]
    [InlineData("double.PositiveInfinity", "Infinity")]
    [InlineData("-1e39", "-1E+39")]
    public void Forget_bias_that_is_not_finite_is_SEQ0021(string value, string found) =>
        AssertFails($"[SequenceModel(Input = 2)] [Lstm(3, ForgetBias = {value})] public partial class M;", "SEQ0021", value, $"ForgetBias is {found}; allowed: a number that is finite as a float");

    [Theory]
    [InlineData("3", "Projection is 3; allowed: 0 (none) to 2, less than the size of the layer")]
    [InlineData("-1", "Projection is -1; allowed: 0 to 16,384")]
    public void Projection_out_of_range_is_SEQ0003(string value, string message) =>
        AssertFails($"[SequenceModel(Input = 2)] [Lstm(3, Projection = {value})] public partial class M;", "SEQ0003", value, message);

    [Theory]
    [InlineData("[Lstm(3, Projection = 2, ForgetBias = 0, Normalize = true, Peepholes = true, CoupledGates = true, InitialState = InitialState.Learned)]")]
    [InlineData("[Lstm(3, Projection = 0, Bias = false)]")]
    [InlineData("[Gru(3, Normalize = true, Bias = false)]")]
    [InlineData("[Mgu(3, Bias = false)] [FastGrnn(2, Bias = false)] [Dense(Activation.Softmax, Bias = false)]")]
    public void Options_that_fit_are_generated(string layers) =>
        Generation.Run($"using Seq.Embedded; [SequenceModel(Input = 2)] {layers} partial class M;").AssertClean();

    [Fact]
    public void Largest_sizes_are_allowed() =>
        Generation.Run("using Seq.Embedded; [SequenceModel(Input = 16_384)] [Rnn(1, Layers = 64)] [Dense(16_384)] partial class M;").AssertClean();

    [Theory]
    [InlineData("public partial class Stream;", "Stream", "Stream")]
    [InlineData("public partial class Load;", "Load", "Load")]
    [InlineData("public partial class GruStep;", "GruStep", "GruStep")]
    [InlineData("public partial class M { public const int InputSize = 3; }", "InputSize", "M")]
    [InlineData("public partial class M { public void Stream() { } }", "Stream", "M")]
    [InlineData("public partial class M { private class Trainer; }", "Trainer", "M")]
    [InlineData("public partial class M; partial class M { public string Save => \"\"; }", "Save", "M")]
    [InlineData("public partial class M { private int GruBackward; }", "GruBackward", "M")]
    public void Name_of_a_generated_member_is_SEQ0015(string declaration, string name, string model) => AssertFails(
        $"[SequenceModel(Input = 2)] [Gru(3)] {declaration}",
        "SEQ0015", name, $"'{name}' is the name of a member that the generator adds to the model '{model}'; choose another name");

    [Theory]
    [InlineData(LanguageVersion.CSharp11, "11.0")]
    [InlineData(LanguageVersion.CSharp10, "10.0")]
    [InlineData(LanguageVersion.CSharp8, "8.0")]
    public void Language_older_than_the_generated_code_is_SEQ0016_alone(LanguageVersion version, string found)
    {
        CSharpParseOptions options = Generation.ParseOptions.WithLanguageVersion(version);
        GenerationResult result = Generation.Run(options, "using Seq.Embedded;\n[SequenceModel(Input = 0)] [Gru(3)] class M { }");
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal("SEQ0016", diagnostic.Id);
        Assert.Equal($"The project of the model 'M' is written in C# {found}; allowed: C# 12 or later, which LangVersion sets", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("M", result.TextAt(diagnostic));
        Assert.Empty(result.Sources);
        Assert.Empty(result.CompilerDiagnostics);
    }

    [Fact]
    public void Static_constructor_is_allowed() => Generation.Run(
        "using Seq.Embedded; [SequenceModel(Input = 2)] [Gru(3)] partial class M { static M() { } internal static int Models { get; } = 3; }").AssertClean();

    [Fact]
    public void Overload_of_a_generated_method_is_allowed() => Generation.Run(
        "using Seq.Embedded; [SequenceModel(Input = 2)] [Gru(3)] partial class M { internal static M Load(int number) => Create(number); internal static int Streams => 3; }").AssertClean();

    [Theory]
    [InlineData("Input = 16_384", "[Conv1D(2, Kernel = 66)]", "66", "1,064,960", "(66 - 1) * 1 inputs of 16,384")]
    [InlineData("Input = 2", "[Conv1D(1026, Kernel = 2)] [Conv1D(2, Kernel = 2, Dilation = 1023)]", "1023", "1,049,598", "(2 - 1) * 1,023 inputs of 1,026")]
    public void Window_of_too_many_values_is_SEQ0060(string model, string layers, string place, string values, string inputs) => AssertFails(
        $"[SequenceModel({model})] {layers} public partial class M;",
        "SEQ0060", place, $"The layer [Conv1D] keeps {values} values, (Kernel - 1) * Dilation = {inputs}; allowed: up to 1,048,576");

    [Theory]
    [InlineData("[Conv1D(2, Stride = 128)] [Conv1D(2, Stride = 129)]", "129", "16,512")]
    [InlineData("[Conv1D(2, Stride = 1024)] [Gru(2)] [Conv1D(2, Stride = 1024)] [Conv1D(2, Stride = 1024)]", "1024", "1,048,576")]
    public void Strides_that_multiply_to_too_much_are_SEQ0061(string layers, string place, string product) => AssertFails(
        $"[SequenceModel(Input = 2)] {layers} public partial class M;",
        "SEQ0061", place, $"The strides of the layers up to this [Conv1D] multiply to {product} time steps; allowed: up to 16,384");

    [Fact]
    public void Pooling_of_a_many_to_many_model_is_SEQ0062() => AssertFails(
        "[SequenceModel(Input = 2)] [Gru(3)] [AttentionPooling(4)] [Dense(2)] public partial class M;",
        "SEQ0062", "AttentionPooling(4)", "The layer [AttentionPooling] gives one output a sequence, and the model 'M' is ManyToMany; allowed: Task = SequenceTask.ManyToOne");

    [Fact]
    public void Names_of_the_modules_of_a_layer_are_taken() => AssertFails(
        "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [AttentionPooling(2, Name = \"a\")] [Dense(3, Name = \"a.score\")] public partial class M;",
        "SEQ0008", "\"a.score\"", "The layer name \"a.score\" is too like \"a\"; allowed: parts of letters a to z, digits and '_' with '.' between them, different from the other names in more than case, '_' and '.'");

    [Theory]
    [InlineData("[AttentionPooling(4)] [Gru(3)]", "Gru(3)", "Gru")]
    [InlineData("[AttentionPooling(4)] [Dense(3)] [AttentionPooling(5)]", "AttentionPooling(5)", "AttentionPooling")]
    [InlineData("[AttentionPooling(4)] [Conv1D(5, Kernel = 1, Stride = 2)]", "Conv1D(5, Kernel = 1, Stride = 2)", "Conv1D")]
    [InlineData("[AttentionPooling(4)] [Dense(3)] [Conv1D(5)] [Dense(2)]", "Conv1D(5)", "Conv1D")]
    public void Layer_over_time_above_pooling_is_SEQ0063(string layers, string place, string kind) => AssertFails(
        $"[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Gru(3)] {layers} public partial class M;",
        "SEQ0063", place, $"The layer [{kind}] reads one time step after the other, and [AttentionPooling] below it leaves one row a sequence; allowed above it: [Dense], and [Conv1D] with Kernel = 1 and Stride = 1");

    [Fact]
    public void Convolution_of_one_time_step_is_allowed_above_pooling() => Generation.Run(
        "using Seq.Embedded; [SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Gru(5)] [AttentionPooling(3)] [Conv1D(4, Kernel = 1, Dilation = 2)] partial class M;").AssertClean();

    [Theory]
    [InlineData("", "[Conv1D(2, Stride = 2, Residual = true)]", "Conv1D", "has a stride")]
    [InlineData(", Task = SequenceTask.ManyToOne", "[AttentionPooling(2, Residual = true)]", "AttentionPooling", "gives one row a sequence")]
    public void Residual_layer_of_fewer_rows_is_SEQ0041(string model, string layer, string kind, string problem) => AssertFails(
        $"[SequenceModel(Input = 2{model})] {layer} public partial class M;",
        "SEQ0041", "true", $"The layer [{kind}] is Residual and {problem}; allowed: a layer of vectors with a size and without softmax, at every time step of its input");

    // Pooling gives as many values as it reads, whatever the size of its projection.
    [Fact]
    public void Residual_layer_above_pooling_has_the_size_of_its_input() => Generation.Run(
        "using Seq.Embedded; [SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)] [Gru(5)] [AttentionPooling(3)] [Dense(5, Residual = true)] partial class M;").AssertClean();

    [Fact]
    public void LookAhead_of_a_model_with_strides_is_SEQ0064() => AssertFails(
        "[SequenceModel(Input = 2, LookAhead = 8)] [Conv1D(2, Stride = 2)] [Gru(3, Direction = Direction.Bidirectional)] [Conv1D(2, Stride = 3)] public partial class M;",
        "SEQ0064", "8", "LookAhead is 8, and the strides of the layers multiply to 6 time steps; allowed with LookAhead: no strides");

    [Fact]
    public void Longest_windows_and_strides_are_allowed() => Generation.Run(
        "using Seq.Embedded; [SequenceModel(Input = 1024)] [Conv1D(2, Kernel = 1024, Stride = 1024)] [Conv1D(2, Kernel = 2, Stride = 16, Dilation = 1024)] partial class M;").AssertClean();

    // (3 - 1) inputs of 2 values, the time step within the stride, and 2 values of the RNN: 28 bytes.
    [Fact]
    public void State_of_windows_counts_in_its_budget()
    {
        const string Layers = "[Conv1D(3, Stride = 2)] [Rnn(2)] public partial class M;";
        AssertFails(
            $"[SequenceModel(Input = 2, MaxStateBytes = 27)] {Layers}",
            "SEQ0012", "27", "MaxStateBytes is 27, and the model needs 28; raise the budget or make the layers smaller (conv1d (Conv1D kernel 3 stride 2) needs most: 16)");
        Generation.Run($"using Seq.Embedded; [SequenceModel(Input = 2, MaxStateBytes = 28)] {Layers}").AssertClean();
    }

    // GRU: 6 values. Conv1D: one input of 6 and the last row of 30. RNN: 9. Pooling: the mean of 9, largest score and sum of weights.
    [Theory]
    [InlineData("[Gru(6)] [Conv1D(30, Kernel = 2)]", "168", "conv1d (Conv1D kernel 2) needs most: 144")]
    [InlineData("[Rnn(9)] [AttentionPooling(4)]", "80", "attentionpooling.score (Dense without bias) needs most: 44")]
    public void State_of_pooling_and_of_last_rows_counts_for_its_layer(string layers, string needed, string most) => AssertFails(
        $"[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne, MaxStateBytes = 20)] {layers} public partial class M;",
        "SEQ0012", "20", $"MaxStateBytes is 20, and the model needs {needed}; raise the budget or make the layers smaller ({most})");

    [Fact]
    public void Each_failure_of_a_spec_is_reported()
    {
        GenerationResult result = Generation.Run("using Seq.Embedded; [SequenceModel(Input = 0)] [Gru(0, Layers = 0, Dropout = 2)] class M;");
        Assert.Equal(["SEQ0001", "SEQ0003", "SEQ0003", "SEQ0003", "SEQ0007"], result.Diagnostics.Select(diagnostic => diagnostic.Id).Order(StringComparer.Ordinal));
        Assert.Empty(result.Sources);
    }

    /// <summary>Exactly one failure, an error, and nothing is generated.</summary>
    internal static void AssertFails(string declarations, string id, string place, string message)
    {
        GenerationResult result = Generation.Run($"using Seq.Embedded;\nnamespace Demo\n{{\n    {declarations}\n}}\n");
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Equal(message, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.Equal(place, result.TextAt(diagnostic));
        Assert.Empty(result.Sources);
    }
}
