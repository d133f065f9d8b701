"""Paper C's φ: below the loss everywhere, equal to it at equal rivals, and least where theory says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from nccourse import losses
from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.symbolic import contrastive as symbolic
from nccourse.symbolic import focal
from nccourse.theory import regularized
from nccourse.theory.contrastive import phi, phi_slope

CASES: list[tuple[str, dict[str, float]]] = [
    ("ce", {}),
    ("label_smoothing", {"smoothing": 0.3}),
    ("focal", {"focusing": 2.0}),
    ("focal", {"focusing": 0.0}),
]


def loss_of(loss: str, logits: np.ndarray, params: dict[str, float]) -> float:
    """Loss of one sample of class 0."""
    value = losses.get(loss)(torch.tensor(logits)[None], torch.tensor([0]), **params)
    return float(value)


@pytest.mark.parametrize(("loss", "params"), CASES)
@settings(max_examples=40, deadline=None)
@given(logits=st.lists(st.floats(-20, 20), min_size=2, max_size=9))
def test_the_loss_lies_above_phi(loss: str, params: dict[str, float], logits: list[float]) -> None:
    z = np.array(logits)
    t = float((z[1:] - z[0]).sum())
    assert loss_of(loss, z, params) >= phi(loss, len(z), t, **params) - 1e-12


@pytest.mark.parametrize(("loss", "params"), CASES)
@pytest.mark.parametrize("gap", [-3.0, 0.0, 1.5, 40.0])
def test_equality_where_the_other_logits_agree(loss: str, params: dict[str, float], gap: float) -> None:
    z = np.r_[gap, np.zeros(4)]
    assert phi(loss, 5, -4 * gap, **params) == pytest.approx(loss_of(loss, z, params), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("loss", "params"), CASES)
def test_the_slope_is_the_derivative(loss: str, params: dict[str, float]) -> None:
    t, step = np.linspace(-60, 10, 40), 1e-5
    difference = (phi(loss, 7, t + step, **params) - phi(loss, 7, t - step, **params)) / (2 * step)
    assert phi_slope(loss, 7, t, **params) == pytest.approx(difference, abs=1e-9)


def test_the_closed_forms_are_those_that_were_proved() -> None:
    at = {symbolic.K: 6, symbolic.CONTRAST: -7, symbolic.SMOOTHING: 0.25, focal.FOCUSING: 3}
    smoothed = symbolic.phi_smoothed().subs(at)
    assert phi("label_smoothing", 6, -7, smoothing=0.25) == pytest.approx(float(smoothed), rel=1e-13)
    focused = focal.loss(symbolic.partition()).subs(at)
    assert phi("focal", 6, -7, focusing=3) == pytest.approx(float(focused), rel=1e-13)
    slope = focal.slope_at_zero().subs(at)
    assert phi_slope("focal", 6, 0, focusing=3) == pytest.approx(float(slope), rel=1e-13)


@pytest.mark.parametrize(("loss", "params"), CASES)
@pytest.mark.parametrize("price", [0.001, 0.05, 0.2])
def test_its_priced_minimum_is_the_models(loss: str, params: dict[str, float], price: float) -> None:
    def objective(t: float) -> float:
        return float(phi(loss, 10, t, **params)) + price * abs(t)

    found = minimize_scalar(objective, bounds=(-120, 0), method="bounded", options={"xatol": 1e-9})
    best = regularized.minimizer(loss, 10, 1, price, price, **params)
    assert best.objective == pytest.approx(min(found.fun, objective(0.0)), rel=1e-9)
    t = -9 * (best.positive_score - best.negative_score)
    assert objective(t) == pytest.approx(best.objective, rel=1e-12)


@pytest.mark.parametrize(("loss", "params"), CASES)
def test_far_out_nothing_overflows(loss: str, params: dict[str, float]) -> None:
    t = np.array([-1e8, -1e4, 1e4, 1e8])
    assert np.isfinite(phi(loss, 1000, t, **params)).all()
    assert np.isfinite(phi_slope(loss, 1000, t, **params)).all()
    assert isinstance(phi(loss, 3, 1, **params), float)


BAD: list[tuple[Any, dict[str, Any], str, type[NCCourseError], str]] = [
    (("mse", 3, 0.0), {}, "loss", InputValueError, "'mse'"),
    (("ce", 1, 0.0), {}, "K", InputValueError, "1"),
    (("ce", 3, "x"), {}, "t", InputTypeError, "'x'"),
    (("ce", 3, float("nan")), {}, "t", InputValueError, "nan"),
    (("ce", 3, 0.0), {"focusing": 1}, "focusing", InputTypeError, "focusing=1"),
    (("focal", 3, 0.0), {"focusing": -1}, "focusing", InputValueError, "-1"),
    (("label_smoothing", 3, 0.0), {"smoothing": 1}, "smoothing", InputValueError, "1"),
]


@pytest.mark.parametrize("function", [phi, phi_slope])
@pytest.mark.parametrize(("arguments", "params", "what", "kind", "got"), BAD)
def test_bad_input_is_explained(function, arguments, params, what, kind, got) -> None:
    with pytest.raises(kind) as caught:
        function(*arguments, **params)
    assert caught.value.what == what
    assert got in caught.value.got
