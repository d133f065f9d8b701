"""What problems and solve say to bad arguments: which one, what was expected, what came."""

import numpy as np
import pytest
import torch

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.ufm import NormalizedUFM, solve

GOOD = {"num_classes": 3, "samples_per_class": 2, "dim": 4, "scale": 2.0}
PROBLEM = [
    ({"num_classes": 1}, "num_classes: expected an integer >= 2, got 1", InputValueError),
    ({"num_classes": 3.0}, "num_classes: expected an integer >= 2, got float 3.0", InputTypeError),
    ({"samples_per_class": 0}, "samples_per_class: expected an integer >= 1, got 0", InputValueError),
    ({"dim": 0}, "dim: expected an integer >= 1, got 0", InputValueError),
    ({"scale": 0.0}, "scale: expected a finite number > 0, got 0.0", InputValueError),
    ({"scale": float("nan")}, "scale: expected a finite number > 0, got nan", InputValueError),
    ({"scale": torch.ones(2)}, "scale: expected a finite number > 0, got Tensor", InputTypeError),
    ({"loss": "mse"}, "loss: expected one of 'ce', 'bce', got 'mse'", InputValueError),
    ({"bias": 1}, "bias: expected a bool, got int", InputTypeError),
]
W, H, b = np.eye(3, 4), np.ones((6, 4)), np.zeros(3)
SOLVE = [
    ({"method": "newton"}, "method: expected one of 'auto', 'full', 'gradient_descent'", InputValueError),
    ({"tolerance": -1.0}, "tolerance: expected a finite number >= 0, got -1.0", InputValueError),
    ({"tolerance": None}, "tolerance: expected a finite number >= 0, got NoneType", InputTypeError),
    ({"max_steps": 0}, "max_steps: expected an integer >= 1, got 0", InputValueError),
    ({"max_steps": 1e3}, "max_steps: expected an integer >= 1, got float", InputTypeError),
    ({"step_size": 0.1}, "step_size: expected nothing for method 'auto', got 0.1", InputValueError),
    ({"momentum": 0.9}, "momentum: expected nothing for method 'auto', got 0.9", InputValueError),
    (
        {"method": "gradient_descent", "step_size": 0.0},
        "step_size: expected a finite number > 0",
        InputValueError,
    ),
    (
        {"method": "gradient_descent", "momentum": 1.0},
        "momentum: expected a number in [0, 1)",
        InputValueError,
    ),
    ({"seed": -1}, "seed: expected an integer >= 0, got -1", InputValueError),
    ({"record": 0}, "record: expected an integer >= 1, got 0", InputValueError),
    ({"record": [1, -1]}, "record: expected an integer >= 0, got -1", InputValueError),
    ({"record": "all"}, "record: expected None, an interval or a sequence", InputTypeError),
    ({"record": 2.5}, "record: expected None, an interval or a sequence", InputTypeError),
    ({"start": "random"}, "start: expected a Solution or a triple (W, H, b), got str", InputTypeError),
    ({"start": (W, H)}, "start: expected a Solution or a triple (W, H, b), got tuple", InputTypeError),
    ({"start": [(W, H, b)] * 2}, "start: expected 1 starts, got 2", InputValueError),
    ({"start": (W.tolist(), H, b)}, "start W: expected a tensor or an array, got list", InputTypeError),
    ({"start": (W.T, H, b)}, "start W: expected shape (3, 4), got shape (4, 3)", InputValueError),
    ({"start": (W, H[:5], b)}, "start H: expected shape (6, 4), got shape (5, 4)", InputValueError),
    ({"start": (W, H * np.nan, b)}, "start H: expected finite values", InputValueError),
    ({"start": (W, H * 0, b)}, "start H: expected rows that are not zero", InputValueError),
    ({"start": (W, H, b.astype(bool))}, "start b: expected real numbers, got dtype bool", InputTypeError),
]
PROBLEMS = [
    (
        None,
        "problem: expected a problem such as NormalizedUFM(...), or a list of problems, got NoneType",
        InputTypeError,
    ),
    (
        [],
        "problem: expected a problem such as NormalizedUFM(...), or a list of problems, got an empty",
        InputValueError,
    ),
    ([NormalizedUFM, 3], "problem: expected a problem such as NormalizedUFM(...)", InputTypeError),
]


@pytest.mark.parametrize(("change", "message", "kind"), PROBLEM)
def test_problem(change, message, kind):
    with pytest.raises(NCCourseError) as caught:
        NormalizedUFM(**(GOOD | change))
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("options", "message", "kind"), SOLVE)
def test_options(options, message, kind):
    with pytest.raises(NCCourseError) as caught:
        solve(NormalizedUFM(**GOOD), **options)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("problem", "message", "kind"), PROBLEMS)
def test_what_to_solve(problem, message, kind):
    with pytest.raises(NCCourseError) as caught:
        solve(problem)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)
