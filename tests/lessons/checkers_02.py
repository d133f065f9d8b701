"""Right and wrong answers to the exercises of lesson 02."""

import numpy as np
import sympy as sp
import torch

from nccourse import geometry

K = sp.Symbol("K")  # without assumptions, as a learner may well define it


def centring(num_classes):
    return torch.eye(num_classes, dtype=torch.float64) - 1 / num_classes


def rotated(num_classes):
    frame = (num_classes / (num_classes - 1)) ** 0.5 * centring(num_classes)
    return frame @ geometry.random_rotation(num_classes, generator=torch.Generator().manual_seed(1))


def cosines(vectors):
    unit = vectors / vectors.norm(dim=1, keepdim=True)
    return unit @ unit.T


def deviation(class_means, centre=True, reduce=torch.max, absolute=True, shift=1, normalise=True):
    vectors = class_means - class_means.mean(dim=0) if centre else class_means
    number = len(vectors)
    products = cosines(vectors) if normalise else vectors @ vectors.T
    difference = (products + shift / (number - 1))[~torch.eye(number, dtype=torch.bool)]
    return reduce(difference.abs() if absolute else difference)


TRIALS = {
    "02.1": {
        "reference": "c",
        "variant": " C ",
        "mistakes": [
            ("a", "where does a third go"),
            ("b", "K = 3"),
            ("d", "nearly orthogonal"),
            (0, "one of"),
        ],
        "stub": ...,
    },
    "02.2": {
        "reference": -1 / (K - 1),
        "variant": 1 / (1 - sp.Symbol("K", integer=True, positive=True)),
        "mistakes": [
            (-1 / K, "not K squared"),
            (1 / (K - 1), "sign"),
            (-2 / (K - 1), "do not halve"),
            (-K / (K - 1), "Divide by K"),
            (-1 / (K * (K - 1)), "squared length 1"),
            (-1, "Where does K enter"),
            (sp.Rational(-1, 9), "the smallest cosine"),
        ],
        "stub": ...,
    },
    "02.3": {
        "reference": 9,
        "variant": sp.Integer(9),
        "mistakes": [(10, "sum to zero"), (8, "not two"), (3, "In space"), ("nine", "a whole number")],
        "stub": ...,
    },
    "02.4": {
        "reference": lambda k: (k / (k - 1)) ** 0.5 * centring(k),
        "variant": rotated,
        "mistakes": [
            (centring, "Only the scale"),
            (lambda k: torch.ones(k, k, dtype=torch.float64).tril(), "rows of length 1"),
            (lambda k: torch.eye(k, dtype=torch.float64), "rows that sum to zero"),
            (lambda k: ((k / (k - 1)) ** 0.5 * centring(k)).float(), "float32"),
            (lambda k: np.eye(k), "float64 tensor"),
            (lambda k: torch.linalg.qr(torch.eye(k, dtype=torch.float64) + 1)[0].tril(), "my_simplex_etf"),
            (lambda k: k / 0, "ZeroDivisionError"),
        ],
        "stub": lambda k: ...,
    },
    "02.5": {
        "reference": K - 1,
        "variant": (K**2 - 1) / (K + 1),
        "mistakes": [(K, "covered"), (K + 1, "row of zeros"), (K - 2, "Rank G"), (9, "the dimension")],
        "stub": ...,
    },
    "02.6": {
        "reference": sp.sqrt(sp.Rational(9, 10)),
        "variant": 0.95,
        "mistakes": [
            (0.9, "squared length"),
            (0.3162, "length of the mean"),
            (0.684, "Lengths do not subtract"),
            (1, "shortens"),
            (1.0541, "Upside down"),
            ("0.95", "got str"),
        ],
        "stub": ...,
    },
    "02.7": {
        "reference": deviation,
        "variant": lambda means: float(deviation(means)),
        "mistakes": [
            (lambda means: deviation(means, centre=False), "centred first"),
            (lambda means: deviation(means, reduce=torch.mean), "largest difference"),
            (lambda means: deviation(means, absolute=False), "absolute value"),
            (lambda means: (cosines(means - means.mean(0)) + 1 / (len(means) - 1)).max(), "diagonal"),
            (lambda means: deviation(means, shift=-1), "adds 1/(K-1)"),
            (lambda means: deviation(means, normalise=False), "by their lengths"),
            (lambda means: deviation(means - means.mean(1, keepdim=True), centre=False), "dim=0"),
            (lambda means: 0.0, "the largest deviation"),
            (lambda means: means.undefined, "AttributeError"),
        ],
        "stub": lambda means: ...,
    },
}
