using Seq.Embedded.Decoding;

namespace Shakespeare.Commands;

/// <summary>What <c>shakespeare sample</c> writes.</summary>
internal sealed record SampleOptions
{
    /// <summary>Weight file; null for the bundled model.</summary>
    public string? Model { get; init; }

    /// <summary>Characters to write.</summary>
    public int Length { get; init; } = 500;

    /// <summary>What the text begins with.</summary>
    public string Prompt { get; init; } = "";

    public SamplerOptions Sampler { get; init; } = new() { Temperature = 0.8 };
}
