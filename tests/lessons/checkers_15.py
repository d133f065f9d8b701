"""Right and wrong answers to the exercises of lesson 15."""

import math

import numpy as np
import sympy as sp
from scipy import stats

eps, r, m = sp.symbols("eps r m")  # without assumptions, as a learner may well define them


def half(values, level, *, ddof=1, nu=-1, quantile=None):
    values = np.asarray(values)
    q = stats.t.ppf((1 + level) / 2, len(values) + nu) if quantile is None else quantile
    return q * values.std(ddof=ddof) / math.sqrt(len(values))


def around(width):
    """Return an interval function with a half-width of its own."""
    return lambda values, level=0.95: (
        np.mean(values) - width(values, level),
        np.mean(values) + width(values, level),
    )


def library(values, level=0.95):
    return list(stats.t.interval(level, len(values) - 1, loc=np.mean(values), scale=stats.sem(values)))


TRIALS = {
    "15.1": {
        "reference": "c",
        "variant": " C",
        "mistakes": [("a", "right score leads"), ("b", "equally close"), ("d", "Both use CIFAR-10")],
        "stub": ...,
    },
    "15.2": {
        "reference": eps**r,
        "variant": sp.exp(r * sp.log(eps)),
        "mistakes": [
            (eps / r, "not divided"),
            (eps * r, "in the exponent"),
            (eps ** (1 / r), "slower loss"),
            (sp.exp(-r * eps), "eliminate the time"),
        ],
        "stub": ...,
    },
    "15.3": {
        "reference": sp.Rational(1, 10),
        "variant": 0.1,
        "mistakes": [(1, "training set"), (0, "now and then"), (0.9, "wrong"), (10, "not in percent")],
        "stub": ...,
    },
    "15.4": {
        "reference": 100 * math.sqrt(0.95 * 0.05 / 10_000),
        "variant": 0.22,
        "mistakes": [
            (0.002179, "a hundredth"),
            (0.975, "1 - p"),
            (4.75e-4, "variance"),
            (21.79, "single image"),
            (0.0475, "points squared"),
            (0.2, "a second one"),
        ],
        "stub": ...,
    },
    "15.5": {
        "reference": around(half),
        "variant": library,
        "mistakes": [
            (around(lambda v, level: half(v, level, ddof=0)), "ddof=1"),
            (around(lambda v, level: half(v, level) * math.sqrt(len(v))), "not by s"),
            (around(lambda v, level: half(v, level) / math.sqrt(len(v))), "not by m"),
            (around(lambda v, level: half(v, level, quantile=stats.norm.ppf((1 + level) / 2))), "normal"),
            (around(lambda v, level: half(v, level, quantile=1.96)), "1.96 is the normal"),
            (around(lambda v, level: half(v, 0.95)), "one level only"),
            (around(lambda v, level: half(v, level, quantile=stats.t.ppf(level, len(v) - 1))), "Both ends"),
            (around(lambda v, level: half(v, level, nu=0)), "degrees of freedom"),
            (around(lambda v, level: -half(v, level)), "wrong order"),
            (lambda v, level=0.95: (0.0, half(v, level)), "middle"),
            (lambda v, level=0.95: half(v, level), "pair"),
            (lambda v, level=0.95: (v.mean() - 1, v.mean() + 1), "AttributeError"),
            (lambda v, level=0.95: 1 / 0, "ZeroDivisionError"),
        ],
        "stub": lambda differences, level=0.95: ...,
    },
    "15.6": {
        "reference": 1 - sp.Rational(19, 20) ** m,
        "variant": (20**m - 19**m) / sp.Integer(20) ** m,
        "mistakes": [
            (m / 20, "expected number"),
            (sp.Rational(19, 20) ** m, "none excludes"),
            (sp.Rational(1, 20) ** m, "all of them"),
            (1 - sp.Rational(1, 20) ** m, "not all"),
        ],
        "stub": ...,
    },
    "15.7": {
        "reference": 4,
        "variant": np.int64(4),
        "mistakes": [
            (20, "is higher"),
            (0, "uniform"),
            (1, "compactness"),
            (8, "distinctiveness"),
            (2, "both"),
        ],
        "stub": ...,
    },
    "15.8": {
        "reference": "d",
        "variant": "D",
        "mistakes": [
            ("a", "ResNet50 on CIFAR-100"),
            ("b", "two networks"),
            ("c", "much larger"),
            ("e", "one of"),
        ],
        "stub": ...,
    },
}
