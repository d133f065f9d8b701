"""Right and wrong answers to the exercises of lesson 08."""

import math

import numpy as np
import sympy as sp
from scipy.optimize import minimize_scalar
from scipy.special import lambertw

K, gamma, p, n = sp.symbols("K gamma p n")  # without assumptions, as a learner may well define them
A = gamma / (K - 1)
CE_LIMIT = 4 / ((n + 1) * K * (K - 1))


def lambert(classes):
    return 1 + lambertw((classes - 1) / math.e).real


def searched(classes):
    def slow(scale):
        return -math.log(scale) + np.logaddexp(math.log(classes - 1), scale * classes / (classes - 1))

    found = minimize_scalar(slow, bounds=(0.1, 20), method="bounded", options={"xatol": 1e-9}).x
    return float(f"{found:.6g}")  # six digits, as asked for


TRIALS = {
    "08.1": {
        "reference": "d",
        "variant": "D",
        "mistakes": [("a", "near certainty"), ("b", "like 1/gamma."), ("c", "1/gamma^2"), ("e", "one of")],
        "stub": ...,
    },
    "08.2": {
        "reference": math.log(1000) / 0.001,
        "variant": math.log(1e-3) / math.log(1 - 0.001),
        "mistakes": [
            (3000, "natural"),
            (3454, "step size is missing"),
            (1727, "do not divide"),
            (10**6, "logarithm of 1000"),
            (13816, "a millionth"),
            (0.02763, "divide by the rate"),
            (0.006908, "rate and step size"),
            (1000, "fallen by e"),
        ],
        "stub": ...,
    },
    "08.3": {
        "reference": 2 * gamma * p,
        "variant": gamma * p + sp.exp(sp.log(gamma)) * p,
        "mistakes": [
            (gamma * p, "half of lambda"),
            (4 * gamma * p, "both move"),
            (gamma * p / 2, "other way round"),
            (2 * gamma * n, "one in"),
        ],
        "stub": ...,
    },
    "08.4": {
        "reference": 2 * gamma**2 * p / (K - 1),
        "variant": gamma * p * ((1 + gamma / (K - 1)) - (1 - gamma / (K - 1))),
        "mistakes": [
            (2 * gamma * p, "the other sign"),
            (4 * gamma**2 * p / (K - 1), "Mind the 1/2"),
            (4 * gamma / (K - 1), "the bracket"),
            (gamma**2 * p / (K - 1), "4a"),
            (gamma * p * (1 + A - sp.sqrt((1 + A) ** 2 - 4 * A)), "not simplified yet"),
            (gamma * p * (1 + A - sp.Abs(1 - A)), "not simplified yet"),
            (gamma * p * sp.sqrt(A), "another expression"),
        ],
        "stub": ...,
    },
    "08.5": {
        "reference": 4 / ((n + 1) * K**2),
        "variant": CE_LIMIT * (1 - 1 / K),
        "mistakes": [
            (CE_LIMIT, "CE's limit"),
            (CE_LIMIT / K, "not D"),
            (CE_LIMIT / 2, "not to 1/2"),
            (CE_LIMIT * (1 - 1 / K) ** 2, "enters once"),
        ],
        "stub": ...,
    },
    "08.6": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "from one side"), ("c", "above the bound"), (2, "one of")],
        "stub": ...,
    },
    "08.7": {
        "reference": ("ETF mode", "standard mode"),
        "variant": ["etf mode", "Standard mode"],
        "mistakes": [
            (("standard mode", "standard mode"), "cross further right"),
            (("alignment", "ETF mode"), "the highest"),
            (("ETF mode", "ETF mode"), "fallen below it"),
            (("ETF mode", "alignment"), "lowest curve"),
            ("ETF mode", "a pair"),
        ],
        "stub": ...,
    },
    "08.8": {
        "reference": lambda classes: (classes - 1) / classes * lambert(classes),
        "variant": searched,
        "mistakes": [
            (lambert, "That is u"),
            (lambda classes: (classes - 1) / classes * (lambert(classes) - 1), "add 1"),
            (lambda classes: classes / (classes - 1) * lambert(classes), "not u K/(K-1)"),
            (lambda classes: complex(lambert(classes)), ".real"),
            (
                lambda classes: (classes - 1) / classes * (2 + lambertw(2 * (classes - 1) / math.e**2).real),
                "squared",
            ),
            (lambda classes: round(searched(classes), 2), "not accurate enough"),
            (lambda classes: classes / 0, "ZeroDivisionError"),
        ],
        "stub": lambda K: ...,
    },
}
