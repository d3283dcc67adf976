"""What all PyTorch cases share: the data of a batch, the losses, and the training whose losses are kept."""
import copy

import torch
from torch.nn import functional

import vector_files

CLIP, UPDATES = 0.1, 10

OPTIMISERS = {
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.01),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.2, momentum=0.9, weight_decay=0.01),
}


class Case(torch.nn.Module):
    """A model whose attributes have the names of its layers. The last layer is `head`; the loss is cross-entropy of a softmax over it."""

    name, inputs, many_to_one = "", 0, False
    lengths = [9, 1, 4, 12, 4]

    def rows(self, length):
        """Output rows of a sequence of so many steps."""
        return 1 if self.many_to_one else length

    def draw_inputs(self, length):
        return {"inputs": torch.randn(length, self.inputs).double()}

    def draw(self, index):
        """Sequence `index` of the batch: named tensors."""
        length = self.lengths[index]
        sequence = self.draw_inputs(length)
        rows = self.rows(length)
        sequence["labels"] = torch.randint(0, self.head.out_features, (rows,))
        if rows > 4:
            sequence["labels"][2:4] = -1
        return sequence

    def logits(self, sequence):
        return self(sequence["inputs"])

    def outputs(self, sequence):
        return torch.softmax(self.logits(sequence), -1)

    def loss(self, batch):
        logits = torch.cat([self.logits(sequence) for sequence in batch])
        return functional.cross_entropy(logits, torch.cat([sequence["labels"] for sequence in batch]), ignore_index=-1)


class TokenCase(Case):
    """The inputs are tokens: (T), 0 to inputs - 1."""

    def draw_inputs(self, length):
        return {"tokens": torch.randint(0, self.inputs, (length,))}

    def logits(self, sequence):
        return self(sequence["tokens"])


def train(model, batch, create):
    model = copy.deepcopy(model)
    optimiser = create(model.parameters())
    losses = []
    for _ in range(UPDATES):
        optimiser.zero_grad()
        loss = model.loss(batch)
        losses.append(loss.item())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
    return losses


def name_of(model_type):
    """The files of a case are NAME.safetensors and NAME.vectors.safetensors."""
    return "torch_" + (model_type.name or model_type.__name__.lower())


def make(model_type, folder, seed):
    """Writes the two files of a case; see make_models.py."""
    torch.manual_seed(seed)
    model = model_type()
    name = name_of(model_type)
    vector_files.write(folder / f"{name}.safetensors", {key: value.numpy() for key, value in model.state_dict().items()})

    model.double()
    batch = [model.draw(index) for index in range(len(model.lengths))]
    vectors = {}
    for i, sequence in enumerate(batch):
        vectors.update({f"{key}.{i}": value for key, value in sequence.items()})
        vectors[f"outputs.{i}"] = model.outputs(sequence).detach()
    model.loss(batch).backward()
    for tensor, parameter in model.named_parameters():
        vectors[f"grad.{tensor}"] = parameter.grad
    vectors["grad_norm"] = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf")).reshape(1)
    vectors.update({f"losses.{optimiser}": train(model, batch, create) for optimiser, create in OPTIMISERS.items()})
    vector_files.write(folder / f"{name}.vectors.safetensors", vectors)
