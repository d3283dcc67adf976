namespace Seq.Embedded.Generator.Tests.Properties.Interpreting;

/// <summary>A stack of cells, each in one or both directions of time; h of the reverse direction at time t comes from t + 1.</summary>
internal sealed class RecurrentFormula : LayerFormula
{
    private readonly LayerContext _context;
    private readonly List<Direction[]> _stack = [];

    public RecurrentFormula(LayerContext context, Func<string, int, CellFormula> cell)
    {
        _context = context;
        int inputs = context.Inputs;
        string directions = context.Layer["Direction"];
        for (int i = 0; i < context.Layer.Layers; i++)
        {
            List<Direction> layer = [];
            foreach (bool reverse in (bool[])[false, true])
            {
                if (directions is "Direction.Bidirectional" || reverse == directions is "Direction.Reverse")
                {
                    string suffix = $"l{i}{(reverse ? "_reverse" : "")}";
                    layer.Add(new Direction(context, cell(suffix, inputs), suffix, reverse));
                }
            }

            _stack.Add([.. layer]);
            inputs = context.Layer.Width(inputs);
        }
    }

    public override double[][] InitialState() => [.. _stack.SelectMany(layer => layer).SelectMany(direction => direction.InitialState())];

    public override double[][] Forward(double[][] rows, double[][] state, int chunk)
    {
        int offset = 0;
        foreach (Direction[] layer in _stack)
        {
            double[][][] outputs = [.. layer.Select(direction => direction.Forward(rows, state.AsSpan(offset + (direction.States * Array.IndexOf(layer, direction)), direction.States), chunk))];
            rows = [.. rows.Select((x, t) => Residual(Merge([.. outputs.Select(output => output[t])]), x))];
            offset += layer.Sum(direction => direction.States);
        }

        return rows;
    }

    /// <summary>The last h of both directions: those of the forward one after the last time step, and of the reverse one after the first.</summary>
    public override double[]? OutputOf(double[][] state)
    {
        int offset = _stack.SkipLast(1).SelectMany(layer => layer).Sum(direction => direction.States);
        return _context.Layer.Is("Residual") ? null : Merge([.. _stack[^1].Select((direction, i) => state[offset + (i * direction.States)])]);
    }

    private double[] Residual(double[] output, double[] x) => _context.Layer.Is("Residual") ? Vectors.Map(output.Length, i => output[i] + x[i]) : output;

    private double[] Merge(double[][] outputs) => (outputs.Length, _context.Layer["Merge"]) switch
    {
        (1, _) => outputs[0],
        (_, "DirectionMerge.Sum") => Vectors.Map(outputs[0].Length, i => outputs[0][i] + outputs[1][i]),
        (_, "DirectionMerge.Average") => Vectors.Map(outputs[0].Length, i => (outputs[0][i] + outputs[1][i]) / 2),
        _ => [.. outputs[0], .. outputs[1]],
    };

    private sealed class Direction
    {
        private readonly CellFormula _cell;
        private readonly bool _reverse;
        private readonly double[][] _initial;

        public Direction(LayerContext context, CellFormula cell, string suffix, bool reverse)
        {
            _cell = cell;
            _reverse = reverse;
            _initial = [.. cell.States.Select(state => context.Layer["InitialState"] == "InitialState.Learned" ? context.Tensor($"{state.Name}0_{suffix}", state.Size) : new double[state.Size])];
        }

        public int States => _initial.Length;

        public double[][] InitialState() => [.. _initial.Select(state => (double[])state.Clone())];

        public double[][] Forward(double[][] rows, Span<double[]> state, int chunk)
        {
            double[][] outputs = new double[rows.Length][];
            double[][] now = state.ToArray();
            for (int i = 0; i < rows.Length; i++)
            {
                int t = _reverse ? MirroredTime(i, rows.Length, chunk) : i;
                if (_reverse && chunk > 0 && i % chunk == 0)
                {
                    now = InitialState();
                }

                now = _cell.Step(rows[t], now);
                outputs[t] = now[0];
            }

            now.CopyTo(state);
            return outputs;
        }

        /// <summary>The time of the i-th step back: from the end of the sequence, or from the end of each chunk.</summary>
        private static int MirroredTime(int i, int length, int chunk)
        {
            int first = chunk > 0 ? i / chunk * chunk : 0, end = chunk > 0 ? Math.Min(first + chunk, length) : length;
            return end - 1 - (i - first);
        }
    }
}
