"""Right and wrong answers to the exercises of lesson 00."""

import math

import numpy as np

TRIALS = {
    "00.1": {
        "reference": 109.47,
        "variant": 105,
        "mistakes": [(120, "three arms"), (90, "out of the plane"), (1.91, "radians"), ("many", "degrees")],
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
