using Microsoft.CodeAnalysis;

namespace Seq.Embedded.Generator.Diagnostics;

/// <summary>Every error of a spec: one descriptor and one page (SEQ0001.md ...) each.</summary>
internal static class Descriptors
{
    public static readonly DiagnosticDescriptor NotPartial = Error(1, "A sequence model must be partial",
        "The class '{0}' is not partial; add the modifier 'partial', so that the generator can add the model to it");

    public static readonly DiagnosticDescriptor NoLayers = Error(2, "A sequence model needs a layer",
        "The model '{0}' has no layers; add at least one of {1} below [SequenceModel]");

    public static readonly DiagnosticDescriptor SizeOutOfRange = Error(3, "A size is out of range",
        "{0} is {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor LayerAfterSoftmax = Error(4, "No layer can follow softmax",
        "The layer [{0}] follows a softmax layer; softmax is allowed on the last layer only: use Relu, Tanh, Sigmoid or None below it");

    public static readonly DiagnosticDescriptor UnsupportedType = Error(5, "A sequence model must be a plain class",
        "'{0}' is {1}; allowed: a class that is not nested, generic, static, abstract, file-local, a record or derived, without a constructor");

    public static readonly DiagnosticDescriptor OpenLayerNotLast = Error(6, "Only the last layer can be open",
        "The layer [{0}] has no size, and a layer follows it; give it a size, or make it the last layer");

    public static readonly DiagnosticDescriptor DropoutOutOfRange = Error(7, "Dropout is out of range",
        "Dropout is {0}; allowed: 0 up to but not including 1 (as a float)");

    public static readonly DiagnosticDescriptor LayerName = Error(8, "A layer name cannot be used",
        "The layer name \"{0}\" {1}; allowed: parts of letters a to z, digits and '_' with '.' between them, different from the other names in more than case, '_' and '.'");

    public static readonly DiagnosticDescriptor ManyToOneWithoutRecurrence = Error(9, "Many-to-one needs a recurrent layer",
        "The model '{0}' is ManyToOne and has no recurrent layer; add one of {1}, or use ManyToMany");

    public static readonly DiagnosticDescriptor LayersOnSeveralParts = Error(10, "All layers must stand on one declaration",
        "The layer [{1}] stands on another part of '{0}' than [SequenceModel], and parts have no order; put all layers below [SequenceModel]");

    public static readonly DiagnosticDescriptor UnknownOption = Error(11, "An option has no such value",
        "{0} is {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor OverBudget = Error(12, "The model is over its budget",
        "{0} is {1}, and the model needs {2}; raise the budget or make the layers smaller ({3} needs most: {4})");

    public static readonly DiagnosticDescriptor TooLarge = Error(13, "The model is too large",
        "The model '{0}' has {1} parameters; allowed: up to {2}");

    public static readonly DiagnosticDescriptor NameTaken = Error(15, "A name is taken by the generated code",
        "'{0}' is the name of a member that the generator adds to the model '{1}'; choose another name");

    public static readonly DiagnosticDescriptor LanguageTooOld = Error(16, "The generated code needs C# 12",
        "The project of the model '{0}' is written in C# {1}; allowed: C# 12 or later, which LangVersion sets");

    public static readonly DiagnosticDescriptor OptionsExclude = Error(20, "Two options exclude each other",
        "{0} cannot be combined with {1}; allowed with it: {2}");

    public static readonly DiagnosticDescriptor NotFinite = Error(21, "A value must be finite",
        "{0} is {1}; allowed: a number that is finite as a float");

    public static readonly DiagnosticDescriptor CellWithoutEquations = Error(22, "A cell has no equations that can be read",
        "The cell '{0}' {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor EquationUnread = Error(23, "An equation cannot be read",
        "'{0}' is {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor CellState = Error(24, "A state of a cell is not whole",
        "The state '{0}' {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor CellProduct = Error(25, "A product of a cell cannot be computed",
        "The map '{0}' {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor CellName = Error(26, "A name in a cell cannot be used",
        "The name \"{0}\" {1}; allowed: {2}");

    public static readonly DiagnosticDescriptor CellValueUnused = Error(27, "A value of a cell is not used",
        "The value '{0}' does not reach a state; allowed: values that cell.Next uses, itself or through others");

    public static readonly DiagnosticDescriptor WindowTooLong = Error(60, "A window over time is too long",
        "The layer [{0}] keeps {1} values, (Kernel - 1) * Dilation = ({2} - 1) * {3} inputs of {4}; allowed: up to {5}");

    public static readonly DiagnosticDescriptor StridesTooLong = Error(61, "The strides of a model are too long together",
        "The strides of the layers up to this [{0}] multiply to {1} time steps; allowed: up to {2}");

    public static readonly DiagnosticDescriptor PoolingOfManyToMany = Error(62, "Pooling over time gives one output a sequence",
        "The layer [{0}] gives one output a sequence, and the model '{1}' is ManyToMany; allowed: Task = SequenceTask.ManyToOne");

    public static readonly DiagnosticDescriptor TimeAbovePooling = Error(63, "No layer over time can stand above pooling",
        "The layer [{0}] reads one time step after the other, and [{1}] below it leaves one row a sequence; allowed above it: [Dense], and [Conv1D] with Kernel = 1 and Stride = 1");

    public static readonly DiagnosticDescriptor LookAheadOfStrides = Error(64, "Chunks of a model that looks ahead have no strides",
        "LookAhead is {0}, and the strides of the layers multiply to {1} time steps; allowed with LookAhead: no strides");

    public static readonly DiagnosticDescriptor TokensNotFirst = Error(80, "Tokens become vectors in the first layer",
        "The layer [{0}] takes tokens and follows [{1}], which gives vectors; allowed: [Embedding] or [OneHot] as the first layer");

    public static readonly DiagnosticDescriptor OneHotAlone = Error(81, "OneHot needs a layer above it",
        "The model '{0}' has [OneHot] and no layer above it; add a layer whose weights the tokens look up: one of [Rnn], [Gru], [Lstm], [Dense]");

    public static readonly DiagnosticDescriptor NothingToSet = Error(82, "The layer has nothing to set",
        "{0} of [{2}] is {1}; allowed: none, as the layer has no tensors and no outputs of its own in memory");

    public static readonly DiagnosticDescriptor DecoderPlace = Error(83, "A decoder stands below an encoder",
        "{0}; allowed: the layers of an encoder, one [Decoder], the layers of the decoder, in a ManyToMany model; [Attention] only in the decoder of an encoder with time steps");

    public static readonly DiagnosticDescriptor DecoderOrder = Error(84, "The layers of a decoder have an order",
        "In the decoder {0}; allowed below [Decoder]: [Embedding] or [OneHot], one or more recurrent layers, [Attention] or none, [Dense({1}, Activation.Softmax)]");

    public static readonly DiagnosticDescriptor DecoderState = Error(85, "A decoder begins with states of the encoder",
        "{0} ({1}) cannot begin with what {2} ({3}) ends with; allowed: a recurrent layer of the same kind and size, without a learned initial state");

    public static readonly DiagnosticDescriptor AttentionUnits = Error(86, "Attention needs queries and keys of one length",
        "{0}; allowed: Units of 1 to 16,384, or 0 for dot products of outputs of the same size");

    public static readonly DiagnosticDescriptor OneHotRows = Error(87, "One-hot vectors are not in memory",
        "{0} of [{2}] is {1}, which reads the vectors of [OneHot], and those are never written; allowed: a layer over single steps, forward in time and without a residual, or [Embedding] in place of [OneHot]");

    public static readonly DiagnosticDescriptor LayerWithoutModel = new("SEQ0014", "A layer needs [SequenceModel]",
        "The class '{0}' has the layer [{1}] but no [SequenceModel]; nothing is generated for it", "Seq.Embedded", DiagnosticSeverity.Warning, true,
        helpLinkUri: Help(14));

    public static readonly DiagnosticDescriptor ResidualOfOtherSize = Error(40, "A residual layer needs an input of its own size",
        "The layer [{0}] is Residual and has {1} inputs and {2} outputs; allowed: as many inputs as outputs");

    public static readonly DiagnosticDescriptor ResidualOfLastLayer = Error(41, "This layer cannot be residual",
        "The layer [{0}] is Residual and {1}; allowed: a layer of vectors with a size and without softmax, at every time step of its input");

    public static readonly DiagnosticDescriptor ResidualOfLastStates = Error(42, "The last states of a reverse direction have no input beside them",
        "The layer [{0}] is Residual and {1}, and the model is ManyToOne, so its output is made of last states of different time steps; allowed: Forward, or a layer above it");

    public static readonly DiagnosticDescriptor MergeOfOneDirection = Error(43, "One direction has nothing to merge with",
        "Merge is {0}, and the layer [{1}] is {2}; allowed: Direction.Bidirectional, or no Merge");

    public static readonly DiagnosticDescriptor LookAheadWithoutReverse = Error(44, "Only a reverse direction looks ahead",
        "LookAhead is {0}, and '{1}' has no layer that is Reverse or Bidirectional; remove LookAhead: the model can be streamed step by step");

    public static readonly DiagnosticDescriptor LookAheadOfManyToOne = Error(45, "One output a sequence does not look ahead",
        "LookAhead is {0}, and '{1}' is ManyToOne: its output needs the whole sequence; remove LookAhead, or use ManyToMany");

    public static readonly DiagnosticDescriptor FeatureSettingUnused = Error(100, "A setting of the features does nothing",
        "{0} is given, and the features ({1}) do not use it as they are; allowed: {0} with {2}");

    public static readonly DiagnosticDescriptor FrameLength = Error(101, "A frame is a whole number of samples",
        "{0}; allowed: whole samples, {1} to {2}, such as {3}");

    public static readonly DiagnosticDescriptor FftSize = Error(102, "The Fourier transform has no such size",
        "FftSize is {0}; allowed: a power of two from {1} to {2}, as the window has {3} samples");

    public static readonly DiagnosticDescriptor FeatureFrequency = Error(103, "A frequency of the bands is out of range",
        "{0} is {1} Hz; allowed: {2}");

    public static readonly DiagnosticDescriptor EmptyBand = Error(104, "A band has no bin of the Fourier transform",
        "Band {0} lies between two bins of the Fourier transform, which are {1} Hz apart, and would always be 0; allowed: {2}");

    public static readonly DiagnosticDescriptor FeaturesOfOtherSize = Error(105, "The input is another size than the features",
        "Input is {0}, and the features have {1} values a time step ({2}); allowed: Input = {1}, or no Input");

    public static readonly DiagnosticDescriptor FeaturesOfTokens = Error(106, "A model of tokens takes no features",
        "The first layer [{0}] takes tokens, and [AudioFeatures] gives vectors; allowed: another first layer, or no [AudioFeatures]");

    public static readonly DiagnosticDescriptor AudioLibraryMissing = Error(107, "[AudioFeatures] needs the audio library",
        "[AudioFeatures] is not known here; allowed: with a reference to Seq.Embedded.Audio and 'using Seq.Embedded.Audio'");

    public static readonly DiagnosticDescriptor FeaturesWithoutModel = new("SEQ0108", "Features need [SequenceModel]",
        "The class '{0}' has [AudioFeatures] but no [SequenceModel]; nothing is generated for it", "Seq.Embedded", DiagnosticSeverity.Warning, true,
        helpLinkUri: Help(108));

    /// <summary>By id, so that diagnostics travel through the pipeline as values.</summary>
    public static IReadOnlyDictionary<string, DiagnosticDescriptor> ById { get; } = new[]
    {
        NotPartial, NoLayers, SizeOutOfRange, LayerAfterSoftmax, UnsupportedType, OpenLayerNotLast, DropoutOutOfRange, LayerName,
        ManyToOneWithoutRecurrence, LayersOnSeveralParts, UnknownOption, OverBudget, TooLarge, LayerWithoutModel, NameTaken,
        LanguageTooOld, OptionsExclude, NotFinite,
        ResidualOfOtherSize, ResidualOfLastLayer, ResidualOfLastStates, MergeOfOneDirection, LookAheadWithoutReverse, LookAheadOfManyToOne,
        CellWithoutEquations, EquationUnread, CellState, CellProduct, CellName, CellValueUnused,
        WindowTooLong, StridesTooLong, PoolingOfManyToMany, TimeAbovePooling, LookAheadOfStrides,
        TokensNotFirst, OneHotAlone, NothingToSet, DecoderPlace, DecoderOrder, DecoderState, AttentionUnits, OneHotRows,
        FeatureSettingUnused, FrameLength, FftSize, FeatureFrequency, EmptyBand, FeaturesOfOtherSize, FeaturesOfTokens, AudioLibraryMissing, FeaturesWithoutModel,
    }.ToDictionary(descriptor => descriptor.Id);

    private static DiagnosticDescriptor Error(int number, string title, string message) =>
        new($"SEQ{number:0000}", title, message, "Seq.Embedded", DiagnosticSeverity.Error, true, helpLinkUri: Help(number));

    /// <summary>Path of the page in the repository.</summary>
    private static string Help(int number) => $"generator/Diagnostics/SEQ{number:0000}.md";
}
