using KeywordSpotter.Data;
using KeywordSpotter.Evaluation;

namespace KeywordSpotter.Training;

/// <summary>The epochs of a training run and its hard negatives as a text, bit for bit: what a checkpoint holds besides the trainer.</summary>
internal static class TrainingHistory
{
    /// <summary>Of the epochs that are not kept, no details.</summary>
    /// <param name="epochs">From the first on.</param>
    /// <param name="pool">The hard negatives.</param>
    /// <param name="background">Clips that hard negatives are parts of.</param>
    public static string Write(IReadOnlyList<EpochReport> epochs, IReadOnlyList<HardNegative> pool, Clip[] background)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        EpochReport? kept = epochs.LastOrDefault(epoch => epoch.Best);
        writer.Write(epochs.Count);
        foreach (EpochReport epoch in epochs)
        {
            writer.Write(epoch.Loss);
            writer.Write(epoch.LearningRate);
            writer.Write(epoch.Best);
            writer.Write(epoch.Elapsed.Ticks);
            writer.Write(epoch.Validation is not null);
            if (epoch.Validation is { } result)
            {
                Write(writer, epoch == kept ? result : result with { Detail = null });
            }
        }

        writer.Write(pool.Count);
        foreach (HardNegative negative in pool)
        {
            writer.Write(Array.IndexOf(background, negative.Clip));
            writer.Write(negative.Sample);
            writer.Write(negative.Score);
        }

        return Convert.ToBase64String(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>Reads what <see cref="Write(IReadOnlyList{EpochReport}, IReadOnlyList{HardNegative}, Clip[])"/> wrote.</summary>
    public static (List<EpochReport> Epochs, HardNegative[] Pool) Read(string text, Clip[] background)
    {
        using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(text)));
        var epochs = new List<EpochReport>();
        int count = reader.ReadInt32();
        for (int i = 0; i < count; i++)
        {
            double loss = reader.ReadDouble();
            float rate = reader.ReadSingle();
            bool best = reader.ReadBoolean();
            var elapsed = new TimeSpan(reader.ReadInt64());
            epochs.Add(new EpochReport(i + 1, loss, rate, reader.ReadBoolean() ? ReadResult(reader) : null, best, elapsed, TimeSpan.Zero));
        }

        var pool = new HardNegative[reader.ReadInt32()];
        for (int i = 0; i < pool.Length; i++)
        {
            pool[i] = new HardNegative(background[reader.ReadInt32()], reader.ReadInt32(), reader.ReadSingle());
        }

        return (epochs, pool);
    }

    private static void Write(BinaryWriter writer, ValidationResult result)
    {
        writer.Write(result.Threshold);
        writer.Write(result.Cost);
        writer.Write(result.MissRate);
        writer.Write(result.FalseAccepts);
        writer.Write(result.Hours);
        writer.Write(result.Accuracy);
        writer.Write(result.Detail is not null);
        if (result.Detail is not { } detail)
        {
            return;
        }

        writer.Write(detail.Confusion.Keywords.Length);
        foreach (int[] row in (int[][])[.. detail.Confusion.Keywords, detail.Confusion.OtherWords, detail.Confusion.Background])
        {
            Array.ForEach(row, writer.Write);
        }

        writer.Write(detail.Curve.Length);
        foreach (CurvePoint point in detail.Curve)
        {
            writer.Write(point.Threshold);
            writer.Write(point.MissRate);
            writer.Write(point.FalseAcceptsPerHour);
        }
    }

    private static ValidationResult ReadResult(BinaryReader reader) => new(
        reader.ReadSingle(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean() ? ReadDetail(reader) : null);

    private static ValidationDetail ReadDetail(BinaryReader reader)
    {
        int keywords = reader.ReadInt32();
        var rows = new int[keywords][];
        for (int i = 0; i < keywords; i++)
        {
            rows[i] = ReadRow(reader, keywords + 1);
        }

        var confusion = new ConfusionMatrix(rows, ReadRow(reader, keywords + 1), ReadRow(reader, keywords));
        var curve = new CurvePoint[reader.ReadInt32()];
        for (int i = 0; i < curve.Length; i++)
        {
            curve[i] = new CurvePoint(reader.ReadSingle(), reader.ReadDouble(), reader.ReadDouble());
        }

        return new ValidationDetail(confusion, curve);
    }

    private static int[] ReadRow(BinaryReader reader, int count)
    {
        var row = new int[count];
        for (int i = 0; i < count; i++)
        {
            row[i] = reader.ReadInt32();
        }

        return row;
    }
}
