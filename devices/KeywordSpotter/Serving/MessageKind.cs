namespace KeywordSpotter.Serving;

/// <summary>What a message of the Wyoming protocol is about, as far as a wake-word service needs to know.</summary>
internal enum MessageKind
{
    /// <summary>Of another service: ignored.</summary>
    Other,

    /// <summary>Asks what the service offers.</summary>
    Describe,

    /// <summary>Names the keywords that are wanted.</summary>
    Detect,

    /// <summary>Begins a stream of audio.</summary>
    AudioStart,

    /// <summary>Carries samples.</summary>
    AudioChunk,

    /// <summary>Ends a stream of audio.</summary>
    AudioStop,

    /// <summary>Asks for a sign of life.</summary>
    Ping,
}
