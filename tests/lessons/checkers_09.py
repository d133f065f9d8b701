"""Right and wrong answers to the exercises of lesson 09."""

import numpy as np
import sympy as sp

K = sp.Symbol("K")  # without assumptions, as a learner may well define it
GAP = 0.5 * 10 / 9


def dimensions(vectors):
    """By eigenvalues rather than by the norm."""
    unit = vectors / np.sqrt((vectors**2).sum(1, keepdims=True))
    values = np.linalg.svd(unit, compute_uv=False) ** 2
    return values.sum() ** 2 / (values**2).sum()


def gram(vectors, axis=1):
    unit = vectors / np.linalg.norm(vectors, axis=axis, keepdims=True)
    return unit @ unit.T


TRIALS = {
    "09.1": {
        "reference": "c",
        "variant": " C ",
        "mistakes": [("a", "the only arrangement"), ("b", "sharing one vector"), (0.2, "one of")],
        "stub": ...,
    },
    "09.2": {
        "reference": -1 / (K - 1),
        "variant": 1 / (1 - K),
        "mistakes": [
            (1 / (K - 1), "Mind the sign"),
            (-1 / K, "K squared"),
            (0, "each 1"),
            (K / (2 * (K - 1)), "separability"),
            (-K, "divide it by their number"),
            (-2 / (K - 1), "every pair twice"),
        ],
        "stub": ...,
    },
    "09.3": {
        "reference": GAP / 0.03,
        "variant": 18,
        "mistakes": [
            (GAP, "gap itself"),
            (0.5 / 0.03, "more than gamma"),
            (GAP / 0.03**2, "standard deviation already"),
            (GAP / 0.03**0.5, "not the variance"),
            (10 / 9 / 0.03, "scale is missing"),
            (0.03 / GAP, "other way round"),
        ],
        "stub": ...,
    },
    "09.4": {
        "reference": -2 / (K - 2),
        "variant": 2 / (2 - K),
        "mistakes": [
            (-1 / (K - 2), "the sum has 2u"),
            (-2 / (K - 1), "how many singles"),
            (-1 / (K - 1), "without a merged pair"),
            (2 / (K - 2), "Mind the sign"),
        ],
        "stub": ...,
    },
    "09.5": {
        "reference": "a",
        "variant": "A",
        "mistakes": [("b", "without biases"), ("c", "does say something"), ("d", "see a pair")],
        "stub": ...,
    },
    "09.6": {
        "reference": lambda vectors: len(vectors) ** 2 / (gram(vectors) ** 2).sum(),
        "variant": dimensions,
        "mistakes": [
            (
                lambda vectors: len(vectors) ** 2 / ((vectors @ vectors.T) ** 2).sum(),
                "divide each by its norm",
            ),
            (lambda vectors: len(vectors) ** 2 / (gram(vectors, axis=0) ** 2).sum(), "the columns"),
            (lambda vectors: len(vectors) ** 2 / np.linalg.norm(gram(vectors)), "squared in (1)"),
            (lambda vectors: len(vectors) ** 2 / (gram(vectors, axis=None) ** 2).sum(), "one common norm"),
            (lambda vectors: len(vectors) ** 2 / (gram(vectors - vectors.mean(0)) ** 2).sum(), "subtracted"),
            (lambda vectors: len(vectors) ** 2 / np.linalg.norm(gram(vectors), 2) ** 2, "Frobenius"),
            (lambda vectors: len(vectors) / (gram(vectors) ** 2).sum(), "rows is squared"),
            (lambda vectors: (gram(vectors) ** 2).sum() / len(vectors) ** 2, "1/D"),
            (np.linalg.matrix_rank, "however little"),
            (lambda vectors: None, "return missing"),
            (7, "a function"),
        ],
        "stub": lambda vectors: ...,
    },
    "09.7": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "saw angles"), ("c", "the dashed line"), ("d", "well above")],
        "stub": ...,
    },
    "09.8": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "had not arrived"), ("b", "whichever way they move"), ("d", "still move")],
        "stub": ...,
    },
}
