"""What the closed forms of paper A say to bad arguments: which one, what was expected, what came."""

import numpy as np
import pytest

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import normalized
from nccourse.theory.normalized_offset import offset_without_bias

OF_CLASSES_AND_SCALE = (
    normalized.ce_minimum,
    normalized.bce_minimum,
    normalized.bce_bias,
    normalized.bce_minimum_without_bias,
    normalized.unbiased_scores,
    offset_without_bias,
    lambda K, scale: normalized.hessian_spectrum(K, 1, scale, "ce"),
    lambda K, scale: normalized.local_rate(K, 1, scale, "bce"),
)
BAD = [
    ((1, 1.0), "K: expected an integer >= 2, got 1", InputValueError),
    ((2.5, 1.0), "K: expected an integer >= 2, got float 2.5", InputTypeError),
    ((True, 1.0), "K: expected an integer >= 2, got bool", InputTypeError),
    ((3, 0.0), "scale: expected finite numbers > 0, got 0.0", InputValueError),
    ((3, -2), "scale: expected finite numbers > 0, got -2.0", InputValueError),
    ((3, float("nan")), "scale: expected finite numbers > 0, got nan", InputValueError),
    ((3, np.array([1.0, np.inf])), "scale: expected finite numbers > 0, got inf", InputValueError),
    ((3, "five"), "scale: expected finite numbers > 0, got str", InputTypeError),
    ((3, None), "scale: expected finite numbers > 0, got NoneType", InputTypeError),
    ((3, True), "scale: expected finite numbers > 0, got bool", InputTypeError),
    ((3, [[1.0], [1.0, 2.0]]), "scale: expected finite numbers > 0, got list", InputTypeError),
    ((3, 1j), "scale: expected finite numbers > 0, got complex", InputTypeError),
]
SPECTRUM = [
    ((3, 0, 1.0, "ce"), {}, "n: expected an integer >= 1, got 0", InputValueError),
    ((3, 1.0, 1.0, "ce"), {}, "n: expected an integer >= 1, got float", InputTypeError),
    ((3, 1, 1.0, "mse"), {}, "loss: expected one of 'ce', 'bce', got 'mse'", InputValueError),
    ((3, 1, 1.0, "ce"), {"dim": 1}, "dim: expected an integer >= 2, got 1", InputValueError),
    (
        (3, 1, 1e-200, "ce"),
        {},
        "scale: expected values in [1e-100, 1e+100], got values from 1e-200",
        InputValueError,
    ),
]


@pytest.mark.parametrize("function", OF_CLASSES_AND_SCALE)
@pytest.mark.parametrize(("arguments", "message", "kind"), BAD)
def test_classes_and_scale(function, arguments, message, kind):
    with pytest.raises(NCCourseError) as caught:
        function(*arguments)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("arguments", "options", "message", "kind"), SPECTRUM)
def test_spectrum(arguments, options, message, kind):
    with pytest.raises(NCCourseError) as caught:
        normalized.hessian_spectrum(*arguments, **options)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(("K", "kind"), [(1, InputValueError), ("ten", InputTypeError)])
def test_separation_scale(K, kind):
    with pytest.raises(kind, match="K: expected an integer >= 2, got"):
        normalized.separation_scale(K)
