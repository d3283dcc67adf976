namespace KeywordSpotter.Serving;

/// <summary>Learns what happens in the sessions of a server. Called by their threads.</summary>
internal interface ISessionLog
{
    /// <summary>A client's audio held a keyword.</summary>
    void Detected(string client, string keyword, float score);

    /// <summary>A client is sent away, or asks for what there is not.</summary>
    void Refused(string client, string reason);
}
