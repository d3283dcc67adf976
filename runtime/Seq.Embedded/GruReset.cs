namespace Seq.Embedded;

/// <summary>Where the reset gate r of a GRU acts.</summary>
public enum GruReset
{
    /// <summary><c>r * (W_hn h + b_hn)</c>: the form of PyTorch and cuDNN.</summary>
    AfterProduct,

    /// <summary><c>W_hn (r * h) + b_hn</c>: the form of Cho et al. 2014; needs two stages per step, as the product waits for r.</summary>
    BeforeProduct,

    /// <summary><c>W_hn h + b_hn</c>: the simplified GRU, which has no reset gate; gates in the order z, n.</summary>
    None,
}
