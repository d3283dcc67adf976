using Seq.Embedded.Kernels;

namespace Seq.Embedded.Decoding;

/// <summary>Prefixes of labels with the probabilities of their paths; memory is taken at creation.</summary>
internal sealed class PrefixBeam
{
    private readonly TokenRows _prefixes;
    private readonly int[] _parents;
    private readonly ulong[] _hashes;
    private readonly ulong[] _parentHashes;
    private readonly double[] _endInBlank;
    private readonly double[] _endInLabel;

    internal PrefixBeam(int width, int maxLabels)
    {
        _prefixes = new TokenRows(width, maxLabels);
        _parents = new int[width];
        _hashes = new ulong[width];
        _parentHashes = new ulong[width];
        _endInBlank = new double[width];
        _endInLabel = new double[width];
    }

    internal int Count => _prefixes.Count;

    internal ReadOnlySpan<int> Labels(int prefix) => _prefixes.Row(prefix);

    /// <summary>ln P of the paths that end in a blank.</summary>
    internal double EndInBlank(int prefix) => _endInBlank[prefix];

    /// <summary>ln P of the paths that end in the last label.</summary>
    internal double EndInLabel(int prefix) => _endInLabel[prefix];

    /// <summary>ln P of all paths.</summary>
    internal double Total(int prefix) => _prefixes.LogProbability(prefix);

    /// <summary>The prefix without the last label, if it is here too; otherwise -1.</summary>
    internal int Parent(int prefix) => _parents[prefix];

    internal void Clear() => _prefixes.Clear();

    /// <summary>The prefix of no label, before the first time step.</summary>
    internal void AddEmpty()
    {
        _prefixes.Add([], 0);
        Finish(0, LogSpace.Zero, hash: 0, parentHash: 0);
    }

    /// <summary>A prefix of another beam.</summary>
    internal void AddSame(PrefixBeam source, int prefix, double endInBlank, double endInLabel)
    {
        _prefixes.Add(source.Labels(prefix), LogSpace.Add(endInBlank, endInLabel));
        Finish(endInBlank, endInLabel, source._hashes[prefix], source._parentHashes[prefix]);
    }

    /// <summary>A prefix of another beam and one label more, in which all its paths end.</summary>
    internal void AddLonger(PrefixBeam source, int prefix, int label, double endInLabel)
    {
        ulong parentHash = source._hashes[prefix];
        _prefixes.Add(source.Labels(prefix), label, endInLabel);
        Finish(LogSpace.Zero, endInLabel, unchecked(((parentHash ^ (uint)label) * 0x9E3779B97F4A7C15UL) + 1), parentHash);
    }

    private void Finish(double endInBlank, double endInLabel, ulong hash, ulong parentHash)
    {
        int added = Count - 1;
        _endInBlank[added] = endInBlank;
        _endInLabel[added] = endInLabel;
        _hashes[added] = hash;
        _parentHashes[added] = parentHash;
        _parents[added] = -1;
        for (int i = 0; i < added; i++)
        {
            Relate(i, added);
            Relate(added, i);
        }
    }

    /// <summary>Hashes rule most pairs out; the labels decide.</summary>
    private void Relate(int parent, int prefix)
    {
        ReadOnlySpan<int> labels = Labels(prefix);
        if (_parentHashes[prefix] == _hashes[parent] && labels.Length == Labels(parent).Length + 1 && labels[..^1].SequenceEqual(Labels(parent)))
        {
            _parents[prefix] = parent;
        }
    }
}
