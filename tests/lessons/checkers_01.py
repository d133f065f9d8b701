"""Right and wrong answers to the exercises of lesson 01."""

import math

import pandas as pd
import sympy as sp
import torch

K, n = sp.symbols("K n")  # without assumptions, as a learner may well define them

LOG = pd.DataFrame({"train_accuracy": [0.1, 0.9, 1.0, 1.0], "nc1": [50.0, 4.0, 1.0, 0.01]})


def class_means(features, labels):
    return torch.stack([features[labels == k].mean(0) for k in range(len(set(labels.tolist())))])


def large_classes_lose(features, labels):
    spreads = [
        torch.atleast_2d(torch.cov(h.T, correction=0)) for h in map(features.__getitem__, masks(labels))
    ]
    between = class_means(features, labels) - features.mean(0)
    sigma_B = between.T @ between / len(between)
    return torch.trace(sum(spreads) / len(spreads) @ torch.linalg.pinv(sigma_B, hermitian=True)) / len(
        spreads
    )


def large_classes_win(features, labels):
    means = class_means(features, labels)
    within, between = features - means[labels], (means - features.mean(0))[labels]
    return torch.trace(within.T @ within @ torch.linalg.pinv(between.T @ between, hermitian=True)) / len(
        means
    )


def of_traces(features, labels):
    means = class_means(features, labels)
    return (features - means[labels]).square().sum() / len(labels) / (means - features.mean(0)).square().sum()


def masks(labels):
    return [labels == k for k in range(len(set(labels.tolist())))]


def nc1(features, labels, *, balanced_mean=False, divide=True, samples=True, inverse=torch.linalg.pinv):
    means = class_means(features, labels)
    num_classes = len(means)
    residuals = features - means[labels]
    centre = means.mean(0) if balanced_mean else features.mean(0)
    spread = residuals.T @ residuals / (len(features) if samples else num_classes)
    between = (means - centre).T @ (means - centre) / num_classes
    value = (spread * inverse(between, hermitian=True)).sum()
    return value / num_classes if divide else value


def points(*rows):
    return lambda: torch.tensor(rows, dtype=torch.float64)


TRIALS = {
    "01.1": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "still positive"), ("b", "never seen"), ("d", "smoothly"), (True, "one of")],
        "stub": ...,
    },
    "01.2": {
        "reference": 1 / 8,
        "variant": sp.Rational(1, 8),
        "mistakes": [(0.25, "1/K"), (0.5, "Sigma_B"), (2, "Upside down"), (1 / 16, "plain averages")],
        "stub": ...,
    },
    "01.3": {
        "reference": sp.sqrt(2 - 2 * sp.sqrt((K - 1) / K)),
        "variant": sp.sqrt(2) * sp.sqrt(1 - (K - 1) / (sp.sqrt(K) * sp.sqrt(K - 1))),
        "mistakes": [
            (2 - 2 * sp.sqrt((K - 1) / K), "its square"),
            (sp.sqrt((K - 1) / K), "inner product"),
            (0, "sum to zero"),
            (sp.sqrt(2 - 2 * (K - 1) / K), "norm sqrt(K)"),
            (sp.sqrt(K + 1 - 2 * sp.sqrt(K - 1)), "by its norm first"),
        ],
        "stub": ...,
    },
    "01.4": {
        "reference": nc1,
        "variant": lambda features, labels: float(nc1(features, labels)),
        "mistakes": [
            (lambda h, y: nc1(h, y, divide=False), "factor 1/K"),
            (lambda h, y: nc1(h, y, balanced_mean=True), "not of the class means"),
            (lambda h, y: nc1(h, y, samples=False), "divided by N"),
            (lambda h, y: nc1(h, y) * len(y), "divide the sum by N"),
            (lambda h, y: nc1(h, y) / len(set(y.tolist())), "divide the sum by K"),
            (lambda h, y: nc1(h, y, inverse=lambda matrix, **_: torch.linalg.inv(matrix)), "pseudo-inverse"),
            (large_classes_lose, "a large class counts more"),
            (large_classes_win, "each counted once"),
            (of_traces, "ratio of traces"),
            (lambda h, y: nc1(h - h.mean(0), y) * 2, "expected NC1"),
            (lambda h, y: h.mean(2), "IndexError"),
        ],
        "stub": lambda features, labels: ...,
    },
    "01.5": {
        "reference": 1 / (K * n),
        "variant": 1 / K / n,
        "mistakes": [
            (1 / K, "printed"),
            (1 / n, "within a class"),
            (K * n, "divides by it"),
            ("1/N", "the factor"),
        ],
        "stub": ...,
    },
    "01.6": {
        "reference": (100.0, LOG),
        "variant": (70, LOG),
        "mistakes": [
            ((0.01, LOG), "Upside down"),
            ((5000, LOG), "from the first epoch"),
            ((math.log10(100), LOG), "decades"),
            ((100.0, LOG[:2]), "more epochs"),
            (100.0, "the pair"),
        ],
        "stub": (..., LOG),
    },
    "01.7": {
        "reference": points([1, 11], [1, -9], [-1, 9], [-1, -11]),
        "variant": points([2, 102], [2, -98], [-0.5, 1], [-0.5, -1]),
        "mistakes": [
            (points([0.1, 0], [9.9, 0], [-0.1, 0], [-9.9, 0]), "along the line"),
            (points([1, 11], [-1, -9], [-1, 9], [-1, -11]), "3 of 4"),
            (points([1, 11, 0], [1, -9, 0]), "shape (4, 2)"),
            (lambda: [[1, 2]] * 4, "shape (4, 2)"),
            (lambda: torch.zeros(4, 2), "float32"),
            (torch.zeros(4, 2), "a function"),
        ],
        "stub": lambda: ...,
    },
}
