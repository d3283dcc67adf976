using Seq.Embedded.Kernels;

namespace Seq.Embedded.Tests.Kernels;

public class FrameHistoryTests
{
    private const int Width = 3;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(5, 1)]
    [InlineData(3, 2)]
    [InlineData(2, 7)]
    public void Window_holds_the_last_frames_and_zeros_before_the_first(int kernel, int dilation)
    {
        FrameHistory history = new(Width, kernel, dilation, room: 4);
        float[] frames = KernelTestData.Random(40 * Width, seed: 1), window = new float[kernel * Width];
        for (int t = 0; t < 40; t++)
        {
            history.Append(ref frames[t * Width]);
            history.Gather(window);
            Assert.Equal(Expected(frames, t, kernel, dilation), window);
            if (dilation == 1)
            {
                Assert.Equal(window, history.Window.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(2, 5, 3)]
    public void Windows_of_several_frames_are_those_of_the_frames_one_by_one(int kernel, int dilation, int step)
    {
        const int Room = 8, Stride = 16;
        FrameHistory history = new(Width, kernel, dilation, Room);
        float[] frames = KernelTestData.Random(60 * Stride, seed: 2);
        float[] packed = [.. Enumerable.Range(0, 60).SelectMany(t => frames.AsSpan(t * Stride, Width).ToArray())];
        int first = 0;
        foreach (int count in new[] { 1, 8, 0, 3, 8, 8, 2, 7, 8, 8, 1, 6 })
        {
            int skip = (step - (first % step)) % step, windows = Math.Max(0, (count - skip + step - 1) / step);
            float[] rows = new float[windows * kernel * Width];
            history.Gather(history.Append(frames.AsSpan(first * Stride), count, Stride, skip), windows, step, rows, kernel * Width);
            for (int row = 0; row < windows; row++)
            {
                Assert.Equal(Expected(packed, first + skip + (row * step), kernel, dilation), rows[(row * kernel * Width)..((row + 1) * kernel * Width)]);
            }

            first += count;
        }
    }

    [Fact]
    public void Restored_frames_and_a_reset_history_go_on_like_others()
    {
        FrameHistory history = new(Width, kernel: 3, dilation: 2, room: 5), other = new(Width, kernel: 3, dilation: 2, room: 5);
        float[] frames = KernelTestData.Random(20 * Width, seed: 3), snapshot = new float[4 * Width], window = new float[3 * Width], otherWindow = new float[3 * Width];
        for (int t = 0; t < 10; t++)
        {
            history.Append(ref frames[t * Width]);
        }

        history.Save(snapshot);
        Assert.Equal(frames[(6 * Width)..(10 * Width)], snapshot);
        other.Append(ref frames[0]);
        other.Restore(snapshot);
        for (int t = 10; t < 20; t++)
        {
            history.Append(ref frames[t * Width]);
            other.Append(ref frames[t * Width]);
            history.Gather(window);
            other.Gather(otherWindow);
            Assert.Equal(window, otherWindow);
        }

        history.Reset();
        history.Append(ref frames[0]);
        history.Gather(window);
        Assert.Equal(Expected(frames, 0, kernel: 3, dilation: 2), window);
    }

    [Fact]
    public void Sizes_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameHistory(0, 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameHistory(1, 0, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameHistory(1, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameHistory(1, 1, 1, 0));
    }

    [Fact]
    public void More_frames_than_there_is_room_for_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameHistory(1, 2, 1, room: 3).Append(new float[4], 4, 1, 0).Length);

    [Fact]
    public void A_history_allocates_nothing()
    {
        FrameHistory history = new(Width, kernel: 3, dilation: 2, room: 5);
        float[] frames = new float[5 * Width], window = new float[3 * Width], snapshot = new float[4 * Width];
        KernelTestData.AssertAllocatesNothing(() =>
        {
            history.Append(ref frames[0]);
            history.Gather(window);
            history.Append(frames, 5, Width, 1);
            history.Save(snapshot);
            history.Restore(snapshot);
            history.Reset();
        });
    }

    [Theory]
    [InlineData(0, 1, 0, 0)]
    [InlineData(0, 4, 0, 1)]
    [InlineData(1, 4, 1, 1)]
    [InlineData(1, 3, 1, 0)]
    [InlineData(3, 9, 1, 2)]
    [InlineData(1, int.MaxValue, 1, 536_870_911)]
    public void Strides_count_their_steps(int first, int count, int before, int expected)
    {
        Assert.Equal(before, Strides.Before(first, 4));
        Assert.Equal(count == 1 && first == 0 ? 1 : expected, Strides.Count(first, count, 4));
        Assert.Equal(count, Strides.Count(first, count, 1));
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(3f)]
    [InlineData(0.5f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Phase_outside_the_stride_is_refused(float value)
    {
        Assert.Equal([0, 1, 2], new[] { 0f, 1f, 2f }.Select(phase => Strides.Phase(phase, 3)));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Strides.Phase(value, 3));
        Assert.Equal("snapshot", exception.ParamName);
        Assert.Contains("allowed: 0 to 2, whole", exception.Message, StringComparison.Ordinal);
    }

    private static float[] Expected(float[] frames, int t, int kernel, int dilation) =>
        [.. Enumerable.Range(0, kernel).Select(k => t - ((kernel - 1 - k) * dilation)).SelectMany(at => at < 0 ? new float[Width] : frames[(at * Width)..((at + 1) * Width)])];
}
