"""What problems and solve say to bad arguments: which one, what was expected, what came."""

import numpy as np
import pytest
import torch

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.ufm import FixedClassifierUFM, NonnegativeUFM, NormalizedUFM, RegularizedUFM, solve

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
REGULAR = {
    "num_classes": 3,
    "samples_per_class": 2,
    "dim": 4,
    "loss": "ce",
    "lambda_W": 0.1,
    "lambda_H": 0.1,
}
COUNTS = {"counts": (2, 1, 1), "dim": 4, "lambda_W": 0.1, "lambda_H": 0.1}
FIXED = {"counts": (2, 1, 1), "classifier": np.eye(3, 4), "feature_norm": 2.0}
OTHERS = [
    (
        RegularizedUFM,
        REGULAR,
        {"num_classes": 1},
        "num_classes: expected an integer >= 2, got 1",
        InputValueError,
    ),
    (
        RegularizedUFM,
        REGULAR,
        {"samples_per_class": 1.5},
        "samples_per_class: expected an int",
        InputTypeError,
    ),
    (RegularizedUFM, REGULAR, {"dim": 0}, "dim: expected an integer >= 1, got 0", InputValueError),
    (
        RegularizedUFM,
        REGULAR,
        {"loss": "hinge"},
        "loss: expected one of 'ce', 'bce', 'focal'",
        InputValueError,
    ),
    (RegularizedUFM, REGULAR, {"loss": None}, "loss: expected one of 'ce'", InputValueError),
    (RegularizedUFM, REGULAR, {"lambda_W": 0.0}, "lambda_W: expected a finite number > 0", InputValueError),
    (
        RegularizedUFM,
        REGULAR,
        {"lambda_H": float("nan")},
        "lambda_H: expected a finite number > 0",
        InputValueError,
    ),
    (RegularizedUFM, REGULAR, {"lambda_b": -1.0}, "lambda_b: expected a finite number >= 0", InputValueError),
    (RegularizedUFM, REGULAR, {"lambda_b": "0"}, "lambda_b: expected a finite number >= 0", InputTypeError),
    (RegularizedUFM, REGULAR, {"bias": None}, "bias: expected a bool, got NoneType", InputTypeError),
    (RegularizedUFM, REGULAR, {"beta": 2.0}, "beta: expected no parameters for loss 'ce'", InputTypeError),
    (RegularizedUFM, REGULAR | {"loss": "focal"}, {"focusing": -1.0}, "focusing: expected", InputValueError),
    (
        RegularizedUFM,
        REGULAR | {"loss": "label_smoothing"},
        {"smoothing": 1.0},
        "smoothing: expected",
        InputValueError,
    ),
    (RegularizedUFM, REGULAR | {"loss": "mse"}, {"kappa": 0.0}, "kappa: expected", InputValueError),
    (
        NonnegativeUFM,
        COUNTS,
        {"counts": 3},
        "counts: expected a sequence of samples a class, got int",
        InputTypeError,
    ),
    (
        NonnegativeUFM,
        COUNTS,
        {"counts": (3,)},
        "counts: expected at least two classes, got (3,)",
        InputValueError,
    ),
    (NonnegativeUFM, COUNTS, {"counts": [[1, 2]]}, "counts: expected at least two classes", InputValueError),
    (NonnegativeUFM, COUNTS, {"counts": (3, 0)}, "counts: expected an integer >= 1, got 0", InputValueError),
    (
        NonnegativeUFM,
        COUNTS,
        {"counts": (3, 0.5)},
        "counts: expected an integer >= 1, got float",
        InputTypeError,
    ),
    (NonnegativeUFM, COUNTS, {"dim": -1}, "dim: expected an integer >= 1, got -1", InputValueError),
    (NonnegativeUFM, COUNTS, {"lambda_W": -0.1}, "lambda_W: expected a finite number > 0", InputValueError),
    (NonnegativeUFM, COUNTS, {"lambda_H": None}, "lambda_H: expected a finite number > 0", InputTypeError),
    (FixedClassifierUFM, FIXED, {"counts": "112"}, "counts: expected a sequence", InputTypeError),
    (FixedClassifierUFM, FIXED, {"classifier": [[1.0]] * 3}, "classifier: expected a tensor", InputTypeError),
    (
        FixedClassifierUFM,
        FIXED,
        {"classifier": np.eye(4)},
        "classifier: expected shape (3, d)",
        InputValueError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"classifier": np.ones(3)},
        "classifier: expected shape (3, d)",
        InputValueError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"classifier": np.full((3, 3), np.inf)},
        "classifier: expected finite",
        InputValueError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"classifier": np.eye(3, 2)},
        "classifier: expected rows that",
        InputValueError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"classifier": np.eye(3) > 0},
        "classifier: expected real numbers",
        InputTypeError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"feature_norm": 0.0},
        "feature_norm: expected a finite number > 0",
        InputValueError,
    ),
    (
        FixedClassifierUFM,
        FIXED,
        {"loss": "bce"},
        "loss: expected one of 'ce', 'dr', got 'bce'",
        InputValueError,
    ),
]
H4 = np.ones((4, 4))
STARTS = [
    (NonnegativeUFM(**COUNTS), (W, -H4, b), "start H: expected values >= 0, got -1.0"),
    (
        FixedClassifierUFM(**FIXED),
        (2 * W, H4, b),
        "start W: expected the classifier of the problem, got other",
    ),
    (FixedClassifierUFM(**FIXED), (W, 3 * H4, b), "start H: expected rows of length <= 2.0, got 6.0"),
]


@pytest.mark.parametrize(("problem", "good", "change", "message", "kind"), OTHERS)
def test_other_problems(problem, good, change, message, kind):
    with pytest.raises(NCCourseError) as caught:
        problem(**(good | change))
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("problem", "start", "message"), STARTS)
def test_infeasible_starts(problem, start, message):
    with pytest.raises(InputValueError) as caught:
        solve(problem, start=start)
    assert str(caught.value).startswith(message)


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
