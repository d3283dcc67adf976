#!/usr/bin/env python3
"""Derives the constants of runtime/Seq.Embedded/Kernels/VectorMath.cs. Needs numpy and mpmath.

exp(x) = 2^k * e^r with k = round(x / ln 2) and |r| <= ln(2) / 2, and e^r - 1 = r + r^2 * q(r), q of degree 4.
q minimises the largest error of r + r^2 * q(r) relative to e^r - 1, so that tanh, which is built on e^r - 1, stays
accurate in relative terms near 0. Coefficients are rounded to float from the lowest up, and the ones above refitted
after each rounding, so they make up for it.
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 40
DEGREE = 4
HALF = float(mp.log(2) / 2) * 1.0001  # a little room: k comes from a product that is rounded


def exact_q(r):
    r = mp.mpf(float(r))
    return mp.mpf(1) / 2 if r == 0 else (mp.expm1(r) - r) / r**2


nodes = np.cos(np.pi * (np.arange(1200) + 0.5) / 1200) * HALF
weight = np.abs([float(mp.mpf(float(r)) ** 2 / mp.expm1(mp.mpf(float(r)))) for r in nodes])
fixed = []
while len(fixed) <= DEGREE:
    target = np.array([float(exact_q(r) - sum(mp.mpf(c) * mp.mpf(float(r)) ** i for i, c in enumerate(fixed))) for r in nodes])
    basis = np.stack([nodes**i for i in range(len(fixed), DEGREE + 1)], axis=1)
    lawson = np.full(len(nodes), 1 / len(nodes))
    for _ in range(2000):  # Lawson: weighted least squares whose weights follow the error tend to the minimax fit
        scale = np.sqrt(lawson) * weight
        solution = np.linalg.lstsq(basis * scale[:, None], target * scale, rcond=None)[0]
        error = np.abs(basis @ solution - target) * weight
        lawson *= error
        lawson /= lawson.sum()
    print(f"from coefficient {len(fixed)} up free: largest relative error of e^r - 1 = {error.max():.3e} = 2^{np.log2(error.max()):.2f}")
    fixed.append(float(np.float32(solution[0])))

error = max(
    abs(sum(mp.mpf(c) * mp.mpf(float(r)) ** i for i, c in enumerate(fixed)) - exact_q(r)) * w for r, w in zip(nodes, weight))
print(f"all rounded: {float(error):.3e} = 2^{float(mp.log(error, 2)):.2f}")
for i, c in enumerate(fixed):
    print(f"C{i + 2} = {np.float32(c)!s}f")

# ln 2 in two floats: High has 15 fractional bits, so k * High is exact for |k| <= 256 even without fused multiply-add.
high = float(mp.nint(mp.log(2) * 2**15) / 2**15)
low = np.float32(mp.log(2) - mp.mpf(high))
print(f"InverseLn2 = {np.float32(1 / mp.log(2))!s}f  Ln2High = {np.float32(high)!s}f ({high!r})  Ln2Low = {low!s}f")
