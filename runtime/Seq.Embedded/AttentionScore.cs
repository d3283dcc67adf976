namespace Seq.Embedded;

/// <summary>How <see cref="AttentionAttribute"/> compares a query with a key.</summary>
public enum AttentionScore
{
    /// <summary><c>v . tanh(q + k)</c> (Bahdanau et al. 2015).</summary>
    Additive,

    /// <summary><c>q . k</c> (Luong et al. 2015).</summary>
    DotProduct,
}
