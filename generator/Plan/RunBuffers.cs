using Seq.Embedded.Generator.Plan.Nodes;

namespace Seq.Embedded.Generator.Plan;

/// <summary>Gives the rows of a whole-sequence run as few buffers as will do: one is free again when the last reader of its rows is done.</summary>
internal sealed class RunBuffers(IReadOnlyList<Node> nodes)
{
    public void Assign()
    {
        List<int> free = [];
        int buffers = 0;
        foreach (Node node in nodes)
        {
            // The rows of an open layer, the last one, have a buffer of their own: its width is known at run time only.
            if (node.HasRunRows && (free.Count == 0 || node.Stride is null))
            {
                free.Insert(0, buffers++);
            }

            if (node.HasRunRows)
            {
                node.RunBuffer = free[0];
                free.RemoveAt(0);
            }

            free.AddRange(nodes.Where(other => other.RunBuffer >= 0 && other != node && LastReader(other) == node.Index).Select(other => other.RunBuffer));
            free.Sort();
        }
    }

    /// <summary>Index of the last node that reads the rows and writes rows of its own; the rows of the output are read in the end.</summary>
    private int LastReader(Node node)
    {
        Node output = nodes[nodes.Count - 1];
        return output.Storage == node || output.Sources.Any(source => source.Storage == node && !output.HasRunRows)
            ? int.MaxValue
            : nodes.Where(reader => reader.Sources.Any(source => source.Storage == node)).Select(reader => reader.Storage.Index).DefaultIfEmpty(int.MaxValue).Max();
    }
}
