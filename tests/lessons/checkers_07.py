"""Right and wrong answers to the exercises of lesson 07."""

import math

import sympy as sp
import torch
from torch.nn.functional import one_hot

K, gamma, q, p = sp.symbols("K gamma q p")  # without assumptions, as a learner may well define them
GAP = gamma * K / (K - 1)
LOW = (K - 1) * sp.exp(-GAP)


def mean_gap(logits, labels):
    own = logits.gather(1, labels[:, None])
    return (logits - own).sum() / (len(logits) * (logits.shape[1] - 1))


def looped(logits, labels):
    rows = zip(logits.tolist(), labels.tolist(), strict=True)
    gaps = [z - row[own] for row, own in rows for j, z in enumerate(row) if j != own]
    return sum(gaps) / len(gaps)


def over_classes(logits, labels):
    return sum(mean_gap(logits[labels == k], labels[labels == k]) for k in labels.unique()) / logits.shape[1]


def without_own(logits, labels):
    others = ~one_hot(labels, logits.shape[1]).bool()
    return logits[others].mean()


TRIALS = {
    "07.1": {
        "reference": 0,
        "variant": -0.6,
        "mistakes": [
            (45, "mean of the biases"),
            (-45, "mean logit"),
            (-6.67, "collapse"),
            (-1.5, "another number, got -1.5"),
            ("0", "a number"),
        ],
        "stub": ...,
    },
    "07.2": {
        "reference": -K + K * q / 2,
        "variant": -K / 2 - (K - K * q) / 2,
        "mistakes": [
            (-K, "keep the mean"),
            (-2 * K + K * q, "factor 1/2"),
            (-3 * K / 2 + K * q, "second square"),
            (-3 * K / 2 + K * q / 2, "first square"),
            (-K + K * q, "all of the scatter"),
            (K - K * q / 2, "minus sign"),
            (K * q / 2 - K / 2, "weights are missing"),
            (-K - K * q / 2, "two minus signs"),
            (q / 2 - 1, "one term"),
            (-sp.oo, "the bound"),
        ],
        "stub": ...,
    },
    "07.3": {
        "reference": [0, 2],
        "variant": torch.tensor([-1.0, 5.0, 5.0]),
        "mistakes": [
            ([1, 1], "all numbers equal"),
            ((3,), "at least two"),
            ([], "at least two"),
            (2, "a list"),
            ([gamma, 1], "a list"),
            ([0, math.inf], "a list"),
        ],
        "stub": ...,
    },
    "07.4": {
        "reference": (K - 1) / (K - 1 + sp.exp(GAP)),
        "variant": LOW / (1 + LOW),
        "mistakes": [
            (1 / (1 + LOW), "inner derivative is missing"),
            (LOW / (K - 1) / (1 + LOW), "keeps the factor"),
            ((K - 1) * sp.exp(GAP) / (1 + (K - 1) * sp.exp(GAP)), "not at G"),
            (sp.log(1 + LOW), "the value there"),
            (-LOW / (1 + LOW), "Check the sign"),
            (sp.diff(sp.log(1 + LOW), gamma), "not to gamma"),
            (1 / (1 + sp.exp(GAP)), "K - 1 exponentials"),
        ],
        "stub": ...,
    },
    "07.5": {
        "reference": "a",
        "variant": " A ",
        "mistakes": [("b", "y of one sample"), ("c", "at its lowest"), ("d", "one of")],
        "stub": ...,
    },
    "07.6": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "a computation"), ("b", "nowhere below"), ("d", "How it was reached")],
        "stub": ...,
    },
    "07.7": {
        "reference": 1 - p,
        "variant": (1 - p**2) / (1 + p),
        "mistakes": [
            (-p, "slope of F"),
            (-1 - p, "other side"),
            (p - 1, "Check the sign"),
            (1 + p, "is -p"),
            (p, "slope of -F"),
            (p - p**2, "a sigmoid"),
        ],
        "stub": ...,
    },
    "07.8": {
        "reference": GAP,
        "variant": gamma + gamma / (K - 1),
        "mistakes": [
            (-GAP, "adds"),
            (gamma - gamma / (K - 1), "same sign"),
            (gamma, "second tangent is missing"),
            (gamma / (K - 1), "first tangent is missing"),
            (2 * gamma, "no further factor"),
        ],
        "stub": ...,
    },
    "07.9": {
        "reference": mean_gap,
        "variant": lambda z, y: looped(z.float(), y),
        "mistakes": [
            (lambda z, y: -mean_gap(z, y), "comes first"),
            (lambda z, y: (z - z.gather(1, y[:, None])).mean(), "not K"),
            (lambda z, y: (z - z.gather(1, y[:, None])).sum(1).mean(), "divide by K - 1"),
            (lambda z, y: mean_gap(z, y) * len(z), "over the samples"),
            (lambda z, y: (z - z.gather(1, y[:, None])).mean(1), "over the samples"),
            (lambda z, y: z.mean(), "own logit"),
            (over_classes, "not over the classes"),
            (without_own, "own logit"),
            (lambda z, y: [float(mean_gap(z, y))], "not a list"),
            (lambda z, y: (z * one_hot(y)).sum(), "another number"),
            (lambda z, y: z[:, y], "over the samples"),
        ],
        "stub": lambda logits, labels: ...,
    },
}
