"""Right and wrong answers to the exercises of lesson 12."""

import numpy as np
import sympy as sp
import torch

K, p, p_c, A, theta = sp.symbols("K p p_c A theta")  # without assumptions, as a learner may well define them


def softmax(logits):
    exponentials = np.exp(logits - logits.max())
    return exponentials / exponentials.sum()


def forces(h, c, W):
    probabilities = softmax(W @ h)
    pull = (1 - probabilities[c]) * W[c]
    return pull, W[c] - probabilities @ W - pull


def by_autograd(h, c, W):
    """The push as what is left of the gradient."""
    feature = torch.tensor(h, requires_grad=True)
    logits = torch.tensor(W) @ feature
    torch.nn.functional.cross_entropy(logits, torch.tensor(c)).backward()
    pull = (1 - logits.softmax(0)[c].item()) * torch.tensor(W[c])
    return [pull, -feature.grad - pull]


TRIALS = {
    "12.1": {
        "reference": "a",
        "variant": "A ",
        "mistakes": [("b", "shorten"), ("c", "fixed and differ"), (0, "one of")],
        "stub": ...,
    },
    "12.2": {
        "reference": K * p,
        "variant": (K - 1) * p + p,
        "mistakes": [
            ((K - 1) * p, "That is the pull"),
            ((K - 2) * p, "signs"),
            (p, "That is the push"),
            (1 - (K - 1) * p, "That is p_c"),
            (1 - p_c + p, "in K and p"),
            (-K * p, "the gradient"),
        ],
        "stub": ...,
    },
    "12.3": {
        "reference": forces,
        "variant": by_autograd,
        "mistakes": [
            (lambda h, c, W: forces(h, c, W)[::-1], "swapped"),
            (lambda h, c, W: (forces(h, c, W)[0], -forces(h, c, W)[1]), "sign is wrong"),
            (lambda h, c, W: (forces(h, c, W)[0], -softmax(W @ h) @ W), "own class out"),
            (lambda h, c, W: tuple(-force for force in forces(h, c, W)), "the gradient"),
            (lambda h, c, W: (W[c], forces(h, c, W)[1]), "the pull"),
            (lambda h, c, W: (forces(h, c, W)[0], sum(forces(h, c, W))), "together"),
            (lambda h, c, W: (forces(h, c, W)[0], 2 * forces(h, c, W)[1]), "2 of 2 entries"),
            (lambda h, c, W: sum(forces(h, c, W)), "a pair"),
            (lambda h, c, W: W[c + 9], "IndexError"),
        ],
        "stub": lambda h, c, W: ...,
    },
    "12.4": {
        "reference": sp.sin(theta),
        "variant": sp.sin(theta) / (sp.cos(theta) + (1 - sp.cos(theta))),
        "mistakes": [
            (sp.tan(theta), "before the step"),
            (sp.sin(theta) / (1 - sp.cos(theta)), "step alone"),
            (1 / sp.sin(theta), "across over along"),
            (sp.atan(sp.sin(theta)), "theta' itself"),
            (sp.sin(sp.atan(sp.sin(theta))), "the sine of theta'"),
            (sp.sin(theta) / (2 * sp.cos(theta) - 1), "adds to h"),
        ],
        "stub": ...,
    },
    "12.5": {
        "reference": 9996,
        "variant": 1 / 0.01**2 - 1 / np.sin(np.pi / 6) ** 2,
        "mistakes": [
            (10_000, "the start counts"),
            (10_004, "the sign"),
            (9998, "1/2"),
            (96, "a square"),
            (100, "a square"),
        ],
        "stub": ...,
    },
    "12.6": {
        "reference": 2 / A,
        "variant": 1 / A + 1 / A,
        "mistakes": [(1 / A, "still shrink"), (2 / (A - 1), "stability"), (A / (A + 2), "factor reached")],
        "stub": ...,
    },
    "12.7": {
        "reference": "b",
        "variant": "B",
        "mistakes": [("a", "never increases"), ("c", "They do tie"), ("d", "every fixed step")],
        "stub": ...,
    },
    "12.8": {
        "reference": "c",
        "variant": "C",
        "mistakes": [("a", "at L = 1"), ("b", "still clearly"), ("d", "right end")],
        "stub": ...,
    },
}
