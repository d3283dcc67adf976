using Seq.Embedded;
using Seq.Embedded.Weights;

namespace KeywordSpotter.Spotting;

/// <summary>What the program uses of a network, whatever the format of its weights: generated, but for <see cref="Format"/> and <see cref="CreateStream"/>.</summary>
internal interface INetwork
{
    /// <summary>How the weights are held, in memory and in files.</summary>
    WeightFormat Format { get; }

    /// <summary>Number of posteriors: labels.</summary>
    int OutputSize { get; }

    int ParameterCount { get; }

    /// <summary>Bytes of the weights, as a file holds them.</summary>
    int WeightBytes { get; }

    int MultiplyAddsPerStep { get; }

    IReadOnlyList<LayerSummary> Layers { get; }

    /// <summary>Texts beside the weights in their file.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Starts a stream with a state of its own.</summary>
    NetworkStream CreateStream();

    /// <summary>Writes the weights in their format, atomically.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    /// <param name="metadata">Texts to store; null for those of <see cref="Metadata"/>.</param>
    /// <exception cref="WeightFileException">A weight is NaN or infinite.</exception>
    void Save(string path, IReadOnlyDictionary<string, string>? metadata);
}
