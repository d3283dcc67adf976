namespace KeywordSpotter.Serving;

/// <summary>What a message says, without its payload. Fields that it does not have are null.</summary>
internal record struct Message
{
    public MessageKind Kind { get; set; }

    /// <summary>Of audio, in Hz.</summary>
    public int? Rate { get; set; }

    /// <summary>Of audio, in bytes of a sample.</summary>
    public int? Width { get; set; }

    /// <summary>Of audio.</summary>
    public int? Channels { get; set; }

    /// <summary>Of audio, in ms by the client's clock.</summary>
    public long? Timestamp { get; set; }

    /// <summary>Of a ping: to be sent back.</summary>
    public string? Text { get; set; }

    /// <summary>Of detect: the keywords that are wanted.</summary>
    public IReadOnlyList<string>? Names { get; set; }
}
