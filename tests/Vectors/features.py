#!/usr/bin/env python3
"""Makes features.safetensors: published audio features of a seeded signal, in float64 from their published definitions, for the front ends of tests/Runtime.Tests.

Run: python3 features.py (needs PyTorch and numpy; the committed file was made with 1.13 and 1.24). Nothing here is of this library. Definitions:
  Kaldi       feature-window.cc, mel-computations.cc, feature-mfcc.cc, and torchaudio.compliance.kaldi, which documents the same
  torchaudio  transforms.MelSpectrogram and MFCC, functional.melscale_fbanks, create_dct and compute_deltas; frames, mirrored ends and window by torch.stft itself
  TensorFlow  tf.signal.stft, linear_to_mel_weight_matrix, mfccs_from_log_mel_spectrograms
"""
import math
import pathlib

import numpy
import torch

import vector_files

RATE = 16000
EPSILON = 2.0 ** -23


def signal(count):
    """A gliding voice with overtones that comes and goes, a constant offset, noise."""
    random = numpy.random.RandomState(11)
    time = numpy.arange(count) / RATE
    phase = 2 * math.pi * numpy.cumsum(140 + 60 * numpy.sin(2 * math.pi * 3 * time)) / RATE
    voice = sum(numpy.sin(k * phase) / k for k in range(1, 40))
    return (0.02 + 0.15 * voice * (0.3 + numpy.abs(numpy.sin(2 * math.pi * 4 * time))) + 0.02 * random.standard_normal(count)).astype(numpy.float32).astype(numpy.float64)


def frames(x, window, hop):
    return numpy.stack([x[start:start + window] for start in range(0, len(x) - window + 1, hop)])


# Kaldi

def kaldi_frames(x, window, hop):
    """Raw log energy, and frames without offset, with pre-emphasis and Povey's window, times 32768."""
    cut = frames(32768 * x, window, hop)
    cut = cut - cut.mean(axis=1, keepdims=True)
    energy = numpy.log(numpy.maximum((cut ** 2).sum(axis=1), EPSILON))
    energy = numpy.maximum(energy, math.log(1.0))
    cut = cut - 0.97 * numpy.concatenate([cut[:, :1], cut[:, :-1]], axis=1)
    povey = (0.5 - 0.5 * numpy.cos(2 * math.pi * numpy.arange(window) / (window - 1))) ** 0.85
    return energy, cut * povey


def kaldi_banks(bins, padded, low, high):
    mel = lambda f: 1127.0 * numpy.log(1.0 + f / 700.0)
    step = (mel(high) - mel(low)) / (bins + 1)
    left = mel(low) + numpy.arange(bins)[:, None] * step
    centre, right = left + step, left + 2 * step
    at = mel(RATE / padded * numpy.arange(padded // 2))[None, :]
    banks = numpy.maximum(0, numpy.minimum((at - left) / (centre - left), (right - at) / (right - centre)))
    return numpy.pad(banks, ((0, 0), (0, 1)))


def kaldi_fbank(x, bins, window=400, hop=160, padded=512):
    energy, cut = kaldi_frames(x, window, hop)
    power = numpy.abs(numpy.fft.rfft(cut, padded)) ** 2
    return energy, numpy.log(numpy.maximum(power @ kaldi_banks(bins, padded, 20.0, RATE / 2).T, EPSILON))


def kaldi_mfcc(x, ceps=13, bins=23, lifter=22.0):
    energy, bands = kaldi_fbank(x, bins)
    n = numpy.arange(bins)
    dct = numpy.cos(math.pi / bins * (n[:, None] + 0.5) * numpy.arange(bins)[None, :]) * math.sqrt(2.0 / bins)
    dct[:, 0] = math.sqrt(1.0 / bins)
    mfcc = (bands @ dct[:, :ceps]) * (1.0 + 0.5 * lifter * numpy.sin(math.pi * numpy.arange(ceps) / lifter))
    mfcc[:, 0] = energy
    return mfcc


def kaldi_spectrogram(x):
    energy, cut = kaldi_frames(x, 400, 160)
    power = numpy.log(numpy.maximum(numpy.abs(numpy.fft.rfft(cut, 512)) ** 2, EPSILON))
    power[:, 0] = energy
    return power


# torchaudio

def deltas(x, reach=2):
    """functional.compute_deltas, win_length = 2 reach + 1: replicated ends, a convolution over time."""
    padded = torch.nn.functional.pad(torch.tensor(x.T[None]), (reach, reach), mode="replicate")
    kernel = torch.arange(-reach, reach + 1, dtype=torch.float64).repeat(x.shape[1], 1, 1)
    return (torch.nn.functional.conv1d(padded, kernel, groups=x.shape[1]) / (reach * (reach + 1) * (2 * reach + 1) / 3))[0].T.numpy()


def torch_power(x, fft, window, hop, shape=torch.hann_window, **options):
    values = torch.stft(torch.tensor(x), fft, hop, window, shape(window, dtype=torch.float64), return_complex=True, **options)
    return values.abs().pow(2).T.numpy()


def torch_banks(bands, fft, low, high, slaney=False, norm=False):
    def to_mel(f):
        if not slaney:
            return 2595.0 * math.log10(1.0 + f / 700.0)
        return f / (200.0 / 3) if f < 1000.0 else 15.0 + math.log(f / 1000.0) / (math.log(6.4) / 27.0)

    def to_hz(mels):
        if not slaney:
            return 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
        return numpy.where(mels < 15.0, mels * (200.0 / 3), 1000.0 * numpy.exp(math.log(6.4) / 27.0 * (mels - 15.0)))

    edges = to_hz(numpy.linspace(to_mel(low), to_mel(high), bands + 2))
    all_freqs = numpy.linspace(0, RATE // 2, fft // 2 + 1)
    slopes = edges[None, :] - all_freqs[:, None]
    banks = numpy.maximum(0, numpy.minimum(-slopes[:, :-2] / numpy.diff(edges)[:-1], slopes[:, 2:] / numpy.diff(edges)[1:]))
    return banks * (2.0 / (edges[2:] - edges[:-2])) if norm else banks


def torch_mfcc(x, coefficients, bands):
    logs = numpy.log(torch_power(x, 512, 400, 200) @ torch_banks(bands, 512, 0.0, 8000.0) + 1e-6)
    dct = numpy.cos(math.pi / bands * (numpy.arange(bands) + 0.5) * numpy.arange(coefficients)[:, None])
    dct[0] *= 1.0 / math.sqrt(2.0)
    return logs @ (dct * math.sqrt(2.0 / bands)).T


# TensorFlow

def tf_magnitudes(x, length, step, fft):
    hann = 0.5 - 0.5 * numpy.cos(2 * math.pi * numpy.arange(length) / length)
    return numpy.abs(numpy.fft.rfft(frames(x, length, step) * hann, fft))


def tf_banks(bands, bins, low, high):
    to_mel = lambda f: 1127.0 * numpy.log(1.0 + f / 700.0)
    at = to_mel(numpy.linspace(0.0, RATE / 2, bins)[1:])[:, None]
    edges = numpy.linspace(to_mel(low), to_mel(high), bands + 2)
    lower, centre, upper = edges[None, :-2], edges[None, 1:-1], edges[None, 2:]
    banks = numpy.maximum(0.0, numpy.minimum((at - lower) / (centre - lower), (upper - at) / (upper - centre)))
    return numpy.pad(banks, ((1, 0), (0, 0)))


def tf_mfcc(x, count):
    logs = numpy.log(tf_magnitudes(x, 1024, 256, 1024) @ tf_banks(80, 513, 80.0, 7600.0) + 1e-6)
    bands = logs.shape[1]
    # dct type 2 without norm, 2 sum of x cos(...), times 1 / sqrt(2 bands).
    dct = 2 * numpy.cos(math.pi * numpy.arange(count)[:, None] * (2 * numpy.arange(bands) + 1) / (2 * bands))
    return (logs @ dct.T) / math.sqrt(2.0 * bands)


x = signal(4000)
mfcc = kaldi_mfcc(x)
energy, fbank = kaldi_fbank(x, 23)
slopes = deltas(mfcc)
torch_slopes = torch_mfcc(x, 20, 40)
cases = {
    "kaldi_fbank": fbank,
    "kaldi_fbank_energy": numpy.concatenate([energy[:, None], fbank], axis=1),
    "kaldi_mfcc": numpy.concatenate([mfcc, slopes, deltas(slopes)], axis=1),
    "kaldi_spectrogram": kaldi_spectrogram(x),
    "torch_mel": torch_power(x, 512, 400, 200) @ torch_banks(64, 512, 0.0, 8000.0),
    "torch_mel_slaney": torch_power(x, 512, 512, 160, pad_mode="constant") @ torch_banks(40, 512, 0.0, 8000.0, slaney=True, norm=True),
    "torch_mfcc": numpy.concatenate([torch_slopes, deltas(torch_slopes, 3)], axis=1),
    "torch_hamming": torch_power(x, 512, 512, 128, torch.hamming_window, center=False),
    "torch_blackman": torch_power(x, 512, 512, 256, lambda n, dtype: torch.blackman_window(n, periodic=False, dtype=dtype), center=False),
    "tf_mfcc": tf_mfcc(x, 13),
    "tf_log_mel": numpy.log(tf_magnitudes(x, 480, 160, 512) @ tf_banks(40, 257, 20.0, 4000.0) + 1e-6),
    "tf_magnitudes": tf_magnitudes(x, 256, 128, 256),
}
vector_files.write(pathlib.Path(__file__).parent / "features.safetensors", {"samples": x, **cases})
