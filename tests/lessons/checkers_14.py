"""Right and wrong answers to the exercises of lesson 14."""

from fractions import Fraction

import numpy as np
import sympy as sp

K, gamma, rho = sp.symbols("K gamma rho")  # without assumptions, as a learner may well define them


def pairs(known, unknown, tie=0.5):
    difference = np.subtract.outer(known, unknown)
    return (difference > 0) + tie * (difference == 0)


def by_loops(known, unknown):
    total = 0.0
    for s in known:
        for u in unknown:
            total += 1.0 if s > u else 0.5 if s == u else 0.0
    return total / (len(known) * len(unknown))


def by_selection(known, correct, unknown):
    return by_loops(known[correct], unknown) * correct.mean() if correct.any() else 0.0


TRIALS = {
    "14.1": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "equal must"), ("b", "blows up"), ("d", "one of")],
        "stub": ...,
    },
    "14.2": {
        "reference": sp.Rational(5, 6),
        "variant": 0.833,
        "mistakes": [
            (Fraction(4, 6), "not nothing"),
            (1, "not one"),
            (5, "number of pairs"),
            (1 / 6, "unknown image scores higher"),
            (83, "not percent"),
            (83.33, "not percent"),
            (0.83, "too few"),
        ],
        "stub": ...,
    },
    "14.3": {
        "reference": lambda known, unknown: pairs(known, unknown).mean(),
        "variant": by_loops,
        "mistakes": [
            (lambda known, unknown: pairs(known, unknown, 0.0).mean(), "nothing"),
            (lambda known, unknown: pairs(known, unknown, 1.0).mean(), "fully"),
            (lambda known, unknown: pairs(unknown, known).mean(), "not the unknown one"),
            (lambda known, unknown: pairs(known, unknown).sum(), "divide"),
            (lambda known, unknown: known > 1 / 0, "ZeroDivisionError"),
        ],
        "stub": lambda known, unknown: ...,
    },
    "14.4": {
        "reference": lambda known, correct, unknown: (correct[:, None] * pairs(known, unknown)).mean(),
        "variant": by_selection,
        "mistakes": [
            (lambda known, correct, unknown: pairs(known, unknown).mean(), "That is the AUROC"),
            (lambda known, correct, unknown: pairs(known[correct], unknown).mean(), "all pairs"),
            (
                lambda known, correct, unknown: (correct[:, None] * pairs(known, unknown, 0.0)).mean(),
                "nothing",
            ),
            (lambda known, correct, unknown: (correct[:, None] * pairs(known, unknown)).sum(), "divide"),
        ],
        "stub": lambda known, correct, unknown: ...,
    },
    "14.5": {
        "reference": [("svhn", "bce"), ("cifar+50", "bce")],
        "variant": [["CIFAR+50", "BCE"], ["SVHN", "BCE"]],
        "mistakes": [
            ([("svhn", "bce")], "another"),
            ([("cifar10", "ce"), ("cifar+50", "ce")], "low accuracy"),
            ([("cifar10", "bce")], "above the AUROC"),
            ("svhn", "a list of pairs"),
        ],
        "stub": ...,
    },
    "14.6": {
        "reference": 1 / (K - 1),
        "variant": K / (K**2 - K),
        "mistakes": [
            (-1 / (K - 1), "other side"),
            (-1, "the largest"),
            (0, "leaving the span"),
            (1 / K, "K - 1"),
        ],
        "stub": ...,
    },
    "14.7": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "the same 5"), ("c", "pair's order"), (5, "one of")],
        "stub": ...,
    },
    "14.8": {
        "reference": gamma * (1 - rho) * K / (K - 1),
        "variant": gamma * (1 - 2 * rho) + gamma * (1 + (K - 2) * rho) / (K - 1),
        "mistakes": [
            (gamma * (1 - 2 * rho), "own score"),
            ((1 - rho) * K / (K - 1), "factor gamma"),
            (gamma * K / (K - 1), "without leaning"),
            (gamma * (1 - rho), "not orthogonal"),
            (gamma * sp.sqrt(1 - rho) * K / (K - 1), "Both vectors"),
        ],
        "stub": ...,
    },
    "14.9": {
        "reference": 0.29,
        "variant": 0.3,
        "mistakes": [
            (0, "CE has its minimum"),
            (0.27, "to the left"),
            (0.6, "to the right"),
            ("left", "a number"),
        ],
        "stub": ...,
    },
}
