"""Right and wrong answers to the exercises of lesson 00."""

import math

import numpy as np

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
}
