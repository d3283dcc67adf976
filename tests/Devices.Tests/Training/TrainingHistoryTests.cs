using KeywordSpotter.Evaluation;
using KeywordSpotter.Training;

namespace KeywordSpotter.Tests.Training;

public sealed class TrainingHistoryTests
{
    private static readonly Clip[] s_background = [new("a", [1, 2, 3], 16000), new("b", [4, 5], 16000)];

    [Fact]
    public void Read_gives_back_what_was_written()
    {
        var detail = new ValidationDetail(new ConfusionMatrix([[3, 0, 1], [0, 4, 2]], [1, 0, 7], [2, 5]), [new(0.1f, 0.25, 12.5), new(0.9f, 1.0 / 3, double.NaN)]);
        EpochReport[] epochs =
        [
            Epoch(1, 1.0 / 7, best: true, new ValidationResult(0.3f, 0.5, 0.25, 3, 0, 1.0 / 3, detail)),
            Epoch(2, double.Epsilon, best: true, new ValidationResult(0.35f, 0.4, 0.2, 2, 0.1, 0.9, detail)),
            Epoch(3, 0.1, best: false, new ValidationResult(0.4f, 0.45, 0.21, 2, 0.1, 0.9, null)),
        ];
        HardNegative[] pool = [new(s_background[1], 1, 0.7f), new(s_background[0], 2, float.BitIncrement(0.1f))];

        (List<EpochReport> read, HardNegative[] found) = TrainingHistory.Read(TrainingHistory.Write(epochs, pool, s_background), s_background);

        Assert.Equal(pool, found);
        Assert.Equal([WithoutDetail(epochs[0]), WithoutDetail(epochs[1]), epochs[2]], read.Select(WithoutDetail));
        Assert.Null(read[0].Validation!.Detail); // the second is better
        ValidationDetail kept = read[1].Validation!.Detail!;
        Assert.Equal(detail.Curve, kept.Curve);
        Assert.Equal(detail.Confusion.Keywords, kept.Confusion.Keywords);
        Assert.Equal(detail.Confusion.OtherWords, kept.Confusion.OtherWords);
        Assert.Equal(detail.Confusion.Background, kept.Confusion.Background);
    }

    [Fact]
    public void Read_of_epochs_without_validation_has_none()
    {
        EpochReport epoch = Epoch(1, 2, best: true, null);

        (List<EpochReport> read, HardNegative[] found) = TrainingHistory.Read(TrainingHistory.Write([epoch], [], s_background), s_background);

        Assert.Equal([epoch], read);
        Assert.Empty(found);
    }

    private static EpochReport Epoch(int number, double loss, bool best, ValidationResult? result) =>
        new(number, loss, 0.003f * number, result, best, TimeSpan.FromTicks(number * 12_345_678_901), TimeSpan.Zero);

    private static EpochReport WithoutDetail(EpochReport epoch) => epoch with { Validation = epoch.Validation! with { Detail = null } };
}
