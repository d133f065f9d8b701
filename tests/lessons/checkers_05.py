"""Right and wrong answers to the exercises of lesson 05."""

import numpy as np
import sympy as sp
import torch
from scipy.optimize import bisect, brentq

W, H, s = sp.symbols("lambda_W lambda_H s")  # without assumptions, as a learner may well define them
ROOT = sp.sqrt((W - H) ** 2 / 4 + s**2)


def down(G, decay_W, decay_H, a, sign=-1, pair=0, power=0.25):
    left, _, right = torch.linalg.svd(G)
    balance = (decay_H / decay_W) ** power
    return balance * torch.outer(right[pair], a), sign * torch.outer(left[:, pair], a) / balance


def flipped_in_numpy(G, decay_W, decay_H, a):
    left, _, right = np.linalg.svd(G.numpy())
    balance = (decay_H / decay_W) ** 0.25
    return -balance * np.outer(right[0], a.numpy()), np.outer(left[:, 0], a.numpy()) / balance


def condition(p, beta):
    return (2 * beta + 1) * (1 - p) + beta * (1 - (1 + beta) * p) * np.log(p)


TRIALS = {
    "05.1": {
        "reference": "b",
        "variant": "B ",
        "mistakes": [("a", "gains more"), ("c", "several starts"), (0, "one of")],
        "stub": ...,
    },
    "05.2": {
        "reference": (W + H) / 2 - ROOT,
        "variant": (W + H - sp.sqrt((W + H) ** 2 - 4 * (W * H - s**2))) / 2,
        "mistakes": [
            ((W + H) / 2 + ROOT, "the larger one"),
            ((W + H) / 2 - s, "equal decays only"),
            (W * H - s**2, "determinant"),
            (W + H - 2 * ROOT, "factor 1/2"),
        ],
        "stub": ...,
    },
    "05.3": {
        "reference": 144,
        "variant": sp.Integer(9) * 16,
        "mistakes": [
            (9, "independent vectors a"),
            (160, "K - 1"),
            (16, "several singular pairs"),
            (720, "Samples"),
            (288, "only one"),
        ],
        "stub": ...,
    },
    "05.4": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "chain rule"), ("c", "allowed"), ("d", "one of")],
        "stub": ...,
    },
    "05.5": {
        "reference": down,
        "variant": flipped_in_numpy,
        "mistakes": [
            (lambda *case: down(*case, sign=1), "opposite sign"),
            (lambda *case: down(*case, pair=1), "first pair"),
            (lambda *case: down(*case, pair=-1), "first pair"),
            (lambda *case: down(*case, pair=-1, sign=1), "first pair"),
            (lambda *case: [2 * part for part in down(*case)], "lengths"),
            (lambda *case: [0 * part for part in down(*case)], "first pair"),
            (lambda *case: down(*case, power=0.5), "fourth roots"),
            (lambda *case: [part.tolist() for part in down(*case)], "tensors of shape"),
            (lambda *case: down(*case)[::-1], "shape"),
            (lambda G, w, h, a: down(G, w, h, torch.ones_like(a)), "a part elsewhere"),
            (lambda *case: down(*case)[0], "tensors of shape"),
            (lambda G, w, h, a: G.nothing, "AttributeError"),
        ],
        "stub": lambda G, lambda_W, lambda_H, a: ...,
    },
    "05.6": {
        "reference": lambda beta: brentq(condition, 1e-300, 0.1, args=(beta,)),
        "variant": lambda beta: np.exp(bisect(lambda x: condition(np.exp(x), beta), -80, -2)),
        "mistakes": [
            (lambda beta: 1.0, "before 1"),
            (lambda beta: 0.2031878699799799, "root of (5)"),
            (lambda beta: 0.0584444, "expected"),
            (lambda beta: brentq(condition, 0.1, 0.9, args=(beta,)), "ValueError"),
        ],
        "stub": lambda focusing: ...,
    },
    "05.7": {
        "reference": "b",
        "variant": "b ",
        "mistakes": [("a", "largest"), ("c", "rest"), (None, "one of")],
        "stub": ...,
    },
}
