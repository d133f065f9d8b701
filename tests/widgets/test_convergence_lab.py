from __future__ import annotations

import itertools
import math
import re
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import normalized
from nccourse.widgets import Panel, convergence_lab
from nccourse.widgets.races import _RACED, CRITERION, SCALES, STEP_SIZE, Race, races, theory_steps


@pytest.fixture(scope="module")
def panel() -> Panel:
    return convergence_lab()


@pytest.mark.parametrize(("scale", "num_classes"), list(itertools.product([0.125, 1.0, 8.0], [3, 5])))
def test_every_control_draws_at_both_ends_and_the_middle(
    panel: Panel, scale: float, num_classes: int
) -> None:
    panel.set(scale=scale, num_classes=num_classes)
    assert panel.problem is None
    assert f"γ₁ = {scale:g}, γ₂ = 0.5, K = {num_classes}" in panel.readout["Setting"]


@pytest.mark.parametrize("loss", ["ce", "bce"])
@pytest.mark.parametrize("scale", [0.25, 0.5, 4.0])
def test_the_tail_of_descent_has_the_rate_of_theory(panel: Panel, loss: str, scale: float) -> None:
    panel.set(scale=scale, num_classes=5)
    theory, measured = re.findall(
        r"(?:theory|measured) ([\d.e-]+)", panel.readout[f"γ₁: {loss.upper()} rate"]
    )
    assert float(theory) == pytest.approx(normalized.local_rate(5, 1, scale, loss), rel=1e-3)
    assert float(measured) == pytest.approx(float(theory), rel=0.01)


@pytest.mark.parametrize("loss", ["ce", "bce"])
def test_steps_grow_with_the_square_of_a_small_scale(loss: str) -> None:
    runs = races(5)
    quarter, half = (int(np.flatnonzero(scale == SCALES)[0]) for scale in (0.25, 0.5))
    growth = runs[loss, quarter].steps_to_criterion / runs[loss, half].steps_to_criterion
    assert growth == pytest.approx(4, rel=0.1)


def test_three_classes_slow_down_linearly() -> None:
    steps = theory_steps(3, "ce")
    assert steps[0] / steps[4] == pytest.approx(2, rel=0.1)


def test_bce_wins_far_up_and_the_read_out_says_when_one_does_not_arrive(panel: Panel) -> None:
    panel.set(scale=4.0, num_classes=5)
    assert panel.readout["γ₁: faster"].startswith("BCE, in ")
    panel.set(scale=8.0)
    assert panel.readout["γ₁: faster"] == "BCE; CE does not meet the criterion"
    assert "not within" in panel.readout["γ₁: CE steps"]
    panel.set(scale=0.125)
    assert panel.readout["γ₁: faster"] == "neither meets the criterion"


def test_the_marks_are_the_scales_visited() -> None:
    panel: Any = convergence_lab(5, 1.0, 0.5)
    for scale in (2.0, 4.0, 2.0):
        panel.set(scale=scale)
    panel.set(other_scale=0.25)
    assert panel._steps._marks["bce"].get_xdata().tolist() == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_both_scales_race_from_the_same_start_each_on_its_own_axes() -> None:
    panel: Any = convergence_lab(5, 1.0, 4.0)
    first, second = (panel._courses[name]._lines for name in ("scale", "other_scale"))
    starts = [line.get_ydata()[0] for lines in (first, second) for line in lines.values()]
    assert starts == pytest.approx([starts[0]] * 4)
    before = first["ce"].get_ydata()
    panel.set(other_scale=0.5)
    assert np.array_equal(first["ce"].get_ydata(), before)
    assert panel.readout["γ₂: faster"] != panel.readout["γ₁: faster"]
    panel.set(scale=0.5)
    assert panel.readout["γ₂: CE steps"] == panel.readout["γ₁: CE steps"]


def test_a_sentence_fills_the_wait_for_new_races(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = convergence_lab(3)
    monkeypatch.setattr("nccourse.widgets.races._RACED", dict(_RACED))
    monkeypatch.delitem(import_module("nccourse.widgets.races")._RACED, 3)
    texts: list[str] = []
    panel._text.observe(lambda change: texts.append(change.new), "value")
    panel.set(scale=0.5)
    assert "running the 50 races for K = 3" in texts[0]
    assert "One moment" not in texts[-1]
    texts.clear()
    panel.set(scale=1.0)
    assert len(texts) == 1


def test_steps_are_interpolated_where_the_criterion_is_crossed() -> None:
    step = np.array([0.0, 10.0, 20.0])
    race = Race(step, CRITERION * 10.0 ** np.array([2, 1, -1]), rate=0.1, mode="in:std0")
    assert race.steps_to_criterion == pytest.approx(15)
    assert Race(step[:2], race.deviation[:2], 0.1, "in:std0").steps_to_criterion == math.inf


def test_the_line_of_theory_meets_the_last_record() -> None:
    race = races(5)["ce", 8]
    ahead = race.line(race.step[-1] + np.arange(2.0))
    assert ahead[0] == pytest.approx(race.deviation[-1])
    assert ahead[1] / ahead[0] == pytest.approx(1 - STEP_SIZE * race.rate)


def test_it_starts_where_asked_and_resets_there() -> None:
    panel = convergence_lab(3, 0.5)
    panel.set(scale=4.0, num_classes=5)
    panel._reset.click()
    assert panel.values == {"scale": 0.5, "other_scale": 0.5, "num_classes": 3}


CASES: list[tuple[dict[str, Any], str, type[NCCourseError], str]] = [
    ({"num_classes": 2}, "num_classes", InputValueError, "2"),
    ({"num_classes": 7}, "num_classes", InputValueError, "7"),
    ({"num_classes": 3.0}, "num_classes", InputTypeError, "3.0"),
    ({"scale": 0.1}, "scale", InputValueError, "0.1"),
    ({"scale": 9}, "scale", InputValueError, "9"),
    ({"scale": float("nan")}, "scale", InputValueError, "nan"),
    ({"other_scale": 16.0}, "other_scale", InputValueError, "16"),
    ({"scale": "1"}, "scale", InputTypeError, "'1'"),
]


@pytest.mark.parametrize(("arguments", "what", "kind", "got"), CASES)
def test_bad_input_is_explained(
    arguments: dict[str, Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    with pytest.raises(kind) as caught:
        convergence_lab(**arguments)
    assert caught.value.what == what
    assert got in caught.value.got
