using Seq.Embedded.Training;

namespace Seq.Embedded.Models.Tests;

/// <summary>What options of cells do beyond their equations: values of new models, biases that stay zero, initial states.</summary>
public class CellOptionTests
{
    [Fact]
    public void Forget_bias_is_the_bias_of_a_new_model()
    {
        Dictionary<string, float[]> tensors = ModelCase.Of<Models.LearnedStartModel>().CreateAsIs(seed: 4).Tensors();
        float[] ofX = tensors["lstm.bias_ih_l0"], ofH = tensors["lstm.bias_hh_l0"];
        Assert.All(ofX[4..8], value => Assert.Equal(1, value));
        Assert.All(ofH[4..8], value => Assert.Equal(0, value));
        Assert.All([.. ofX[..4], .. ofX[8..], .. ofH[..4], .. ofH[8..]], value => Assert.InRange(Math.Abs(value), 1e-6f, 0.5f));
    }

    [Fact]
    public void New_models_start_as_the_papers_do()
    {
        Dictionary<string, float[]> fast = ModelCase.Of<Models.FastGrnnModel>().CreateAsIs().Tensors();
        Assert.All([.. fast["fastgrnn.bias_gate_l0"], .. fast["fastgrnn.bias_update_l0"]], value => Assert.Equal(1, value));
        Assert.Equal([1f], fast["fastgrnn.zeta_l0"]);
        Assert.Equal([-4f], fast["fastgrnn.nu_l0"]);

        Dictionary<string, float[]> normalized = ModelCase.Of<Models.LstmNormalizedModel>().CreateAsIs().Tensors();
        foreach ((string name, float[] values) in normalized.Where(tensor => tensor.Key.Contains(".norm_", StringComparison.Ordinal)))
        {
            Assert.All(values, value => Assert.Equal(name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0, value));
        }

        Assert.All(ModelCase.Of<Models.LearnedStartModel>().CreateAsIs().Tensors()["gru1.h0_l0"], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(nameof(Models.GruSimpleUnbiasedModel))]
    [InlineData(nameof(Models.LstmPeepholeCoupledModel))]
    [InlineData(nameof(Models.FastGrnnStackModel))]
    [InlineData(nameof(Models.LstmEverythingModel))]
    [InlineData(nameof(Models.UserStackModel))]
    public void Biases_that_a_layer_does_not_have_stay_zero_in_training(string name)
    {
        TestModel model = ModelCase.Get(name).Create(seed: 5);
        float[] inputs = TestData.Values(9 * model.Case.Input, 6);
        using SequenceTrainer trainer = model.CreateTrainer(new TrainerOptions { MaxBatch = 1, MaxSteps = 9, ClipNorm = float.PositiveInfinity });
        for (int i = 0; i < 3; i++)
        {
            trainer.Add(inputs);
            trainer.Forward(training: false);
            TestData.Values(9 * model.OutputSize, 7).CopyTo(trainer.GetOutputGradients(0));
            trainer.Backward();

            // The norm is that of the tensors: what no tensor holds has no part in it. Saving refuses biases without a tensor.
            double norm = Math.Sqrt(model.Gradients(trainer).Values.Sum(tensor => tensor.Sum(value => (double)value * value)));
            Assert.Equal(norm, trainer.Update(0.05f).GradientNorm, 1e-9 * norm);
        }

        model.FromTrainer(trainer).Tensors();
    }

    [Fact]
    public void Reset_goes_back_to_the_learned_state()
    {
        TestModel model = ModelCase.Of<Models.LearnedStartModel>().Create(seed: 8);
        TestStream stream = model.CreateStream();
        float[] begin = new float[model.StateSize], later = new float[model.StateSize];
        stream.SaveState(begin);
        Dictionary<string, float[]> tensors = model.Tensors();
        Assert.Equal([.. new float[7], .. tensors["gru1.h0_l0"], .. tensors["gru2.h0_l0"], .. tensors["lstm.h0_l0"], .. tensors["lstm.c0_l0"]], begin);
        float[] inputs = TestData.Values(5 * model.Case.Input, 9), first = stream.Run(inputs);
        stream.Reset();
        stream.SaveState(later);
        Assert.Equal(begin, later);
        Compare.SameBits("LearnedStartModel", "outputs after Reset", first, stream.Run(inputs));
    }
}
