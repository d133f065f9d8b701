"""Right and wrong answers to the exercises of lesson 06."""

import numpy as np
import sympy as sp
from scipy.optimize import brentq
from scipy.special import expit

# Without assumptions, as a learner may well define them.
K, b, c, q, t, u, z = sp.symbols("K b c q t u z")
OWN, OTHER = 1 / (1 + sp.exp(z)), 1 / (1 + sp.exp(-q))
GAP = sp.log(1 / c - 1) + sp.log(1 / ((K - 1) * c) - 1)


def root(s, s_neg, lambda_b, K, others=None, bracket=(-40, 40)):
    others = K - 1 if others is None else others
    return brentq(lambda b: expit(b - s) / K - others / K * expit(s_neg - b) + lambda_b * b, *bracket)


def by_bisection(s, s_neg, lambda_b, K):
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        value = expit(middle - s) - (K - 1) * expit(s_neg - middle) + K * lambda_b * middle
        low, high = (middle, high) if value < 0 else (low, middle)
    return np.float64(low)


TRIALS = {
    "06.1": {
        "reference": "b",
        "variant": " B",
        "mistakes": [("a", "depends on it"), ("c", "other way round"), ("d", "for its sign"), (2, "one of")],
        "stub": ...,
    },
    "06.2": {
        "reference": OWN - (K - 1) * OTHER,
        "variant": sp.exp(-z) / (1 + sp.exp(-z)) - (K - 1) * sp.exp(q) / (1 + sp.exp(q)),
        "mistakes": [
            ((K - 1) * OTHER - OWN, "biases are subtracted"),
            (OWN - OTHER, "K - 1 other logits"),
            (OWN + (K - 1) * OTHER, "chain rule"),
            (1 - OWN - (K - 1) * OTHER, "sigmoid(-z)"),
            ((OWN - (K - 1) * OTHER) / K, "not their mean"),
            (OWN - K * OTHER, "others are left"),
            ("sigmoid", "got str"),
        ],
        "stub": ...,
    },
    "06.3": {
        "reference": root,
        "variant": by_bisection,
        "mistakes": [
            (lambda s, s_neg, lambda_b, K: root(s, s_neg, lambda_b, K, others=1), "factor K - 1"),
            (lambda s, s_neg, lambda_b, K: root(s, s_neg, lambda_b, K, others=K), "not K"),
            (lambda s, s_neg, lambda_b, K: root(s, s_neg, K * lambda_b, K), "sigmoids are divided by K"),
            (lambda s, s_neg, lambda_b, K: root(s, s_neg, lambda_b / K, K), "not divided by K"),
            (lambda s, s_neg, lambda_b, K: (s + s_neg) / 2, "Half way"),
            (lambda s, s_neg, lambda_b, K: root(s, s_neg, lambda_b, K, bracket=(s_neg, s)), "ValueError"),
            (lambda s, s_neg, lambda_b, K: "0.5", "a number"),
            (lambda s: s, "TypeError"),
        ],
        "stub": lambda s, s_neg, lambda_b, K: ...,
    },
    "06.4": {
        "reference": GAP,
        "variant": sp.log((1 - c) * (1 - (K - 1) * c) / ((K - 1) * c**2)),
        "mistakes": [
            (sp.log(1 / c - (K - 1)), "cross-entropy's gap"),
            (-GAP, "The sign"),
            (sp.log(1 / c - 1) - sp.log(1 / ((K - 1) * c) - 1), "add the two"),
            (2 * sp.log(1 / c - 1), "(K - 1) c to be missed"),
            (-sp.log(c) - sp.log((K - 1) * c), "drops the -1"),
        ],
        "stub": ...,
    },
    "06.5": {
        "reference": c / b,
        "variant": 1 / (b / c),
        "mistakes": [
            (b / c, "Turn it over"),
            (c, "price of leaning"),
            (c * b, "divide by b"),
            (2 * c / b, "has the slope"),
        ],
        "stub": ...,
    },
    "06.6": {
        "reference": (t - u) / ((K - 1) * u + t),
        "variant": -(1 - t / u) / (K - 1 + t / u),
        "mistakes": [
            (-1 / (K - 1), "t = 0"),
            ((t - u) / K, "inner product"),
            ((u - t) / ((K - 1) * u + t), "The sign"),
            (-(t + u) / ((K - 1) * u - t), "no negative values"),
            ((t - u) / (K * u + t), "not 1"),
        ],
        "stub": ...,
    },
    "06.7": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "below a tenth"), ("b", "without bias"), ("d", "have settled"), ("e", "one of")],
        "stub": ...,
    },
}
