from __future__ import annotations

import re

import pytest

from nccourse.theory import imbalanced
from nccourse.widgets import Panel, imbalance_lab
from nccourse.widgets.imbalance_lab import long_tail, two_groups


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return imbalance_lab()


@pytest.mark.parametrize("shape", [two_groups, long_tail])
@pytest.mark.parametrize("ratio", [1.0, 8.0, 512.0])
def test_the_readout_is_the_theory(panel: Panel, shape, ratio: float) -> None:
    panel.set(num_classes=6, ratio=ratio, decay=2.0**-11, shape=shape)
    theory = imbalanced.minimizer(shape(6, ratio), 2.0**-11, 2.0**-11)
    shown = panel.readout
    assert numbers(shown["Margins"]) == pytest.approx([theory.margins[0], theory.margins[-1]], abs=1e-4)
    norms = [theory.weight_norms[0], theory.weight_norms[-1]]
    assert numbers(shown["Weights"]) == pytest.approx(norms, abs=1e-4)
    assert shown["Collapsed"].startswith(f"{theory.collapsed.sum()} of 6")


def test_equal_classes_form_a_simplex_etf(panel: Panel) -> None:
    panel.set(num_classes=10, ratio=1.0, decay=2.0**-11, shape=two_groups)
    for which in ("large", "small"):
        (cosine,) = numbers(panel.readout[f"Cosine of two {which} classes"])
        assert cosine == pytest.approx(-1 / 9, abs=1e-4)


def test_small_classes_collapse_before_large_ones(panel: Panel) -> None:
    panel.set(num_classes=10, ratio=512.0, decay=2.0**-9, shape=two_groups)
    assert panel.readout["Collapsed"].startswith("5 of 10")
    assert numbers(panel.readout["Cosine of two small classes"]) == [1.0]


def test_complete_collapse_says_that_there_is_no_angle(panel: Panel) -> None:
    panel.set(num_classes=10, ratio=8.0, decay=2.0**-5, shape=long_tail)
    assert "zero" in panel.readout["Cosine of two large classes"]
    assert panel.problem is None


@pytest.mark.parametrize("name", ["ratio", "num_classes", "decay"])
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize("shape", [two_groups, long_tail])
def test_every_control_draws_from_end_to_end(panel: Panel, name: str, end: str, shape) -> None:
    slider = panel.controls[name]
    value = getattr(slider, end)
    panel.set(shape=shape, **{name: value if name == "num_classes" else slider.base**value})
    assert panel.problem is None


@pytest.mark.parametrize("shape", [two_groups, long_tail])
def test_counts_fall_from_five_hundred_by_the_ratio(shape) -> None:
    counts = shape(7, 10.0)
    assert counts[0] == 500
    assert counts[-1] == 50
    assert counts == sorted(counts, reverse=True)
