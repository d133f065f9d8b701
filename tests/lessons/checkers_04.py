"""Right and wrong answers to the exercises of lesson 04."""

import math

import numpy as np
import sympy as sp
from scipy.special import expit

K, t, alpha, c, n = sp.symbols("K t alpha c n")  # without assumptions, as a learner may well define them
lambda_W, lambda_H = sp.symbols("lambda_W lambda_H")
CE = sp.log(1 + (K - 1) * sp.exp(t / (K - 1)))
ROOT = sp.sqrt(lambda_W * lambda_H)
EACH = c + alpha / K
PRICE = math.sqrt(500) * 5e-4


def log_xi(t, K):
    return np.logaddexp(0, np.log(K - 1) + t / (K - 1))


def with_probabilities(t, K, beta):
    wrong = expit(np.log(K - 1) + np.asarray(t) / (K - 1))
    return wrong**beta * log_xi(np.asarray(t), K)


def one_exponential(t, K, beta):
    wrong = np.logaddexp(0, t / (K - 1))
    return (-np.expm1(-wrong)) ** beta * wrong


def overflowing(t, K, beta):
    with np.errstate(all="ignore"):
        xi = 1 + (K - 1) * np.exp(t / (K - 1))
        return (1 - 1 / xi) ** beta * np.log(xi)


TRIALS = {
    "04.1": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "unequal angles"), ("b", "how far each"), ("d", "own strength"), ("e", "one of")],
        "stub": ...,
    },
    "04.2": {
        "reference": CE - alpha * t / K,
        "variant": sp.log((K - 1) + sp.exp(-t / (K - 1))) + t / (K - 1) - alpha * t / K,
        "mistakes": [
            (CE, "cross-entropy's"),
            (CE + alpha * t / K, "the sign"),
            (CE - alpha * t, "share alpha/K"),
            ((1 - alpha) * CE - alpha * t / K, "factor 1"),
            ((1 - alpha) * CE, "second term follows"),
            (CE - alpha * t / (K - 1), "own class too"),
            (sp.log(1 + (K - 1) * sp.exp(t)) - alpha * t / K, "the mean, not the sum"),
            (CE - alpha * t / (K * (K - 1)), "whole sum"),
            (CE - c * t, "got one in K, c, t"),
        ],
        "stub": ...,
    },
    "04.3": {
        "reference": lambda t, K, beta: (-np.expm1(-log_xi(t, K))) ** beta * log_xi(t, K),
        "variant": with_probabilities,
        "mistakes": [
            (lambda t, K, beta: log_xi(t, K), "factor (1 - 1/xi)^beta"),
            (lambda t, K, beta: np.exp(-beta * log_xi(t, K)) * log_xi(t, K), "not p"),
            (lambda t, K, beta: with_probabilities((K - 1) * t, K, beta), "not the sum t"),
            (lambda t, K, beta: -with_probabilities(t, K, beta), "A loss is positive"),
            (one_exponential, "K - 1 exponentials"),
            (overflowing, "overflowed"),
            (lambda t, K, beta: t / 0, "ZeroDivisionError"),
        ],
        "stub": lambda t, K, beta: ...,
    },
    "04.4": {
        "reference": sp.sqrt(lambda_W * lambda_H / n),
        "variant": lambda_W / n * sp.sqrt(n * lambda_H / lambda_W),
        "mistakes": [
            (ROOT * sp.sqrt(n), "all n groups"),
            (ROOT, "do not cancel completely"),
            (ROOT / (2 * sp.sqrt(n)), "cancels the 2"),
            (ROOT / n, "sqrt(a)"),
        ],
        "stub": ...,
    },
    "04.5": {
        "reference": "c",
        "variant": " C ",
        "mistakes": [("a", "K (K-1) c u"), ("b", "(K-1)^2 c u"), ("d", "slightly more"), (3, "one of")],
        "stub": ...,
    },
    "04.6": {
        "reference": sp.log(1 / EACH - (K - 1)),
        "variant": sp.log((1 - (K - 1) * EACH) / EACH),
        "mistakes": [
            (1 / EACH - (K - 1), "That is e^u"),
            (sp.log(1 / EACH + (K - 1)), "changes its sign"),
            (sp.log(1 / c - (K - 1)), "That is cross-entropy"),
            (sp.log(1 / (c - alpha / K) - (K - 1)), "with a plus"),
            (-(K - 1) * sp.log(1 / EACH - (K - 1)), "the contrast"),
        ],
        "stub": ...,
    },
    "04.7": {
        "reference": 0,
        "variant": sp.Integer(0),
        "mistakes": [
            (1 / PRICE - 99, "has no logarithm"),
            (math.log(1 / 5e-4 - 99), "contains sqrt(n)"),
            (math.log(99 - 1 / PRICE), "which is negative"),
            (100 * PRICE, "That is K c"),
            (math.nan, "a negative number"),
            (-1, "gap below zero"),
            ("none", "got str"),
        ],
        "stub": ...,
    },
    "04.8": {
        "reference": 25,
        "variant": 25.0,
        "mistakes": [
            (30, "lower points to its left"),
            (5, "how many are dead"),
            (24, "right neighbour"),
            (26, "left neighbour"),
            (29, "to the left"),
            (22, "to the right"),
            (15, "far above"),
            (20, "read off the figure"),
        ],
        "stub": ...,
    },
    "04.9": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "1.17 to 1.18"), ("c", "two minima"), ("d", "just below"), ("both", "one of")],
        "stub": ...,
    },
}
