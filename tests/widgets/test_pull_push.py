from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
import torch

from nccourse import losses
from nccourse.errors import InputTypeError, InputValueError
from nccourse.theory import fixed_etf
from nccourse.widgets import Panel, pull_push
from nccourse.widgets.pull_push import FRAME


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


@pytest.fixture(scope="module")
def panel() -> Panel:
    return pull_push()


def place(angle: float, length: float) -> np.ndarray:
    return length * np.array([math.sin(math.radians(angle)), math.cos(math.radians(angle))])


@pytest.mark.parametrize(
    ("angle", "length", "scale"), [(115, 1, 4), (-60, 0.5, 2), (170, 0.9, 8), (20, 1, 1)]
)
def test_the_readout_is_the_theory(panel: Panel, angle: float, length: float, scale: float) -> None:
    panel.set(angle=angle, length=length, scale=scale, step=1.0)
    root = math.sqrt(scale)
    pull, push = fixed_etf.pull_push(root * place(angle, length)[None], [0], root * FRAME)
    shown = panel.readout
    assert numbers(shown["CE pull"])[0] == pytest.approx(np.linalg.norm(pull) / root, abs=1e-4)
    assert numbers(shown["CE push"])[0] == pytest.approx(np.linalg.norm(push) / root, abs=1e-4)
    total = (pull + push)[0] / root
    turned = math.degrees(math.acos(total @ FRAME[0] / np.linalg.norm(total)))
    size, off = numbers(shown["CE together"])[0], numbers(shown["CE together"].split(",")[1])[0]
    assert (size, off) == pytest.approx((np.linalg.norm(total), turned), abs=0.051)


@pytest.mark.parametrize("length", [0.3, 1.0])
def test_both_forces_are_the_gradients_of_the_losses(panel: Panel, length: float) -> None:
    panel.set(angle=75.0, length=length, scale=4.0, step=1.0)
    feature = torch.tensor(2 * place(75, length)[None], requires_grad=True)
    W, own = torch.tensor(2 * FRAME), torch.tensor([0])
    for loss, name in (
        (losses.cross_entropy(feature @ W.T, own), "CE together"),
        (losses.dot_regression(feature, own, W, feature_norm=2.0), "DR pull"),
    ):
        (gradient,) = torch.autograd.grad(loss, feature)
        assert numbers(panel.readout[name])[0] == pytest.approx(gradient.norm().item() / 2, abs=1e-4)


def test_a_step_from_a_wrong_weight_ends_on_the_optimum_for_ce_alone(panel: Panel) -> None:
    panel.set(angle=120.0, length=1.0, scale=32.0, step=1.0)
    assert panel.readout["A step of CE"] == "120.0° to 0.0°: nearer to w0"
    before, after = numbers(panel.readout["A step of DR"].split(":")[0])
    assert math.tan(math.radians(after)) == pytest.approx(math.sin(math.radians(before)), abs=2e-3)


def test_a_small_step_of_ce_can_lead_away(panel: Panel) -> None:
    panel.set(angle=170.0, length=1.0, scale=16.0, step=2.0**-6)
    assert panel.readout["A step of CE"].endswith("further from w0")
    assert panel.readout["A step of DR"].endswith("nearer to w0")


def test_an_angle_that_does_not_exist_says_so(panel: Panel) -> None:
    panel.set(length=0.0)
    assert "no angle" in panel.readout["A step of CE"]
    assert panel.problem is None


def test_every_corner_of_the_controls_draws(panel: Panel) -> None:
    for angle, length, scale, step in itertools.product(
        (-180.0, 0.0, 180.0), (0.0, 0.5, 1.0), (2.0**-2, 2.0**5), (2.0**-6, 1.0, 2.0**6)
    ):
        panel.set(angle=angle, length=length, scale=scale, step=step)
        assert panel.problem is None
        assert not any("nan" in text for text in panel.readout.values())


@pytest.mark.parametrize(
    ("arguments", "what", "kind"),
    [
        ({"angle": 200}, "angle", InputValueError),
        ({"length": 1.5}, "length", InputValueError),
        ({"scale": 0.1}, "scale", InputValueError),
        ({"scale": "big"}, "scale", InputTypeError),
    ],
)
def test_bad_input_is_explained(arguments: dict[str, object], what: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        pull_push(**arguments)  # type: ignore[arg-type]
    assert caught.value.what == what  # type: ignore[attr-defined]
