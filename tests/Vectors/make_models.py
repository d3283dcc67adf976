#!/usr/bin/env python3
"""Makes models/torch_*.safetensors: outputs, gradients and training losses of sequence models in PyTorch.

Run: python3 make_models.py (needs PyTorch; the committed files were made with 1.13). Seeded; the same version writes the same files.

NAME.safetensors holds a state_dict as it is, and nothing else. NAME.vectors.safetensors holds, for a batch of sequences i:
inputs.i (T, I) or tokens.i (T); labels.i (rows; -1: ignored), spelled.i (L) or targets.i (rows, O); outputs.i (rows, O; after the
activation); grad.TENSOR of the loss, grad_norm, and losses.adamw, losses.adam and losses.sgd: the loss before each of ten updates (the settings stand in
torch_case.py; clip_grad_norm_ 0.1). The loss is the mean cross-entropy of all labelled rows of the batch where a case does not
name another. Computed in float64 from float32 weights and inputs.
"""
import pathlib

import torch

import torch_case
import torch_cells
import torch_decoders
import torch_layers
import torch_recurrent

if __name__ == "__main__":
    torch.set_num_threads(1)
    target = pathlib.Path(__file__).parent / "models"
    target.mkdir(exist_ok=True)
    for seed, module in [(20240700, torch_recurrent), (20240730, torch_layers), (20240760, torch_decoders), (20240790, torch_cells)]:
        for number, kind in enumerate(module.CASES):  # a new case goes to the end of its list: the files of the others stay
            torch_case.make(kind, target, seed + number)
