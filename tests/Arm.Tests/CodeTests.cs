using System.Text.RegularExpressions;
using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Tests;

/// <summary>What the compiler made of the loops, and how many instructions a step takes.</summary>
public sealed partial class CodeTests(ArmBuild build) : IClassFixture<ArmBuild>
{
    private static readonly string[] s_helpers = ["RhpNew", "RhNew", "RhAllocate", "RhpGcPoll", "RhpThrow"];

    /// <summary>Instructions of a loop for each multiply-add on vectors: its load, what is read of x, and the loop's own. A cell of one gate has 23 for 4.</summary>
    private const int LeanInstructions = 6;

    [Fact]
    public void Column_loops_of_steps_are_multiply_adds_on_vectors_without_calls()
    {
        string[] methods = [.. build.Code.Methods.Where(method => StepName().IsMatch(method))];

        // Nothing that is compared bit for bit is left out here.
        string[] models = [.. typeof(Models.WordModel).Assembly.GetTypes().Where(type => type.Namespace == typeof(Models.WordModel).Namespace && !type.IsNested && !type.Name.StartsWith("Int8", StringComparison.Ordinal)).Select(type => type.Name)];
        Assert.All(models, model => Assert.Contains(methods, method => method.Contains($"_{model}__", StringComparison.Ordinal)));
        Assert.All(methods, method =>
        {
            Assert.Contains(build.Code.InnermostLoops(method), IsColumnLoop);
            Assert.All(build.Code.InnermostLoops(method).Where(IsColumnLoop), AssertLean);
            Assert.DoesNotContain(build.Code.Of(method), instruction => s_helpers.Any(helper => instruction.Operands.Contains(helper, StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Loops_of_the_products_of_a_run_are_multiply_adds_on_vectors_without_calls()
    {
        // Those that are run: the forms for other widths of vectors are in the program, too.
        string[] methods = [.. ExecutionTrace.Of(build.Program, build.Code, "cortex-a72", Workloads.Names.ToList().IndexOf("words-run"))
            .Where(instruction => instruction.IsVectorMultiplyAdd && instruction.Method.Contains("PanelProduct__", StringComparison.Ordinal))
            .Select(instruction => instruction.Method)
            .Distinct()];

        Assert.NotEmpty(methods);
        Assert.All(methods, method =>
        {
            Assert.Contains(build.Code.InnermostLoops(method), IsColumnLoop);
            Assert.All(build.Code.InnermostLoops(method).Where(IsColumnLoop), AssertLean);
        });
    }

    [Fact]
    public void Step_takes_less_than_one_instruction_for_each_multiply_add()
    {
        int words = Workloads.Names.ToList().IndexOf("words");
        List<Instruction> trace = ExecutionTrace.Of(build.Program, build.Code, "cortex-a72", words);

        int multiplyAdds = trace.Count(instruction => instruction.IsVectorMultiplyAdd);
        Assert.True(4 * multiplyAdds >= Models.WordModel.MultiplyAddsPerStep, $"{multiplyAdds} instructions of four multiply-adds; {Models.WordModel.MultiplyAddsPerStep} multiply-adds");
        Assert.True(trace.Count < Models.WordModel.MultiplyAddsPerStep * 0.9, $"{trace.Count} instructions");
        Assert.DoesNotContain(trace, instruction => s_helpers.Any(helper => instruction.Method.StartsWith(helper, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("cortex-a53", false)]
    [InlineData("cortex-a72", false)]
    [InlineData("cortex-a76", true)]
    public void Step_with_8_bit_weights_uses_dot_products_where_the_processor_has_them(string processor, bool hasDotProducts)
    {
        List<Instruction> trace = ExecutionTrace.Of(build.Program, build.Code, processor, Workloads.Names.ToList().IndexOf("words-int8"));

        int products = 16 * trace.Count(instruction => hasDotProducts ? instruction.IsDotProduct : instruction.IsPairwiseAdd);
        Assert.True(products >= Models.Int8WordModel.MultiplyAddsPerStep, $"{products} products for {Models.Int8WordModel.MultiplyAddsPerStep} multiply-adds");
        Assert.DoesNotContain(trace, instruction => hasDotProducts ? instruction.IsPairwiseAdd : instruction.IsDotProduct);
        Assert.DoesNotContain(trace, instruction => s_helpers.Any(helper => instruction.Method.StartsWith(helper, StringComparison.Ordinal)));
    }

    [Fact]
    public void Loops_of_8_bit_products_have_no_calls()
    {
        IReadOnlyList<Instruction>[] loops = [.. build.Code.Methods
            .Where(method => method.Contains("Int8PanelProduct", StringComparison.Ordinal))
            .SelectMany(build.Code.InnermostLoops)
            .Where(loop => loop.Any(instruction => instruction.IsDotProduct || instruction.IsPairwiseAdd))];

        Assert.Contains(loops, loop => loop.Any(instruction => instruction.IsDotProduct));
        Assert.Contains(loops, loop => loop.Any(instruction => instruction.IsPairwiseAdd));
        Assert.All(loops, loop => Assert.DoesNotContain(loop, instruction => instruction.IsCall || instruction.UsesStack));
    }

    private static bool IsColumnLoop(IReadOnlyList<Instruction> loop) => loop.Any(instruction => instruction.IsVectorMultiplyAdd);

    /// <summary>Loads, multiply-adds and counting: at most five other instructions for each multiply-add, no call, and no register put aside on the stack.</summary>
    private static void AssertLean(IReadOnlyList<Instruction> loop)
    {
        Assert.DoesNotContain(loop, instruction => instruction.IsCall || instruction.UsesStack);
        Assert.InRange(loop.Count, 1, LeanInstructions * loop.Count(instruction => instruction.IsVectorMultiplyAdd));
    }

    [GeneratedRegex(@"_Arm_Models_(?!Int8)\w+__\w+(Step|Recur)$")]
    private static partial Regex StepName();
}
