#!/usr/bin/env python3
"""Makes models/*.safetensors: outputs, gradients and training losses of recurrent models in PyTorch.

Run: python3 make_models.py (needs PyTorch; the committed files were made with 1.13). Seeded; the same version writes the same files.

NAME.safetensors holds a state_dict as it is, and nothing else. NAME.vectors.safetensors holds, for a batch of sequences i:
inputs.i (T, I), labels.i (rows; -1: ignored), outputs.i (rows, O; posteriors), grad.TENSOR of the loss, grad_norm, and
losses.adamw / losses.adam: the loss before each of ten updates (weight decay 0.01 / none, learning rate 0.01, clip_grad_norm_ 0.1).
The loss is the mean cross-entropy of all labelled rows of the batch. Computed in float64 from float32 weights and inputs.
"""
import copy
import json
import pathlib
import struct

import torch

LENGTHS = [9, 1, 4, 12, 4]
RATE, CLIP, UPDATES = 0.01, 0.1, 10


class Rnn(torch.nn.Module):
    inputs, many_to_one = 5, False

    def __init__(self):
        super().__init__()
        self.rnn = torch.nn.RNN(5, 19, num_layers=2)
        self.head = torch.nn.Linear(19, 4)

    def forward(self, x):
        return self.head(self.rnn(x)[0])


class Gru(torch.nn.Module):
    inputs, many_to_one = 6, False

    def __init__(self):
        super().__init__()
        self.front = torch.nn.Linear(6, 9)
        self.gru = torch.nn.GRU(9, 17, num_layers=2)
        self.head = torch.nn.Linear(17, 6)

    def forward(self, x):
        return self.head(self.gru(torch.relu(self.front(x)))[0])


class Lstm(torch.nn.Module):
    inputs, many_to_one = 7, True

    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(7, 13, num_layers=2)
        self.middle = torch.nn.Linear(13, 10)
        self.head = torch.nn.Linear(10, 5)

    def forward(self, x):
        return self.head(torch.tanh(self.middle(self.lstm(x)[0][-1:])))


def write(path, tensors):
    """safetensors: length of the header, header (JSON), data; all float32."""
    header, data = {}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def loss_of(model, batch):
    logits = torch.cat([model(x) for x, _ in batch])
    return torch.nn.functional.cross_entropy(logits, torch.cat([y for _, y in batch]), ignore_index=-1)


def train(model, batch, optimiser_type, weight_decay):
    model = copy.deepcopy(model)
    optimiser = optimiser_type(model.parameters(), lr=RATE, weight_decay=weight_decay)
    losses = []
    for _ in range(UPDATES):
        optimiser.zero_grad()
        loss = loss_of(model, batch)
        losses.append(loss.item())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
    return torch.tensor(losses, dtype=torch.float64)


def make(model_type, folder, seed):
    torch.manual_seed(seed)
    model = model_type()
    name = "torch_" + model_type.__name__.lower()
    write(folder / f"{name}.safetensors", model.state_dict())

    model.double()
    outputs = model.head.out_features
    batch = []
    for length in LENGTHS:
        x = torch.randn(length, model.inputs).double()
        y = torch.randint(0, outputs, (1 if model.many_to_one else length,))
        if not model.many_to_one and length > 4:
            y[2:4] = -1
        batch.append((x, y))

    vectors = {}
    for i, (x, y) in enumerate(batch):
        vectors[f"inputs.{i}"] = x
        vectors[f"labels.{i}"] = y
        vectors[f"outputs.{i}"] = torch.softmax(model(x), -1)
    loss_of(model, batch).backward()
    for tensor, parameter in model.named_parameters():
        vectors[f"grad.{tensor}"] = parameter.grad
    vectors["grad_norm"] = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf")).reshape(1)
    vectors["losses.adamw"] = train(model, batch, torch.optim.AdamW, 0.01)
    vectors["losses.adam"] = train(model, batch, torch.optim.Adam, 0)
    write(folder / f"{name}.vectors.safetensors", vectors)


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = pathlib.Path(__file__).parent / "models"
    target.mkdir(exist_ok=True)
    for number, kind in enumerate([Rnn, Gru, Lstm]):
        make(kind, target, 20240700 + number)
