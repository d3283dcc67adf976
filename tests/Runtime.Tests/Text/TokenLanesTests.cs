using Seq.Embedded.Text;
using Seq.Embedded.Tests.Training;

namespace Seq.Embedded.Tests.Text;

public class TokenLanesTests
{
    private static readonly int[] s_tokens = [.. Enumerable.Range(0, 24)];

    [Fact]
    public void Chunks_of_a_lane_follow_each_other()
    {
        TokenLanes lanes = new(s_tokens, lanes: 3, steps: 4); // 23 tokens with a target, 7 a lane

        Assert.Equal((7, 2), (lanes.LaneLength, lanes.Chunks));
        Assert.Equal([0, 1, 2, 3], lanes.GetInputs(0, 0));
        Assert.Equal([4, 5, 6], lanes.GetInputs(1, 0));
        Assert.Equal([7, 8, 9, 10], lanes.GetInputs(0, 1));
        Assert.Equal([18, 19, 20], lanes.GetInputs(1, 2));
        Assert.Equal([19, 20, 21], lanes.GetTargets(1, 2));
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(24, 1, 23)]
    [InlineData(24, 1, 100)]
    [InlineData(24, 5, 2)]
    [InlineData(24, 23, 3)]
    [InlineData(24, 4, 5)]
    public void Every_token_of_a_lane_is_an_input_once_and_its_target_is_the_next(int count, int lanes, int steps)
    {
        TokenLanes cut = new(s_tokens.AsMemory(0, count), lanes, steps);
        List<int> inputs = [];
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int chunk = 0; chunk < cut.Chunks; chunk++)
            {
                Assert.InRange(cut.GetInputs(chunk, lane).Length, 1, steps);
                inputs.AddRange(cut.GetInputs(chunk, lane));
                Assert.Equal(cut.GetInputs(chunk, lane).ToArray().Select(token => token + 1), cut.GetTargets(chunk, lane).ToArray());
            }
        }

        Assert.Equal(Enumerable.Range(0, lanes * ((count - 1) / lanes)), inputs);
    }

    [Fact]
    public void TokenLanes_refuses_wrong_arguments()
    {
        Assert.Contains("24 lanes need 25 or more", Assert.Throws<ArgumentException>(() => new TokenLanes(s_tokens, 24, 1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenLanes(s_tokens, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenLanes(s_tokens, 1, 0));
        TokenLanes lanes = new(s_tokens, 3, 4);
        Assert.Equal("chunk", Assert.Throws<ArgumentOutOfRangeException>(() => lanes.GetInputs(2, 0)).ParamName);
        Assert.Equal("lane", Assert.Throws<ArgumentOutOfRangeException>(() => lanes.GetTargets(0, 3)).ParamName);
    }

    [Fact]
    public void GetInputs_allocates_nothing()
    {
        TokenLanes lanes = new(s_tokens, 3, 4);
        LossAssert.AllocatesNothing(() => lanes.GetInputs(1, 2));
    }
}
