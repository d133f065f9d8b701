"""Right and wrong answers to the exercises of lesson 03."""

import math

import sympy as sp
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot, softplus

K, gamma, b = sp.symbols("K gamma b")  # without assumptions, as a learner may well define them
LOW = sp.exp(-gamma / (K - 1))
ROOT = sp.sqrt((K - 2) ** 2 * LOW**2 + 4 * (K - 1) * LOW * sp.exp(gamma))


def bce(logits, labels):
    sign = 1 - 2 * one_hot(labels, logits.shape[1])
    return softplus(sign * logits).sum(1)


def library(logits, labels):
    targets = one_hot(labels, logits.shape[1]).float()  # the result is float32 for logits in float64
    return binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(dim=1)


def overflowing(logits, labels):
    sign = 1 - 2 * one_hot(labels, logits.shape[1])
    return torch.log(1 + torch.exp(sign * logits)).sum(1)


def etf_loss(own=1, others=K - 1, sign=1):
    positive = sp.log(1 + sp.exp(own * (sign * b - gamma)))
    return positive + others * sp.log(1 + sp.exp(-gamma / (K - 1) - sign * b))


TRIALS = {
    "03.1": {
        "reference": "a",
        "variant": "A",
        "mistakes": [("b", "its own loss"), ("c", "compares two samples"), (None, "one of")],
        "stub": ...,
    },
    "03.2": {
        "reference": bce,
        "variant": library,
        "mistakes": [
            (overflowing, "overflowed"),
            (lambda z, y: bce(z, y).mean(), "do not average over samples"),
            (lambda z, y: softplus(z), "Sum over the classes"),
            (lambda z, y: softplus(z).sum(1), "other sign"),
            (lambda z, y: cross_entropy(z, y, reduction="none"), "Softmax"),
            (lambda z, y: bce(z, y) / z.shape[1], "sums over the classes"),
            (lambda z, y: softplus(-z.gather(1, y[:, None])[:, 0]), "missing"),
            (lambda z, y: bce(z, y) + softplus(z.gather(1, y[:, None])[:, 0]), "leave it out"),
            (lambda z, y: bce(-z, y), "All signs"),
            (lambda z, y: bce(z.clamp(-80, 80), y), "a few thousand"),
        ],
        "stub": lambda logits, labels: ...,
    },
    "03.3": {
        "reference": sp.Rational(80, 9),
        "variant": 8.9,
        "mistakes": [
            (8, "not zero"),
            (64 / 9, "adds"),
            (-80 / 9, "larger one"),
            (8.8, "9 others"),
            (16, "two classes"),
            (10 / 9, "stretched"),
        ],
        "stub": ...,
    },
    "03.4": {
        "reference": etf_loss(),
        "variant": sp.log(1 + sp.exp(b) / sp.exp(gamma)) + (K - 1) * sp.log(1 + LOW * sp.exp(-b)),
        "mistakes": [
            (etf_loss(others=1), "K - 1 other classes"),
            (etf_loss(others=K), "not among the others"),
            (etf_loss(own=-1), "falls as its score grows"),
            (etf_loss(sign=-1), "subtracted"),
            (etf_loss().subs(b, 0), "subtract the bias"),
            (etf_loss(others=0) + (K - 1) * sp.log(1 + sp.exp(-b) / LOW), "Mind the sign"),
            (sp.log(1 + (K - 1) * sp.exp(-gamma * K / (K - 1))), "That is CE"),
        ],
        "stub": ...,
    },
    "03.5": {
        "reference": sp.log(((K - 2) * LOW + ROOT) / 2),
        "variant": sp.log((K - 2) * LOW + ROOT) - sp.log(2),
        "mistakes": [
            (((K - 2) * LOW + ROOT) / 2, "its logarithm"),
            (sp.log((K - 2) * LOW + ROOT), "divides by 2"),
            (sp.log((ROOT - (K - 2) * LOW) / 2), "starts with +p"),
            (((K - 2) * LOW - ROOT) / 2, "is not"),
            (sp.log(((K - 2) * LOW - ROOT) / 2), "no real logarithm"),
            (
                sp.log(((K - 2) * LOW + sp.sqrt((K - 2) ** 2 * LOW**2 + (K - 1) * LOW * sp.exp(gamma))) / 2),
                "Four times",
            ),
            (gamma * (K - 2) / (2 * (K - 1)) + sp.log(K - 1) / 2, "as gamma grows"),
            (sp.log(K - 1), "tends to 0"),
        ],
        "stub": ...,
    },
    "03.6": {
        "reference": sp.log(9),
        "variant": 2.2,
        "mistakes": [
            (math.log(10), "1 + e^b = K"),
            (0, "1/2"),
            (-2.1972, "positive one"),
            (9, "e^b"),
            (0.1, "the probability"),
            (1 / 9, "e^(-b)"),
        ],
        "stub": ...,
    },
    "03.7": {
        "reference": sp.Rational(27, 10),
        "variant": 2.6,
        "mistakes": [(2.5, "false there"), (3.0, "true there"), ("2.7", "a number"), (gamma, "a number")],
        "stub": ...,
    },
    "03.8": {
        "reference": (K - 2) / (2 * (K - 1)),
        "variant": (1 - 1 / (K - 1)) / 2,
        "mistakes": [
            (sp.Rational(1, 2), "not half of gamma"),
            ((K - 2) / (K - 1), "halves the exponent"),
            (K / (2 * (K - 1)), "do not add"),
            (sp.Rational(4, 9), "general K"),
            (0, "small scale"),
        ],
        "stub": ...,
    },
}
