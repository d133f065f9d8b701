from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from nccourse.theory import normalized
from nccourse.widgets import Panel, gamma_explorer
from nccourse.widgets.gamma_readout import MODES
from nccourse.widgets.solved_scores import Setting, solve_scores


@pytest.fixture(scope="module")
def panel() -> Panel:
    return gamma_explorer()


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"(?:theory|bound|solved) (-?[\d.]+(?:e-?\d+)?)", text)]


CORNERS = list(itertools.product([2**-3.375, 2.5, 64.0], [2, 10, 20], ["ce", "bce"], [True, False]))


@pytest.mark.parametrize(("scale", "num_classes", "loss", "bias"), CORNERS)
def test_every_control_draws_at_both_ends_and_the_middle(
    panel: Panel, scale: float, num_classes: int, loss: str, bias: bool
) -> None:
    panel.set(scale=scale, num_classes=num_classes, loss=loss, bias=bias)
    assert panel.problem is None


@pytest.mark.parametrize("scale", [0.5, 2.0, 8.0, 20.0])
@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_the_solved_model_lands_on_the_theory(panel: Panel, scale: float, loss: str) -> None:
    panel.set(scale=scale, num_classes=10, loss=loss, bias=True)
    for name, expected in (("Positive score", scale), ("Negative score", -scale / 9)):
        theory, solved = numbers(panel.readout[name])
        assert theory == pytest.approx(expected, abs=1e-4)
        assert solved == pytest.approx(expected, abs=1e-3)
    bound, reached = numbers(panel.readout["Loss"])
    assert reached == pytest.approx(bound, rel=1e-3, abs=1e-9)


@pytest.mark.parametrize(
    ("num_classes", "scale"), [(3, 0.5), (3, 1.0), (10, 2.4), (10, 2.7), (20, 3.2), (20, 3.7)]
)
def test_the_light_of_separation_turns_on_at_the_theorys_scale(
    panel: Panel, num_classes: int, scale: float
) -> None:
    panel.set(scale=scale, num_classes=num_classes, loss="bce", bias=True)
    on = panel.readout["b separates"].startswith("● yes")
    assert on == (scale > normalized.separation_scale(num_classes))


@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_the_minimum_meets_both_critical_conditions(panel: Panel, loss: str) -> None:
    panel.set(scale=4.0, num_classes=6, loss=loss, bias=True)
    assert panel.readout["Condition I"].startswith("● yes")
    assert panel.readout["Condition II"].startswith("● yes")


@pytest.mark.parametrize("scale", [1.0, 4.0, 12.0])
def test_bce_without_a_bias_misses_the_etf_and_lands_on_its_own_theory(panel: Panel, scale: float) -> None:
    panel.set(scale=scale, num_classes=20, loss="bce", bias=False)
    theory, solved = numbers(panel.readout["Positive score"])
    assert solved == pytest.approx(theory, abs=1e-3)
    assert abs(solved - scale) > 0.1
    assert panel.readout["Bias"] == "fixed at 0"


def test_the_random_start_is_far_from_the_theory() -> None:
    solved = solve_scores(Setting(10, 8.0, "bce", True))
    assert np.ptp(solved.start_positive) > 1
    assert solved.start_positive.shape == solved.positive.shape
    assert solved.start_negative.shape == solved.negative.shape == (len(solved.positive), 9)


@pytest.mark.parametrize("start", [{"num_classes": 4}, {"scale": 0.7, "loss": "ce"}])
def test_it_starts_where_asked_and_resets_there(start: dict[str, Any]) -> None:
    panel = gamma_explorer(**start)
    assert {name: panel.values[name] for name in start} == pytest.approx(start)
    panel.set(scale=20.0, num_classes=9, loss="bce")
    panel._reset.click()
    assert {name: panel.values[name] for name in start} == pytest.approx(start)


@pytest.mark.parametrize(("loss", "bias"), [("ce", True), ("bce", True)])
def test_the_slowest_mode_is_named_with_its_curvature(panel: Panel, loss: str, bias: bool) -> None:
    panel.set(scale=3.0, num_classes=5, loss=loss, bias=bias)
    rate = normalized.local_rate(5, 5, 3.0, loss, bias=bias)
    assert f"{rate:.3e}" in panel.readout["Slowest mode"]


@pytest.mark.parametrize("num_classes", [2, 3, 4, 10])
@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("bias", [True, False])
def test_every_mode_has_words(num_classes: int, loss: str, bias: bool) -> None:
    modes = normalized.hessian_spectrum(num_classes, 5, 1.0, loss, bias=bias)
    moving = {mode.rstrip("0123456789") for mode, (value, _) in modes.items() if value > 0}
    assert moving <= MODES.keys()
