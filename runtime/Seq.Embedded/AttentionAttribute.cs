namespace Seq.Embedded;

/// <summary>
/// Attention of a decoder to the time steps of its source, above the decoder's recurrent layers: with s_t the output of the layer below and h_j the
/// outputs of the encoder's last layer (Luong, Pham and Manning 2015, "Effective approaches to attention-based neural machine translation"; additive score: Bahdanau et al. 2015):
/// <code>
/// q_t   = W_q s_t + b_q                  query (A)
/// k_j   = W_k h_j                        key (A)
/// e_tj  = v . tanh(q_t + k_j)            additive score, or q_t . k_j
/// a_t   = softmax over j of e_tj         over the time steps of the source, without padding
/// c_t   = sum_j a_tj h_j                 context
/// y_t   = tanh(W_c [c_t; s_t] + b_c)     as many values as s_t has
/// </code>
/// Weight tensors: <c>query.weight (A, S)</c>, <c>query.bias (A)</c>, <c>key.weight (A, H)</c>, <c>score.weight (1, A)</c> where the score is additive,
/// <c>combine.weight (S, H + S)</c>, <c>combine.bias (S)</c>. With <see cref="Units"/> = 0 and dot products the score is <c>s_t . h_j</c>, for S = H: no query, no key.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class AttentionAttribute : LayerAttribute
{
    /// <summary>How a query is compared with a key; default <see cref="AttentionScore.Additive"/>.</summary>
    public AttentionScore Score { get; set; }

    /// <summary>Length of queries and keys (A), 1 to 16,384; 0 for dot products of s_t and h_j themselves. Default 0: to be given where the score is additive.</summary>
    public int Units { get; set; }
}
