"""The bias laboratory: its read-out against the minimizer, and its descent against the objective."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from nccourse import losses
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import regularized
from nccourse.widgets import Panel, bias_lab
from nccourse.widgets.bias_descent import STEPS, descend, initial_biases
from nccourse.widgets.bias_lab import PRICE, critical_decay


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return bias_lab()


@pytest.mark.parametrize("num_classes", [3, 7, 12])
@pytest.mark.parametrize("ratio", [0.0, 0.5, 5.0])
@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_the_readout_is_the_theory_and_descent_arrives(
    panel: Panel, loss: str, ratio: float, num_classes: int
) -> None:
    panel.set(loss=loss, num_classes=num_classes, mean=4.0, variance=1.0, ratio=ratio)
    assert panel.problem is None
    decay = ratio * critical_decay(num_classes)
    best = regularized.minimizer(loss, num_classes, 1, PRICE, PRICE, decay)
    expected = [best.positive_score, best.negative_score, best.bias]
    ridge = loss == "ce" and ratio == 0
    shown = numbers(panel.readout["Theory"])
    assert shown == pytest.approx(expected[: len(shown)], abs=1e-4)
    assert len(shown) == (2 if ridge else 3)
    reached = numbers(panel.readout[f"After {STEPS} steps"])
    assert reached[:3] == pytest.approx([*expected[:2], 4.0 if ridge else best.bias], abs=0.02)
    assert reached[3] < 1e-3


@pytest.mark.parametrize("num_classes", [3, 4, 10])
def test_the_phase_changes_where_the_minimizer_does(panel: Panel, num_classes: int) -> None:
    panel.set(loss="bce", num_classes=num_classes, ratio=0.95)
    assert panel.readout["Phase"].startswith("centred ETF")
    best, centred = numbers(panel.readout["Objective"])
    assert best == centred
    panel.set(ratio=1.5)
    assert panel.readout["Phase"].startswith("off-centred")
    best, centred = numbers(panel.readout["Objective"])
    assert best < centred


@pytest.mark.parametrize(("mean", "variance"), [(-5.0, 0.0), (2.5, 3.0), (10.0, 6.0)])
def test_every_start_has_a_picture(panel: Panel, mean: float, variance: float) -> None:
    panel.set(loss="ce", mean=mean, variance=variance, ratio=0.0)
    assert panel.problem is None
    assert numbers(panel.readout[f"After {STEPS} steps"])[2] == pytest.approx(mean, abs=1e-4)
    panel.set(loss="bce")
    assert panel.problem is None


def test_a_bias_outside_the_scores_is_told(panel: Panel) -> None:
    panel.set(loss="ce", num_classes=4, mean=9.0, variance=0.0, ratio=0.0)
    assert panel.readout["The mean bias separates the scores"] == "no"
    panel.set(loss="bce")
    assert panel.readout["The mean bias separates the scores"] == "yes"


@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_a_step_is_a_gradient_step_of_the_objective(loss: str) -> None:
    K, decay = 4, 0.03
    start = initial_biases(K, 1.0, 2.0)
    W, H = np.random.default_rng(0).standard_normal((2, K, K)) / (2 * np.sqrt(K))
    b = torch.tensor(start, requires_grad=True)
    logits = torch.tensor(H @ W.T) - b
    objective = losses.get(loss)(logits, torch.arange(K)) + decay / 2 * b.square().sum()
    (gradient,) = torch.autograd.grad(objective, b)
    biases = descend(loss, start, PRICE, decay).biases
    assert biases[0] == pytest.approx(start)
    assert biases[1] == pytest.approx(start - 0.15 * K * gradient.numpy())


def test_bad_settings_are_refused() -> None:
    with pytest.raises(InputValueError, match="num_classes"):
        bias_lab(num_classes=2)
    with pytest.raises(InputValueError, match="loss"):
        bias_lab(loss="mse")
    with pytest.raises(InputTypeError, match="decay"):
        bias_lab(decay="much")  # type: ignore[arg-type]
