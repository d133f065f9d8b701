"""Right and wrong answers to the exercises of lesson 11."""

import numpy as np
import sympy as sp

# without assumptions, as a learner may well define them
K, N, W, H, A, B, n_B, f = sp.symbols("K N lambda_W lambda_H K_A K_B n_B f")
INNER = (K - 1) / (n_B * K * W * H)
DEAD = (K - 1) / K * f


def bound(counts, lambda_W, lambda_H):
    classes = len(counts)
    return sum(counts) ** 2 * classes / (classes - 1) * lambda_W * lambda_H


def factor(counts):
    return ((len(counts) - 1) / len(counts)) ** 2


TRIALS = {
    "11.1": {
        "reference": "c",
        "variant": " C",
        "mistakes": [("a", "smaller share"), ("b", "nothing is shared"), (3, "one of")],
        "stub": ...,
    },
    "11.2": {
        "reference": N**2 * K / (K - 1) * W * H,
        "variant": (N * K / (K - 1)) ** 2 * (K - 1) / K * W * H,
        "mistakes": [
            (N**2 * W * H, "factor in K is missing"),
            (N**2 * (K - 1) / K * W * H, "M = 0 needs"),
            (N * sp.sqrt(K / (K - 1) * W * H), "under a root"),
            (N**2 * (K / (K - 1)) ** 2 * W * H, "cancels one factor"),
            (N * K / (K - 1) * W * H, "N is squared"),
        ],
        "stub": ...,
    },
    "11.3": {
        "reference": lambda counts, w, h: [n <= bound(counts, w, h) for n in counts],
        "variant": lambda counts, w, h: np.array(counts) <= bound(counts, w, h),
        "mistakes": [
            (lambda counts, w, h: [n > bound(counts, w, h) for n in counts], "not surviving"),
            (lambda counts, w, h: [n < bound(counts, w, h) for n in counts], "exactly at the threshold"),
            (lambda counts, w, h: [n <= bound(counts, w, h) / sum(counts) for n in counts], "N is squared"),
            (lambda counts, w, h: [n for n in counts if n <= bound(counts, w, h)], "booleans"),
            (lambda counts, w, h: [n <= bound(counts, w, h) * factor(counts) for n in counts], "not (K-1)/K"),
            (lambda counts, w, h: [n <= bound(counts, w, h) for n in sorted(counts)], "the order"),
            (lambda counts, w, h: [False] * len(counts), "another answer"),
            (lambda counts, w, h: counts.sum(), "AttributeError"),
        ],
        "stub": lambda counts, lambda_W, lambda_H: ...,
    },
    "11.4": {
        "reference": (sp.sqrt(INNER) - B) / A,
        "variant": sp.Max(1, sp.sqrt((A + B - 1) / n_B) / sp.sqrt((A + B) * W * H) / A - B / A),
        "mistakes": [
            ((INNER - B) / A, "squared"),
            ((-sp.sqrt(INNER) - B) / A, "negative"),
            (sp.Max(1, B, (sp.sqrt(INNER) - B) / A), "without cases"),
            (sp.Max(1, (INNER - B) / A), "squared"),
            (((K - 1) / (N * K * W * H) - B) / A, "N contains R"),
            (sp.Symbol("R", positive=True) >= sp.sqrt(INNER), "smallest R alone"),
            (sp.sqrt(INNER) / A - B, "Divide K_B"),
            (sp.sqrt((K - 1) / (K * W * H)) / A - B / A, "One n_B"),
        ],
        "stub": ...,
    },
    "11.5": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "green curve"), ("b", "does not stop"), (None, "one of")],
        "stub": ...,
    },
    "11.6": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "sound"), ("c", "earlier part"), ("d", "one of")],
        "stub": ...,
    },
    "11.7": {
        "reference": DEAD + sp.log(K) / K,
        "variant": (DEAD * K + sp.log(K)) / K,
        "mistakes": [
            (f + sp.log(K) / K, "no longer pays"),
            (DEAD, "guesses among K"),
            (DEAD + sp.log(K), "one K-th"),
            (DEAD + sp.log(K - 1) / K, "among all K"),
        ],
        "stub": ...,
    },
    "11.8": {
        "reference": 8,
        "variant": np.ceil(np.log(1e6) / np.log(6)),
        "mistakes": [
            (7, "Seven"),
            (9, "enough"),
            (6, "six starts"),
            (10**6, "logarithm"),
            (76, "chance to fail"),
        ],
        "stub": ...,
    },
}
