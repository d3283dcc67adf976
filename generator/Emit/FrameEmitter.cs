using Seq.Embedded.Generator.Features;
using Seq.Embedded.Generator.Spec;

namespace Seq.Embedded.Generator.Emit;

/// <summary>Writes what a front end does with a full frame: its stages in order.</summary>
internal static class FrameEmitter
{
    public static void Emit(CodeWriter code, FeaturePlan plan)
    {
        FeatureSpec spec = plan.Spec;
        code.Line("// The values of the frame that is full; true where they complete a vector of features.");
        code.Open("private bool TakeFrame(SeqSpan features)");
        bool takesMean = spec.Has("RemoveMean");
        string mean = takesMean ? "mean" : "0f", frame = plan.IsConditioned ? "_frame" : "_frames.Frame";
        if (plan.IsConditioned)
        {
            string emphasis = spec.Number("PreEmphasis") != 0 ? $", x[j] - {spec.Text("PreEmphasis")} x[j - 1]" : "";
            code.Line($"// The frame{(takesMean ? " less its mean" : "")}{emphasis}.");
            if (takesMean)
            {
                code.Line($"float mean = {FrontEndEmitter.Kernels}FrameConditioning.Mean(_frames.Frame);");
            }

            code.Line($"{FrontEndEmitter.Kernels}FrameConditioning.Apply(_frames.Frame, {mean}, {Names.Single(spec.Number("PreEmphasis"))}, _frame);");
            code.Line();
        }

        if (spec.HasEnergy)
        {
            code.Line("// ln(max(sum of the squares of the samples, floor)).");
            string scaled = spec.Number("OutputScale") == 1 ? "" : $"{Names.Single(spec.Number("OutputScale"))} * ";
            string settings = $"{Names.Single(spec.Number("InputScale"))}, {Names.Single(spec.Number("EnergyFloor"))}";
            code.Line($"float energy = {scaled}{FrontEndEmitter.Kernels}FrameConditioning.LogEnergy(_frames.Frame, {mean}, {settings});");
            code.Line();
        }

        string kind = spec.Has("Magnitude") ? "magnitudes" : "powers";
        code.Line($"// Window, Fourier transform of {Numbers.Text(spec.FftSize)} points, {kind} of {Numbers.Text(spec.Bins)} bins.");
        code.Line($"_transform.PowerSpectrum({frame}, WindowTable, _power);");
        code.Line("_frames.Advance();");
        if (spec.Has("Magnitude"))
        {
            code.Line($"{FrontEndEmitter.Kernels}BandEnergies.SquareRoot(_power);");
        }

        code.Line();
        string values = "_power";
        if (!spec.IsSpectrum)
        {
            values = "_bands";
            code.Line($"// {Numbers.Text(spec.Bands)} bands.");
            code.Line($"{FrontEndEmitter.Kernels}FilterBank.Apply(FilterBins, FilterWeights, _power, _bands);");
            code.Line();
        }

        EmitValues(code, spec, values);
        EmitRow(code, plan, values);
        code.Close();
        code.Line();
        if (spec.Deltas > 0)
        {
            code.Line("// The row of values and slopes that is complete; true where it completes a vector of features.");
            code.Open("private bool TakeRow(SeqSpan features)");
            code.Line($"_slopes.Row.CopyTo({(plan.IsFrame ? "features" : "_stack.Next()")});");
            code.Line(plan.IsFrame ? "return true;" : "return _stack.TryTake(features);");
            code.Close();
        }
    }

    private static void EmitValues(CodeWriter code, FeatureSpec spec, string values)
    {
        string scale = Names.Single(spec.Kind == "Mfcc" ? 1 : spec.Number("OutputScale")), floor = Names.Single(spec.Number("LogFloor"));
        bool isAdded = spec.Text("LogFloorKind") == "Added";
        switch (spec.Kind)
        {
            case "Pcen":
                code.Line("// Each relative to its own recent level.");
                code.Line($"_levels.Apply({values}, {values});");
                break;
            case "Mel" or "Spectrogram":
                code.Line($"{FrontEndEmitter.Kernels}BandEnergies.Scale({values}, {scale}, {values});");
                break;
            default:
                code.Line("// Logarithms.");
                code.Line($"{FrontEndEmitter.Kernels}BandEnergies.{(isAdded ? "LogAboveFloor" : "LogFromFloor")}({values}, {floor}, {scale}, {values});");
                break;
        }

        code.Line();
    }

    /// <summary>The values of the frame where the next stage reads them.</summary>
    private static void EmitRow(CodeWriter code, FeaturePlan plan, string values)
    {
        FeatureSpec spec = plan.Spec;
        string row = spec.Deltas > 0 ? "_values" : plan.IsFrame ? "features" : "row";
        if (row == "row")
        {
            code.Line("SeqSpan row = _stack.Next();");
        }

        int count = spec.IsSpectrum ? spec.Bins : spec.Bands;
        string source = $"new SeqReadOnlySpan({values}, 0, {Names.Number(count)})";
        if (spec.Kind == "Mfcc")
        {
            code.Line($"// {Numbers.Text(spec.FrameValues)} coefficients.");
            code.Line($"{FrontEndEmitter.Kernels}FilterBank.Transform(Cosines, {source}, {row});");
        }
        else
        {
            bool isBehind = spec.HasEnergy && !spec.IsSpectrum;
            string behind = row == "_values" ? $"new SeqSpan(_values, 1, {Names.Number(count)})" : row + ".Slice(1)";
            code.Line($"{source}.CopyTo({(isBehind ? behind : row)});");
        }

        if (spec.HasEnergy)
        {
            code.Line($"{row}[0] = energy;");
        }

        string taken = plan.IsFrame ? "return true;" : "return _stack.TryTake(features);";
        code.Line(spec.Deltas > 0 ? "return _slopes.TryAdd(_values) && TakeRow(features);" : taken);
    }
}
