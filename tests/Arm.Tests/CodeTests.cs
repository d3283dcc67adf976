using System.Text.RegularExpressions;
using Seq.Embedded.Arm.Emulation;

namespace Seq.Embedded.Arm.Tests;

/// <summary>What the compiler made of the loops, and how many instructions a step takes.</summary>
public sealed partial class CodeTests(ArmBuild build) : IClassFixture<ArmBuild>
{
    private static readonly string[] s_helpers = ["RhpNew", "RhNew", "RhAllocate", "RhpGcPoll", "RhpThrow"];

    [Fact]
    public void Column_loops_of_steps_are_multiply_adds_on_vectors_without_calls()
    {
        string[] methods = [.. build.Code.Methods.Where(method => StepName().IsMatch(method))];

        Assert.All(Directory.EnumerateFiles(Path.Combine(ArmProgram.Project, "Models")).SelectMany(file => ClassName().Matches(File.ReadAllText(file))), name =>
            Assert.Contains(methods, method => method.Contains($"_{name.Groups[1].Value}__", StringComparison.Ordinal)));
        Assert.All(methods, method =>
        {
            Assert.Contains(build.Code.InnermostLoops(method), IsColumnLoop);
            Assert.All(build.Code.InnermostLoops(method).Where(IsColumnLoop), AssertLean);
            Assert.DoesNotContain(build.Code.Of(method), instruction => s_helpers.Any(helper => instruction.Operands.Contains(helper, StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void Loops_of_the_product_of_a_run_are_multiply_adds_on_vectors_without_calls()
    {
        string[] methods = [.. build.Code.Methods.Where(method => method.Contains("PanelProduct__Multiply", StringComparison.Ordinal) && build.Code.Of(method).Any(instruction => instruction.IsVectorMultiplyAdd))];

        Assert.NotEmpty(methods);
        Assert.All(methods, method => Assert.All(build.Code.InnermostLoops(method).Where(IsColumnLoop), AssertLean));
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

    private static bool IsColumnLoop(IReadOnlyList<Instruction> loop) => loop.Any(instruction => instruction.IsVectorMultiplyAdd);

    /// <summary>Loads, multiply-adds and counting: at most five other instructions for each multiply-add, no call, and no register put aside on the stack.</summary>
    private static void AssertLean(IReadOnlyList<Instruction> loop)
    {
        Assert.DoesNotContain(loop, instruction => instruction.IsCall || instruction.UsesStack);
        Assert.InRange(loop.Count, 1, 6 * loop.Count(instruction => instruction.IsVectorMultiplyAdd));
    }

    [GeneratedRegex(@"_Arm_Models_\w+__\w+(Step|Recur)$")]
    private static partial Regex StepName();

    [GeneratedRegex(@"partial class (\w+)")]
    private static partial Regex ClassName();
}
