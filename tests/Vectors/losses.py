#!/usr/bin/env python3
"""Makes losses.json: losses and their gradients in PyTorch.

Run: python3 losses.py (needs PyTorch; the committed file was made with 1.13). Seeded; the same version writes the same file.

Probabilities are float32 and taken as they are; the losses of them and the gradients with respect to their logits are float64.
"""
import json
import pathlib

import torch
from torch.nn import functional

torch.manual_seed(20261121)
torch.set_num_threads(1)


def bce(rows, outputs, spread, soft):
    p = torch.sigmoid(torch.randn(rows, outputs) * spread)
    targets = torch.rand(rows, outputs) if soft else torch.randint(0, 2, (rows, outputs)).float()
    logits = torch.logit(p.double()).requires_grad_()
    loss = functional.binary_cross_entropy_with_logits(logits, targets.double(), reduction="mean")
    loss.backward()
    return {"outputs": outputs, "probabilities": p.flatten().tolist(), "targets": targets.flatten().tolist(),
            "mean": loss.item(), "gradients": logits.grad.flatten().tolist()}


def mse(rows, outputs, spread):
    y, targets = torch.randn(rows, outputs) * spread, torch.randn(rows, outputs)
    leaf = y.double().requires_grad_()
    loss = functional.mse_loss(leaf, targets.double(), reduction="mean")
    loss.backward()
    return {"outputs": outputs, "values": y.flatten().tolist(), "targets": targets.flatten().tolist(),
            "mean": loss.item(), "gradients": leaf.grad.flatten().tolist()}


def ctc(name, steps, classes, labels, blank=0, spread=1.5):
    p = torch.softmax(torch.randn(steps, classes) * spread, -1)
    logits = torch.log(p.double()).requires_grad_()

    def loss_of(zero_infinity):
        return functional.ctc_loss(
            torch.log_softmax(logits, -1).unsqueeze(1), torch.tensor([labels], dtype=torch.long), torch.tensor([steps]),
            torch.tensor([len(labels)]), blank=blank, reduction="sum", zero_infinity=zero_infinity)

    # An infinite loss is null; its gradient is that of zero_infinity.
    loss = loss_of(False)
    infinite = bool(torch.isinf(loss))
    (loss_of(True) if infinite else loss).backward()
    return {"name": name, "classes": classes, "blank": blank, "labels": labels, "posteriors": p.flatten().tolist(),
            "loss": None if infinite else loss.item(), "gradients": logits.grad.flatten().tolist()}


def cross_entropy(rows, classes, smoothing, weighted, spread, ignored=()):
    p = torch.softmax(torch.randn(rows, classes) * spread, -1)
    weights = torch.rand(classes) * 3 if weighted else None
    labels = torch.randint(0, classes, (rows,))
    for row in ignored:
        labels[row] = -1
    case = {"classes": classes, "smoothing": torch.tensor(smoothing).item(), "weights": weights.tolist() if weighted else [],
            "labels": labels.tolist(), "posteriors": p.flatten().tolist()}
    for reduction in ["sum", "mean"]:
        logits = torch.log(p.double()).requires_grad_()
        loss = functional.cross_entropy(
            logits, labels, weight=weights.double() if weighted else None, ignore_index=-1, reduction=reduction,
            label_smoothing=case["smoothing"])
        loss.backward()
        case.update({reduction: loss.item(), reduction + "Gradients": logits.grad.flatten().tolist()})
    return case


def random_labels(count, classes):
    return torch.randint(1, classes, (count,)).tolist()


vectors = {
    "bce": [bce(4, 3, 1, False), bce(3, 5, 6, False), bce(5, 2, 2, True)],
    "mse": [mse(4, 3, 1), mse(1, 1, 1), mse(6, 7, 20)],
    "ctc": [
        ctc("one step", 1, 3, [1]),
        ctc("labels that differ", 6, 5, [1, 2, 3]),
        ctc("repeated labels", 12, 5, [2, 2, 3, 3, 3]),
        ctc("repeated labels in the fewest steps", 8, 5, [2, 2, 3, 3, 3]),
        ctc("one label, many times", 15, 3, [2, 2, 2, 2]),
        ctc("fewest steps", 4, 4, [3, 1, 2, 3]),
        ctc("last class is the blank", 9, 6, [0, 1, 1, 4, 0], blank=5),
        ctc("blank in the middle", 9, 4, [3, 0, 1, 1], blank=2),
        ctc("no label", 5, 4, []),
        ctc("one step too few", 7, 5, [2, 2, 3, 3, 3]),
        ctc("more labels than steps", 2, 4, [1, 2, 3]),
        ctc("confident", 20, 5, [1, 4, 4, 2], spread=8),
        ctc("long", 120, 4, random_labels(40, 4)),
        ctc("many classes", 30, 29, random_labels(10, 29)),
    ],
    "crossEntropy": [
        cross_entropy(6, 4, 0.0, False, 2, [1]), cross_entropy(6, 4, 0.1, False, 2, [0, 3]), cross_entropy(7, 5, 0.0, True, 2, [6]),
        cross_entropy(7, 5, 0.25, True, 2, [2, 3]), cross_entropy(3, 2, 1.0, True, 1), cross_entropy(4, 17, 0.05, True, 6),
    ],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(vectors, separators=(",", ":")) + "\n")
