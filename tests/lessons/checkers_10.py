"""Right and wrong answers to the exercises of lesson 10."""

import numpy as np
import sympy as sp

K, n_k, N, c = sp.symbols("K n_k N c")  # without assumptions, as a learner may well define them
EXP_MARGIN = (K - 1) * (sp.sqrt(n_k) / (N * c) - 1)


def margins(counts, decay):
    n, k = np.array(counts, float), len(counts)
    ratio = np.sqrt(n) / (n.sum() * decay * np.sqrt((k - 1) / k))
    return n, np.log(np.maximum((k - 1) * (ratio - 1), 1))


def longest(counts, decay):
    n, m = margins(counts, decay)
    return (m / np.sqrt(n)).argmax()


def smallest_surviving(counts, decay):
    n, m = margins(counts, decay)
    return int(np.where(m > 0, n, np.inf).argmin())


TRIALS = {
    "10.1": {
        "reference": "a",
        "variant": "A",
        "mistakes": [("b", "average over samples"), ("c", "symmetry"), (1, "one of")],
        "stub": ...,
    },
    "10.2": {
        "reference": EXP_MARGIN,
        "variant": (K - 1) * sp.sqrt(n_k) / (N * c) - K + 1,
        "mistakes": [
            (sp.log(EXP_MARGIN), "the margin itself"),
            ((K - 1) * sp.sqrt(n_k) / (N * c), "Subtract K - 1"),
            ((K - 1) * (n_k / (N * c) - 1), "one root is left"),
            (sp.sqrt(n_k) / (N * c) - 1, "factor K - 1"),
        ],
        "stub": ...,
    },
    "10.3": {
        "reference": (-2 * (K - 1) + (K - 2)) / ((K - 1) ** 2 + (K - 1)),
        "variant": -1 / (K - 1),
        "mistakes": [
            (-K / (K - 1), "K - 1 further"),
            (-1, "K - 2 of them"),
            (1 / (K - 1), "sign"),
            (-1 / K, "two formulas"),
            (sp.Rational(-1, 9), "in K, not"),
            (sp.Rational(-1, 5), "in K, not"),
        ],
        "stub": ...,
    },
    "10.4": {
        "reference": "c",
        "variant": " c",
        "mistakes": [("a", "which way"), ("b", "Corollary 2"), ("d", "mean cosine")],
        "stub": ...,
    },
    "10.5": {
        "reference": longest,
        "variant": lambda counts, decay: int(longest(tuple(counts), decay)),
        "mistakes": [
            (lambda counts, decay: int(margins(counts, decay)[1].argmax()), "largest margin"),
            (lambda counts, decay: int(np.argmin(counts)), "may have collapsed"),
            (smallest_surviving, "close to collapse"),
            (lambda counts, decay: "0", "an index"),
            (lambda counts, decay: counts.max(), "AttributeError"),
        ],
        "stub": lambda counts, decay: ...,
    },
    "10.6": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "does not fall"), ("b", "starts"), (None, "one of")],
        "stub": ...,
    },
}
