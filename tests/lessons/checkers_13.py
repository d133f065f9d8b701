"""Right and wrong answers to the exercises of lesson 13."""

from fractions import Fraction

import numpy as np
import sympy as sp
import torch

K, N, n_k = sp.symbols("K N n_k")  # without assumptions, as a learner may well define them


def weights(counts):
    return [sum(counts) / (len(counts) * size) for size in counts]


def cosine(w):
    return np.linalg.norm(np.maximum(w, 0)) / np.linalg.norm(w)


def by_search(w):
    """The cosine of the projection of w on the vectors without negative entry."""
    h = np.where(w > 0, w, 0.0)
    return float(h @ w / np.sqrt(h @ h) / np.sqrt(w @ w))


TRIALS = {
    "13.1": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "Whose region"), ("c", "same space"), (2, "one of")],
        "stub": ...,
    },
    "13.2": {
        "reference": (N - n_k) / ((K - 1) * n_k),
        "variant": (N / n_k - 1) / (K - 1),
        "mistakes": [
            ((K - 1) * n_k / (N - n_k), "pull over the push"),
            ((N - n_k) / n_k, "strengths"),
            (N / ((K - 1) * n_k), "only N - n_k"),
            ((N - n_k) / (K * n_k), "not 1"),
            (K - 1, "How many terms"),
            (1 / (K - 1), "How many terms"),
            (N / n_k, "do not push"),
        ],
        "stub": ...,
    },
    "13.3": {
        "reference": weights,
        "variant": lambda counts: np.mean(counts) / np.array(counts),
        "mistakes": [
            (lambda counts: [1 / (len(counts) * size) for size in counts], "sum to 1 for"),
            (lambda counts: [sum(counts) / size for size in counts], "sum to 180 for"),
            (lambda counts: [1 / size for size in counts], "sum to 3 for"),
            (lambda counts: [max(counts) / size for size in counts], "sum is not N"),
            (lambda counts: torch.tensor(weights(counts)) / 2, "sum to 30 for"),
            (lambda counts: np.array(weights(counts)) * len(counts) / sum(weights(counts)), "sum is not N"),
            (lambda counts: np.array(counts) / sum(counts), "even more"),
            (lambda counts: np.array(counts) / np.mean(counts), "even more"),
            (lambda counts: np.ones(len(counts)), "as many times"),
            (lambda counts: [-size for size in counts], "entries are wrong"),
            (lambda counts: {}, "got"),
            (lambda counts: np.sqrt(weights(counts)), "root"),
            (lambda counts: counts[99], "IndexError"),
        ],
        "stub": lambda counts: ...,
    },
    "13.4": {
        "reference": cosine,
        "variant": by_search,
        "mistakes": [
            (lambda w: cosine(w) ** 2, "the root"),
            (lambda w: np.linalg.norm(np.maximum(w, 0)), "divide by the length"),
            (lambda w: max(w) / np.linalg.norm(w), "several positive"),
            (lambda w: 1.0, "no negative entry"),
            (lambda w: 0.5**0.5, "half of the square"),
            (lambda w: (w > 0).mean(), "not how many"),
            (lambda w: np.maximum(w, 0).sum(), "sum of entries"),
            (lambda w: np.maximum(w, 0).sum() / np.linalg.norm(w), "length of h"),
            (lambda w: np.maximum(w, 0).sum() / np.abs(w).sum(), "roots of sums"),
            (lambda w: w[99], "IndexError"),
        ],
        "stub": lambda w: ...,
    },
    "13.5": {
        "reference": "c",
        "variant": " C",
        "mistakes": [("a", "cannot pass"), ("b", "nearly meet"), ("d", "far above")],
        "stub": ...,
    },
    "13.6": {
        "reference": sp.sqrt((K - 1) / K),
        "variant": sp.sqrt(1 - 1 / K),
        "mistakes": [
            ((K - 1) / K, "length of w_k"),
            (1 / sp.sqrt(2), "single entry"),
            (1 / sp.sqrt(K), "all-ones"),
            (sp.sqrt(K / (K - 1)), "at most 1"),
        ],
        "stub": ...,
    },
    "13.7": {
        "reference": 4,
        "variant": 4.0,
        "mistakes": [(5, "a tenth"), (6, "all three others"), (3, "strongest imbalance")],
        "stub": ...,
    },
    "13.8": {
        "reference": Fraction(6, 10),
        "variant": 86.1 - 85.5,
        "mistakes": [(0.8, "agrees"), (0.7, "subtract again"), (-0.6, "other way"), (0.006, "In points")],
        "stub": ...,
    },
}
