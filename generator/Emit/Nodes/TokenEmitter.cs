using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Emit.Nodes;

/// <summary>The model's input where it is tokens: each stands for a one-hot vector that is never written.</summary>
internal sealed class TokenEmitter(GraphEmitter graph, TokenNode node) : InputEmitter(graph, node)
{
    private const string Type = "global::System.ReadOnlySpan<int>";

    public override string RunRows => "inputs";

    public override string Rows => Node.Axis.IsTarget ? "shard.Targets" : "shard.Tokens";

    public override string SizeText => "Number of tokens (V): an input is one of 0 to V - 1.";

    public override string Text => $"tokens 0 to {Names.Number(node.Width!.Value - 1)}";

    public override string StepParameter => "int token";

    public override string StepText => "<param name=\"token\">The input, 0 to V - 1.</param>";

    public override string StepCheck => "global::Seq.Embedded.Kernels.Shapes.CheckToken(token, InputSize, \"token\");";

    public override bool CanBeReplaced => false;

    public override string Exception => "<exception cref=\"global::System.ArgumentOutOfRangeException\">A token is not 0 to V - 1.</exception>";

    public override string RunType => Type;

    public override string RunText => "<param name=\"inputs\">The tokens (T), T of any length.</param>";

    public override string RunCheck => "int steps = inputs.Length;\nglobal::Seq.Embedded.Kernels.Shapes.CheckTokens(inputs, InputSize, \"inputs\");";

    public override string RunChunk => "inputs.Slice(first, count)";

    public override string WaitingFloats => "LookAhead";

    public override string Wait => "SeqMemory.Cast<float, int>(_inputs.Span)[_waiting] = token;";

    public override string Waiting(string count) => $"SeqMemory.Cast<float, int>(_inputs.Span).Slice(0, {count})";

    public override bool CanBeNaN => false;

    public override string StepRow(string copy) => "token";

    public override string SettledRow(string length) => throw new InvalidOperationException("A token is no row.");

    public override void TrainerMembers(CodeWriter code) => code.Lines(
        $"""
        /// <summary>Adds a sequence of tokens to the batch; they are copied. It begins with the state that streams begin with. Allocates nothing.</summary>
        /// <param name="tokens">The tokens (T), each 0 to V - 1, T from 1 to MaxSteps; sequences of a batch can differ in T.</param>
        /// <returns>Index of the sequence in the batch.</returns>
        /// {Exception}
        /// <exception cref="global::System.ArgumentException">T is out of its range.</exception>
        /// <exception cref="global::System.InvalidOperationException">The batch is full, or Forward has been called since Clear.</exception>
        public int Add({Type} tokens) => AddTokens(tokens);

        /// <summary>Adds a sequence of tokens that begins with a given state; all values are copied. The outputs are those of a stream after RestoreState, bit for bit. Allocates nothing.</summary>
        /// <param name="tokens">The tokens (T), each 0 to V - 1, T from 1 to MaxSteps; sequences of a batch can differ in T.</param>
        /// <param name="initialState">StateSize values in the order of a stream's snapshot; no gradient of them is computed.</param>
        /// <returns>Index of the sequence in the batch.</returns>
        /// {Exception}
        /// <exception cref="global::System.ArgumentException">T is out of its range, or the state has another length.</exception>
        /// <exception cref="global::System.InvalidOperationException">The batch is full, or Forward has been called since Clear.</exception>
        public int Add({Type} tokens, SeqReadOnlySpan initialState) => AddTokens(tokens, initialState);

        """);
}
