#!/usr/bin/env python3
"""Makes training.json: steps of optimisers, learning rates of schedules, clipping by value, moving averages of weights.

Run: python3 training.py (needs PyTorch; the committed file was made with 1.13). Seeded; the same version writes the same file.
"""
import json
import pathlib

import torch
from torch.optim import lr_scheduler

torch.manual_seed(20240611)
torch.set_num_threads(1)


def optimise(count, steps, create, settings, state_names):
    """Steps of an optimiser from random weights and gradients; state_names: what it keeps, by the names of the vectors."""
    parameter = torch.nn.Parameter(torch.randn(count))
    optimiser = create(parameter)
    case = {**settings, "initial": parameter.tolist(), "steps": []}
    for step in range(steps):
        # Magnitudes from 1e-6 to 1e2, and some exact zeros.
        gradient = torch.randn(count) * 10 ** (torch.rand(count) * 8 - 6)
        gradient[step % count] = 0
        rate = torch.tensor(2e-3 * (step + 1)).item()
        optimiser.param_groups[0]["lr"] = rate
        parameter.grad = gradient
        optimiser.step()
        case["steps"].append({"learningRate": rate, "gradients": gradient.tolist(), "parameters": parameter.tolist()})
    case.update({name: optimiser.state[parameter][key].tolist() for name, key in state_names.items()})
    return case


def adam(optimiser_type, count, steps, betas, epsilon, weight_decay):
    return optimise(
        count, steps, lambda parameter: optimiser_type([parameter], betas=betas, eps=epsilon, weight_decay=weight_decay),
        {"beta1": betas[0], "beta2": betas[1], "epsilon": epsilon, "weightDecay": weight_decay},
        {"firstMoment": "exp_avg", "secondMoment": "exp_avg_sq"})


def adamw(*arguments):
    return adam(torch.optim.AdamW, *arguments)


def sgd(count, steps, momentum=0.0, dampening=0.0, nesterov=False, weight_decay=0.0):
    return optimise(
        count, steps,
        lambda parameter: torch.optim.SGD(
            [parameter], lr=1, momentum=momentum, dampening=dampening, nesterov=nesterov, weight_decay=weight_decay),
        {"momentum": momentum, "dampening": dampening, "nesterov": nesterov, "weightDecay": weight_decay},
        {"firstMoment": "momentum_buffer"} if momentum > 0 else {})


def one_cycle(maximum, total, warm_up, div_factor, final_div_factor):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
    schedule = lr_scheduler.OneCycleLR(
        optimiser, max_lr=maximum, total_steps=total, pct_start=warm_up, div_factor=div_factor,
        final_div_factor=final_div_factor, cycle_momentum=False)
    return {"max": maximum, "total": total, "warmUp": warm_up, "divFactor": div_factor,
            "finalDivFactor": final_div_factor, "rates": rates(optimiser, schedule, total)}


def rates(optimiser, schedule, total):
    """The learning rates of so many steps."""
    result = []
    for _ in range(total):
        result.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if len(result) < total:
            schedule.step()
    return result


def scheduled(rate, total, create, settings):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    return {"rate": rate, **settings, "rates": rates(optimiser, create(optimiser), total)}


def step_rates(rate, size, gamma, total):
    return scheduled(
        rate, total, lambda optimiser: lr_scheduler.StepLR(optimiser, size, gamma), {"size": size, "gamma": gamma})


def cosine_rates(rate, total, least):
    return scheduled(
        rate, total + 1, lambda optimiser: lr_scheduler.CosineAnnealingLR(optimiser, total, least), {"total": total, "least": least})


def warm_up_rates(rate, steps, factor, after):
    """A linear rise, then a cosine of so many steps, or a constant rate where there are none."""
    def create(optimiser):
        rise = lr_scheduler.LinearLR(optimiser, start_factor=factor, total_iters=steps)
        if after == 0:
            return rise
        return lr_scheduler.SequentialLR(optimiser, [rise, lr_scheduler.CosineAnnealingLR(optimiser, after)], [steps])
    return scheduled(rate, steps + (after or 10), create, {"steps": steps, "factor": factor, "after": after})


def clipped(count, limit):
    """Gradients before and after clip_grad_value_, and their norm after it."""
    parameter = torch.nn.Parameter(torch.zeros(count))
    parameter.grad = torch.randn(count) * 3
    gradients = parameter.grad.tolist()
    torch.nn.utils.clip_grad_value_([parameter], limit)
    return {"limit": torch.tensor(limit).item(), "gradients": gradients, "clipped": parameter.grad.tolist(),
            "norm": parameter.grad.double().norm().item()}


def average(count, steps, decay):
    """AveragedModel with the function of PyTorch 2's get_ema_multi_avg_fn, over weights that wander."""
    model = torch.nn.Linear(count, 1, bias=False)
    averaged = torch.optim.swa_utils.AveragedModel(
        model, avg_fn=lambda mean, value, _: torch.lerp(mean, value, 1 - decay))
    case = {"decay": decay, "steps": []}
    for _ in range(steps):
        with torch.no_grad():
            model.weight += torch.randn(1, count)
        averaged.update_parameters(model)
        case["steps"].append({"weights": model.weight[0].tolist(), "average": averaged.module.weight[0].tolist()})
    return case


vectors = {
    "adamw": [adamw(37, 6, (0.9, 0.999), 1e-8, 0.01), adamw(16, 4, (0.8, 0.95), 1e-5, 0.0), adamw(3, 3, (0.0, 0.5), 1e-3, 0.2)],
    "oneCycle": [one_cycle(6e-3, 50, 0.3, 25, 1e4), one_cycle(0.5, 17, 0.4, 10, 100), one_cycle(1e-3, 5, 0.9, 25, 1e4)],
    "adam": [adam(torch.optim.Adam, 37, 6, (0.9, 0.999), 1e-8, 0.0), adam(torch.optim.Adam, 19, 5, (0.8, 0.95), 1e-5, 0.1)],
    "sgd": [
        sgd(19, 4), sgd(19, 4, weight_decay=0.1), sgd(37, 6, momentum=0.9), sgd(19, 5, momentum=0.8, dampening=0.3),
        sgd(19, 5, momentum=0.9, nesterov=True), sgd(21, 6, momentum=0.7, nesterov=True, weight_decay=0.05),
        sgd(5, 4, momentum=0.5, dampening=1.0, weight_decay=0.2),
    ],
    "step": [step_rates(0.1, 3, 0.1, 10), step_rates(2e-3, 1, 0.97, 40), step_rates(1.0, 7, 1.0, 9)],
    "cosine": [cosine_rates(0.1, 20, 0.0), cosine_rates(3e-3, 7, 1e-4), cosine_rates(1.0, 1, 0.5)],
    "warmUp": [warm_up_rates(0.1, 5, 1 / 3, 0), warm_up_rates(2e-3, 10, 0.01, 20), warm_up_rates(0.5, 1, 0.25, 3)],
    "clipValue": [clipped(37, 1.5), clipped(8, 100.0)],
    "average": [average(37, 6, 0.9), average(5, 4, 0.999), average(5, 3, 0.25)],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(vectors, separators=(",", ":")) + "\n")
