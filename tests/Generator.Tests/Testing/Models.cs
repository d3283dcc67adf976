namespace Seq.Embedded.Generator.Tests.Testing;

/// <summary>Small models, one of every kind; a test that loops over <see cref="Names"/> covers a new one without new test code.</summary>
internal static class Models
{
    /// <summary>A cell of a user, with the names of the library in full, so that it can stand beside any types.</summary>
    private const string OwnCell = """
        /// <summary>A cell with negative and fractional constants, a scalar and a parameter.</summary>
        public sealed class OwnAttribute(int units) : global::Seq.Embedded.Cells.CellAttribute(units)
        {
            /// <summary>Its equations.</summary>
            public static void Equations(global::Seq.Embedded.Cells.Cell cell)
            {
                var h = cell.State("h");
                var z = global::Seq.Embedded.Cells.Vector.Sigmoid(cell.Affine("z", cell.Input, h) - 1.5);
                var n = global::Seq.Embedded.Cells.Vector.Tanh(cell.Affine("n", cell.Input) + cell.Parameter("p", -0.25) * h);
                cell.Next(h, (1 - z) * n * cell.Scalar("s", 0.75) + -0.125 * z * h);
            }
        }


        """;

    private static readonly Dictionary<string, string> Specs = new()
    {
        ["RnnTanh"] = "[SequenceModel(Input = 2)]\n[Rnn(3)]",
        ["RnnRelu"] = "[SequenceModel(Input = 5)]\n[Rnn(2, Activation = Activation.Relu)]",
        ["GruAfter"] = "[SequenceModel(Input = 2)]\n[Gru(3)]",
        ["GruPairs"] = "[SequenceModel(Input = 3)]\n[Gru(32)]\n[Dense(8)]",
        ["GruBefore"] = "[SequenceModel(Input = 2)]\n[Gru(3, Reset = GruReset.BeforeProduct)]",
        ["LstmPlain"] = "[SequenceModel(Input = 3)]\n[Lstm(2)]",
        ["DenseFixed"] = "[SequenceModel(Input = 3)]\n[Dense(2, Activation.Sigmoid)]",
        ["ConvDilated"] = "[SequenceModel(Input = 2)]\n[Conv1D(3, Kernel = 2, Dilation = 2, Activation = Activation.Relu)]",
        ["ConvStrides"] = "[SequenceModel(Input = 2)]\n[Conv1D(3, Kernel = 3, Stride = 2)]\n[Rnn(2)]\n[Conv1D(2, Kernel = 2, Stride = 3)]",
        ["ConvLast"] = "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Conv1D(3, Kernel = 2, Stride = 2, Dilation = 3)]\n[Dense(Activation.Softmax)]",
        ["PoolLast"] = "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Rnn(3)]\n[AttentionPooling(2, Name = \"attention\")]\n[Dense(2, Activation.Softmax)]",
        ["DenseOpen"] = "[SequenceModel(Input = 3)]\n[Dense(2, Activation.Relu, Dropout = 0.25)]\n[Dense(Activation.Softmax, Name = \"head\")]",
        ["LastStep"] = "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Lstm(3, Layers = 2, Dropout = 0.5)]\n[Dense(2, Activation.Tanh)]\n[Dense(3, Activation.Softmax)]",
        ["LastState"] = "[SequenceModel(Input = 1, Task = SequenceTask.ManyToOne)]\n[Gru(2)]",
        ["Mixed"] = "[SequenceModel(Input = 4)]\n[Dense(3, Activation.Relu, Dropout = 0.1)]\n[Gru(3, Layers = 2, Dropout = 0.1)]\n[Rnn(2)]\n[Gru(2, Reset = GruReset.BeforeProduct)]\n[Dense(Activation.None)]",
        ["Tokens"] = "[SequenceModel(Input = 5)]\n[Embedding(2, Dropout = 0.1)]\n[Gru(3)]\n[Dense(5, Activation.Softmax)]",
        ["Translator"] = "[SequenceModel(Input = 3)]\n[Gru(2)]\n[Decoder(4)]\n[Embedding(2)]\n[Gru(2)]\n[Attention(Units = 3)]\n[Dense(4, Activation.Softmax)]",
        ["Caption"] = "[SequenceModel(Input = 3)]\n[Dense(2, Activation.Tanh)]\n[Decoder(3)]\n[OneHot]\n[Lstm(2)]\n[Dense(3, Activation.Softmax)]",
        ["OneHotTokens"] = "[SequenceModel(Input = 4)]\n[OneHot]\n[Lstm(2)]\n[Dense(4, Activation.Softmax)]",
        ["Bidirectional"] = "[SequenceModel(Input = 2)]\n[Gru(3, Direction = Direction.Bidirectional)]",
        ["Chunks"] = "[SequenceModel(Input = 2, LookAhead = 3)]\n[Rnn(2, Direction = Direction.Bidirectional, Merge = DirectionMerge.Average, Residual = true)]\n[Dense(2, Activation.Softmax)]",
        ["LastStates"] = "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Lstm(2, Direction = Direction.Bidirectional, Dropout = 0.5)]\n[Dense(Activation.Sigmoid)]",
        ["Residual"] = "[SequenceModel(Input = 2)]\n[Rnn(2, Layers = 2, Residual = true, Dropout = 0.5)]",
        ["GruSimple"] = "[SequenceModel(Input = 2)]\n[Gru(3, Reset = GruReset.None, Bias = false)]",
        ["GruInt8"] = "[SequenceModel(Input = 2, Weights = WeightFormat.Int8)]\n[Gru(3)]\n[Dense(2, Activation.Sigmoid)]",
        ["GruNormalized"] = "[SequenceModel(Input = 2)]\n[Gru(3, Normalize = true)]",
        ["LstmPeephole"] = "[SequenceModel(Input = 3)]\n[Lstm(2, Peepholes = true, CoupledGates = true, ForgetBias = 1, InitialState = InitialState.Learned)]",
        ["LstmProjected"] = "[SequenceModel(Input = 3)]\n[Lstm(4, Projection = 2, Normalize = true)]",
        ["MguPlain"] = "[SequenceModel(Input = 2)]\n[Mgu(3)]",
        ["FastGrnnPlain"] = "[SequenceModel(Input = 2)]\n[FastGrnn(3)]",
        ["UserCell"] = "[SequenceModel(Input = 2)]\n[Own(3, InitialState = InitialState.Learned)]",
        ["AudioPcen"] = "[SequenceModel()]\n[global::Seq.Embedded.Audio.AudioFeatures(SampleRate = 8000, WindowSamples = 16, HopSamples = 8, FftSize = 32, Bands = 4, Stack = 2, Stride = 2, OutputScale = 0.7)]\n[Gru(2)]\n[Dense(Activation.Softmax)]",
        ["AudioMfcc"] = "[SequenceModel()]\n[global::Seq.Embedded.Audio.AudioFeatures(Preset = global::Seq.Embedded.Audio.FeaturePreset.Kaldi, Kind = global::Seq.Embedded.Audio.FeatureKind.Mfcc, SampleRate = 8000, Window = 4, Hop = 2, Bands = 4, Coefficients = 3, Energy = true, Deltas = 2, InputScale = 32768)]\n[Gru(2)]",
        ["AudioMel"] = "[SequenceModel(Task = SequenceTask.ManyToOne)]\n[global::Seq.Embedded.Audio.AudioFeatures(Preset = global::Seq.Embedded.Audio.FeaturePreset.Torchaudio, Kind = global::Seq.Embedded.Audio.FeatureKind.Mel, SampleRate = 8000, WindowSamples = 32, HopSamples = 16, Bands = 3)]\n[Gru(2)]\n[Dense(2)]",
        ["AudioStrides"] = "[SequenceModel()]\n[global::Seq.Embedded.Audio.AudioFeatures(Preset = global::Seq.Embedded.Audio.FeaturePreset.TensorFlow, Kind = global::Seq.Embedded.Audio.FeatureKind.Spectrogram, SampleRate = 1000, Window = 16, Hop = 8, Deltas = 1, Stride = 2)]\n[Conv1D(2, Kernel = 2, Stride = 2)]",
        ["AudioChunks"] = "[SequenceModel(LookAhead = 2)]\n[global::Seq.Embedded.Audio.AudioFeatures(Kind = global::Seq.Embedded.Audio.FeatureKind.LogSpectrogram, SampleRate = 1000, Window = 16, Hop = 8, Padding = global::Seq.Embedded.Audio.FramePadding.Zeros)]\n[Rnn(2, Direction = Direction.Reverse)]",
        ["AudioWhole"] = "[SequenceModel()]\n[global::Seq.Embedded.Audio.AudioFeatures(Kind = global::Seq.Embedded.Audio.FeatureKind.LogMel, SampleRate = 4000, WindowSamples = 16, HopSamples = 8, Bands = 2, HighHz = 2000, Energy = true)]\n[Rnn(2, Direction = Direction.Reverse)]",
        ["LastOpen"] = "[SequenceModel(Input = 2, Task = SequenceTask.ManyToOne)]\n[Gru(2, Reset = GruReset.BeforeProduct)]\n[Dense(Activation.Sigmoid)]",
    };

    public static IEnumerable<string> All => Specs.Keys;

    public static TheoryData<string> Names => [.. Specs.Keys];

    /// <summary>A whole source file with the model in the namespace Demo.</summary>
    public static string Source(string name) => $"using Seq.Embedded;\n\nnamespace Demo;\n\n{(Specs[name].Contains("[Own(", StringComparison.Ordinal) ? OwnCell : "")}{Declaration(name)}\n";

    /// <summary>All models in one file.</summary>
    public static string AllSources => $"using Seq.Embedded;\n\nnamespace Demo;\n\n{AllDeclarations}";

    public static string AllDeclarations => OwnCell + string.Join("\n\n", Specs.Keys.Select(Declaration)) + "\n";

    private static string Declaration(string name) => $"/// <summary>The test model {name}.</summary>\n{Specs[name]}\npublic sealed partial class {name};";
}
