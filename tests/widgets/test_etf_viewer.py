from __future__ import annotations

import re

import pytest

from nccourse.widgets import Panel, etf_viewer
from nccourse.widgets.etf_viewer import MOST_CLASSES, _axes


def number(text: str) -> float:
    match = re.search(r"-?\d+\.\d+", text)
    assert match
    return float(match[0])


@pytest.fixture(scope="module")
def panel() -> Panel:
    return etf_viewer()


@pytest.mark.parametrize("num_classes", range(2, MOST_CLASSES + 1))
def test_the_undisturbed_frame_reaches_the_bound(panel: Panel, num_classes: int) -> None:
    panel.set(num_classes=num_classes, noise=0.0)
    assert number(panel.readout["Largest cosine"]) == pytest.approx(-1 / (num_classes - 1), abs=1e-4)
    assert number(panel.readout["Smallest cosine"]) == pytest.approx(-1 / (num_classes - 1), abs=1e-4)
    assert number(panel.readout["Distance from an ETF"]) == 0


@pytest.mark.parametrize("num_classes", range(3, MOST_CLASSES + 1))
@pytest.mark.parametrize("noise", [0.1, 0.5, 1.0])
def test_no_disturbance_betters_it(panel: Panel, num_classes: int, noise: float) -> None:
    panel.set(num_classes=num_classes, noise=noise)
    assert number(panel.readout["Largest cosine"]) > -1 / (num_classes - 1)


@pytest.mark.parametrize("name", ["num_classes", "noise", "azimuth", "elevation", "hidden"])
@pytest.mark.parametrize("place", ["min", "mid", "max"])
@pytest.mark.parametrize("num_classes", [2, 4, 12])
def test_every_control_draws_from_end_to_end(panel: Panel, name: str, place: str, num_classes: int) -> None:
    slider = panel.controls[name]
    middle = type(slider.value)((slider.min + slider.max) / 2)
    place_of = {"min": slider.min, "mid": middle, "max": slider.max}
    panel.set(**{"num_classes": num_classes, name: place_of[place]})
    assert panel.problem is None


def test_it_starts_with_the_number_of_vectors_asked_for() -> None:
    assert etf_viewer(7).readout["Vectors"].startswith("7 ")


@pytest.mark.parametrize("num_classes", range(2, MOST_CLASSES + 1))
@pytest.mark.parametrize("degrees", [0.0, 30.0, 90.0])
def test_what_is_seen_is_a_projection(num_classes: int, degrees: float) -> None:
    axes = _axes(num_classes, degrees)
    rank = min(3, num_classes - 1)
    assert abs(axes.T @ axes - [[float(i == j < rank) for j in range(3)] for i in range(3)]).max() < 1e-12
