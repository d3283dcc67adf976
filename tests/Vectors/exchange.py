#!/usr/bin/env python3
"""Weights both ways with PyTorch: new state_dicts are loaded and saved by the generated models and loaded by PyTorch again.

Run: python3 exchange.py [seed] (needs PyTorch and the .NET SDK; the default seed is 1). For every case of make_models.py:
1. A module with new weights; its state_dict is written as safetensors (by numpy, no package), with inputs, outputs and gradients.
2. tests/Models.Tests loads the file unchanged, compares outputs and gradients with PyTorch's, and saves the weights again.
3. load_state_dict(strict=True) of what was saved: the tensors have the same bits, and the outputs are the same.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch

import torch_case
import torch_cells
import torch_decoders
import torch_layers
import torch_recurrent
import vector_files

TESTS = ["*.Outputs_are_those_of_PyTorch", "*.Gradients_and_their_norm_are_those_of_PyTorch", "*.A_loaded_file_is_saved_*"]


def run_tests(here, folder):
    project = here.parent / "Models.Tests" / "Seq.Embedded.Models.Tests.csproj"
    methods = [argument for test in TESTS for argument in ("-method", test)]
    command = ["dotnet", "run", "--project", str(project), "--", *methods, "-noLogo", "-noColor"]
    return subprocess.run(command, env={**os.environ, "SEQ_EXCHANGE": str(folder)}, check=False).returncode


def load_again(kind, folder):
    """What PyTorch finds in the file that was saved; raises when it is not what was given."""
    name = torch_case.name_of(kind)
    given = vector_files.read(folder / f"{name}.safetensors")
    saved = vector_files.read(folder / f"{name}.saved.safetensors")
    model = kind()
    model.load_state_dict({key: torch.from_numpy(value.copy()) for key, value in saved.items()}, strict=True)
    for key, value in model.state_dict().items():
        if value.numpy().tobytes() != given[key].tobytes():
            raise ValueError(f"{name}: {key} is not the tensor that was given")

    model.double()
    vectors = vector_files.read(folder / f"{name}.vectors.safetensors")
    for i in range(len(model.lengths)):
        sequence = {key: torch.from_numpy(vectors[f"{key}.{i}"].copy()) for key in ("inputs", "tokens", "decoder_tokens") if f"{key}.{i}" in vectors}
        sequence = {key: value.double() if key == "inputs" else value.long() for key, value in sequence.items()}
        if model.outputs(sequence).detach().float().numpy().tobytes() != vectors[f"outputs.{i}"].tobytes():
            raise ValueError(f"{name}: outputs.{i} are not those of the weights that were given")
    return f"{len(saved)} tensors, {sum(value.size for value in saved.values())} values: the same bits, the same outputs"


def main():
    torch.set_num_threads(1)
    here = pathlib.Path(__file__).resolve().parent
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    cases = torch_recurrent.CASES + torch_layers.CASES + torch_decoders.CASES + torch_cells.CASES
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for file in (here / "models").glob("onnx_*"):
            shutil.copy(file, folder)
        for number, kind in enumerate(cases):
            torch_case.make(kind, folder, 1000 * seed + number)
        failed = run_tests(here, folder) != 0
        for kind in cases:
            name = torch_case.name_of(kind)
            loads = (folder / f"{name}.saved.safetensors").exists()
            failed |= not loads
            print(f"{name}: {load_again(kind, folder) if loads else 'not saved by tests/Models.Tests'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
