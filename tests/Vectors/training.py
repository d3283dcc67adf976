#!/usr/bin/env python3
"""Makes training.json: steps of torch.optim.AdamW and learning rates of OneCycleLR.

Run: python3 training.py (needs PyTorch; the committed file was made with 1.13). Seeded; the same version writes the same file.
"""
import json
import pathlib

import torch

torch.manual_seed(20240611)
torch.set_num_threads(1)


def adamw(count, steps, betas, epsilon, weight_decay):
    parameter = torch.nn.Parameter(torch.randn(count))
    optimiser = torch.optim.AdamW([parameter], betas=betas, eps=epsilon, weight_decay=weight_decay)
    case = {"beta1": betas[0], "beta2": betas[1], "epsilon": epsilon, "weightDecay": weight_decay,
            "initial": parameter.tolist(), "steps": []}
    for step in range(steps):
        # Magnitudes from 1e-6 to 1e2, and some exact zeros.
        gradient = torch.randn(count) * 10 ** (torch.rand(count) * 8 - 6)
        gradient[step % count] = 0
        rate = torch.tensor(2e-3 * (step + 1)).item()
        optimiser.param_groups[0]["lr"] = rate
        parameter.grad = gradient
        optimiser.step()
        case["steps"].append({"learningRate": rate, "gradients": gradient.tolist(), "parameters": parameter.tolist()})
    state = optimiser.state[parameter]
    case["firstMoment"] = state["exp_avg"].tolist()
    case["secondMoment"] = state["exp_avg_sq"].tolist()
    return case


def one_cycle(maximum, total, warm_up, div_factor, final_div_factor):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=maximum, total_steps=total, pct_start=warm_up, div_factor=div_factor,
        final_div_factor=final_div_factor, cycle_momentum=False)
    rates = []
    for _ in range(total):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if len(rates) < total:
            schedule.step()
    return {"max": maximum, "total": total, "warmUp": warm_up, "divFactor": div_factor,
            "finalDivFactor": final_div_factor, "rates": rates}


vectors = {
    "adamw": [adamw(37, 6, (0.9, 0.999), 1e-8, 0.01), adamw(16, 4, (0.8, 0.95), 1e-5, 0.0), adamw(3, 3, (0.0, 0.5), 1e-3, 0.2)],
    "oneCycle": [one_cycle(6e-3, 50, 0.3, 25, 1e4), one_cycle(0.5, 17, 0.4, 10, 100), one_cycle(1e-3, 5, 0.9, 25, 1e4)],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(vectors, separators=(",", ":")) + "\n")
