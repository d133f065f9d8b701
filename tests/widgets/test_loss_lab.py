from __future__ import annotations

import re

import numpy as np
import pytest

from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import contrastive, regularized
from nccourse.widgets import Panel, loss_lab

SETTINGS = {
    "ce": {},
    "label_smoothing": {"smoothing": 0.3},
    "focal": {"focusing": 2.0},
}


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return loss_lab()


@pytest.mark.parametrize("loss", SETTINGS)
@pytest.mark.parametrize("scaled_price", [0.01, 0.5, 1.5])
@pytest.mark.parametrize("num_classes", [2, 10, 100])
def test_the_readout_is_the_theory(panel: Panel, loss: str, scaled_price: float, num_classes: int) -> None:
    panel.set(loss=loss, num_classes=num_classes, scaled_price=scaled_price, **SETTINGS[loss])
    price = scaled_price / num_classes
    best = regularized.minimizer(loss, num_classes, 1, price, price, **SETTINGS[loss])
    gap = best.positive_score - best.negative_score
    assert numbers(panel.readout["t*"]) == pytest.approx([-(num_classes - 1) * gap, gap], abs=1e-4)
    at_zero = contrastive.phi(loss, num_classes, 0.0, **SETTINGS[loss])
    assert numbers(panel.readout["Objective"]) == pytest.approx([best.objective, at_zero], abs=1e-5)
    assert panel.readout["Collapse to zero"].startswith("yes" if best.trivial else "no")
    assert numbers(panel.readout["Own probability"])[1] == pytest.approx(1 / num_classes, abs=1e-4)


def test_the_line_touches_phi_from_below_at_the_star(panel: Panel) -> None:
    panel.set(loss="label_smoothing", num_classes=10, smoothing=0.2, scaled_price=0.4)
    curve, line, star = (
        next(artist for artist in panel.picture.figure.axes[0].lines if artist.get_label() == label)
        for label in ("label smoothing", "line at t*", "star at t*")
    )
    above = curve.get_ydata() - line.get_ydata()
    assert above.min() >= -1e-12
    assert curve.get_xdata()[np.argmin(above)] == pytest.approx(star.get_xdata()[0], abs=0.02)


def test_the_focal_loss_jumps_to_zero_past_the_tie(panel: Panel) -> None:
    panel.set(loss="focal", num_classes=100, focusing=3.0, scaled_price=1.17)
    assert panel.readout["Collapse to zero"].startswith("no")
    assert panel.readout["Minima of φ(t) + c|t|"].startswith("two")
    assert panel.readout["Theorem 1"].startswith("not proved")
    before = numbers(panel.readout["t*"])[1]
    panel.set(scaled_price=1.18)
    assert panel.readout["Collapse to zero"].startswith("yes")
    assert before > 2.0


def test_cross_entropy_never_has_two_minima_and_is_always_proved(panel: Panel) -> None:
    for scaled_price in (0.01, 0.99, 1.0, 1.5):
        panel.set(loss="ce", num_classes=30, scaled_price=scaled_price)
        assert panel.readout["Minima of φ(t) + c|t|"] == "one"
        assert panel.readout["Theorem 1"] == "proved here"
        assert panel.readout["Collapse to zero"].startswith("yes" if scaled_price >= 1 else "no")


@pytest.mark.parametrize("loss", SETTINGS)
@pytest.mark.parametrize("name", ["num_classes", "smoothing", "focusing", "scaled_price"])
@pytest.mark.parametrize("end", ["min", "max"])
def test_every_control_draws_from_end_to_end(panel: Panel, loss: str, name: str, end: str) -> None:
    panel.set(loss=loss, **{name: getattr(panel.controls[name], end)})
    assert panel.problem is None
    shown = [text.get_text() for text in panel.picture.figure.axes[1].texts]
    assert shown[2] == "0"
    assert shown[0].startswith("−")


def test_bad_input_is_explained() -> None:
    with pytest.raises(InputValueError, match="loss"):
        loss_lab("mse")
    with pytest.raises(InputValueError, match="num_classes"):
        loss_lab(num_classes=101)
    with pytest.raises(InputTypeError, match="num_classes"):
        loss_lab(num_classes=2.5)  # type: ignore[arg-type]
