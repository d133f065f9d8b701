"""Right and wrong answers to the exercises of lesson 00."""

import math

import numpy as np

from nccourse.symbolic import K

TRIALS = {
    "00.1": {
        "reference": 109.47,
        "variant": 105,
        "mistakes": [
            (120, "three arms"),
            (90, "out of the plane"),
            (180, "a third and a fourth"),
            (60, "triangular face"),
            (1.91, "radians"),
            (-1 / 3, "a cosine"),
            ("many", "degrees"),
        ],
        "stub": ...,
    },
    "00.2": {
        "reference": lambda degrees: math.cos(math.radians(degrees)),
        "variant": lambda degrees: np.cos(np.deg2rad(degrees)),
        "mistakes": [
            (math.cos, "takes radians"),
            (lambda degrees: math.sin(math.radians(degrees)), "the sine"),
            (lambda degrees: None, "return missing"),
            (lambda degrees: degrees.cos, "AttributeError"),
            (0.5, "a function"),
        ],
        "stub": lambda degrees: ...,
    },
    "00.3": {
        "reference": K * (K - 1) / 2,
        "variant": ((K - 1) ** 2 + K - 1) / 2,
        "mistakes": [
            (K * (K - 1), "twice"),
            (K, "Draw four"),
            (K - 1, "one arrow"),
            (K**2, "no angle with itself"),
            (K**2 / 2, "K - 1 others"),
            (K * (K + 1) / 2, "with itself, too"),
        ],
        "stub": ...,
    },
    "00.4": {
        "reference": "c",
        "variant": " C",
        "mistakes": [
            ("a", "Move K"),
            ("b", "adds a direction"),
            ("d", "ever positive"),
            ("e", "expected one of"),
        ],
        "stub": ...,
    },
}
