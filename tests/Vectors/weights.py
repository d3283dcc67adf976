#!/usr/bin/env python3
"""Makes weights.safetensors: the state_dict of a seeded torch GRU and a linear layer, as safetensors.torch.save_file lays it out.

Run: python3 weights.py (needs PyTorch; the committed file was made with 1.13). The file is written here from the description of the
format (compact JSON; metadata first, then tensors by name; header padded with spaces to 8 bytes), so it depends on no other code.
The values that tests compare are in weights.json.
"""
import json
import pathlib
import struct

import torch

torch.manual_seed(7)
model = torch.nn.ModuleDict({"gru": torch.nn.GRU(3, 18), "head": torch.nn.Linear(18, 2)})
header, data = {"__metadata__": {"format": "pt"}}, b""
for name, tensor in sorted(model.state_dict().items()):
    values = struct.pack(f"<{tensor.numel()}f", *tensor.flatten().tolist())
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
    data += values

text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
folder = pathlib.Path(__file__).parent
(folder / "weights.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
tensors = {name: {"shape": list(t.shape), "values": t.flatten().tolist()} for name, t in model.state_dict().items()}
(folder / "weights.json").write_text(json.dumps(tensors, separators=(",", ":")) + "\n")
