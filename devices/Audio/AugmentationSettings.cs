namespace Devices.Audio;

/// <summary>How much training examples are varied.</summary>
internal sealed record AugmentationSettings
{
    public double SlowestSpeed { get; init; } = 0.85;

    public double FastestSpeed { get; init; } = 1.18;

    /// <summary>Part of the examples that get synthetic reverberation.</summary>
    public double Reverberation { get; init; } = 0.4;

    /// <summary>Level of an example, RMS over its length in dB below full scale: lowest and highest.</summary>
    public double LowestLevel { get; init; } = -56;

    public double HighestLevel { get; init; } = -20;

    /// <summary>Lowest and highest signal-to-noise ratio in dB.</summary>
    public double LowestSnr { get; init; } = 3;

    public double HighestSnr { get; init; } = 50;

    /// <summary>Part of the examples without added noise: microphones with a gate, and files, have pauses of exact zeros.</summary>
    public double Clean { get; init; } = 0.15;

    /// <summary>Part of the examples whose noise is taken from noise recordings, when there are any.</summary>
    public double RecordedNoise { get; init; } = 0.4;

    /// <summary>Part of the examples whose noise is several people talking at once, when there is speech to take it from.</summary>
    public double Babble { get; init; }

    /// <summary>Part of the examples whose noise is made up: hum, hiss that swells, tones like music, clatter.</summary>
    public double Household { get; init; }

    /// <summary>The most that another vocal tract moves the formants, as a factor up and down; 1 for none. Speed moves them, too, and the pitch with them.</summary>
    public double Tract { get; init; } = 1;

    /// <summary>Most by which a random microphone raises or lowers what lies around three frequencies, in dB; 0 for none.</summary>
    public double Response { get; init; }

    /// <summary>Part of the examples that come through a telephone: 300 to 3,400 Hz, half of them in 8 bits.</summary>
    public double Telephone { get; init; }

    /// <summary>Part of the examples that are too loud for their microphone: clipped 3 to 18 dB below their peak.</summary>
    public double Clipping { get; init; }

    /// <summary>Part of the keyword examples that are trimmed and preceded by other speech.</summary>
    public double Context { get; init; } = 0.3;

    /// <summary>Part of the examples in which some time, and independently some bands, are blanked.</summary>
    public double Masks { get; init; } = 0.5;

    /// <summary>The most bands that are blanked.</summary>
    public int MaskedBands { get; init; } = 5;

    /// <summary>The most steps that are blanked.</summary>
    public int MaskedSteps { get; init; } = 5;

    /// <summary>No variation but position and level, over faint noise (50 dB down) in every example: for comparisons.</summary>
    public static AugmentationSettings None => new()
    {
        SlowestSpeed = 1,
        FastestSpeed = 1,
        Reverberation = 0,
        LowestSnr = 50,
        HighestSnr = 50,
        Clean = 0,
        Context = 0,
        Masks = 0,
    };
}
