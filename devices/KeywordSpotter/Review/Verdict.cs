namespace KeywordSpotter.Review;

/// <summary>What a kept clip turned out to be.</summary>
internal enum Verdict
{
    /// <summary>The keyword was spoken.</summary>
    Positive,

    /// <summary>It was not.</summary>
    Negative,

    /// <summary>Nothing to learn from; the clip is deleted.</summary>
    Discard,
}
