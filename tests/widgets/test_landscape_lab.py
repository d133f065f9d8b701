from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from nccourse import losses, theory, ufm
from nccourse.errors import InputTypeError, InputValueError
from nccourse.widgets import Panel, landscape_lab
from nccourse.widgets.critical_points import CriticalPoint, critical_point

LOSSES = {"ce": {}, "label_smoothing": {"smoothing": 0.1}, "focal": {"focusing": 3.0}}


def numbers(text: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.\d+", text)]


def problem(loss: str, *, classes: int = 4, samples: int = 1, decay: float = 0.03) -> ufm.RegularizedUFM:
    return ufm.RegularizedUFM(classes, samples, classes + 1, loss, samples * decay, decay, 0.07)


def objective(point: CriticalPoint, x: torch.Tensor) -> torch.Tensor:
    """Return the objective at x by torch, with the losses of the course."""
    p = point.problem
    K, N, d = p.num_classes, p.num_classes * p.samples_per_class, p.dim
    W, H, b = x[: K * d].view(K, d), x[K * d : (K + N) * d].view(N, d), x[(K + N) * d :]
    mean = losses.get(p.loss)(H @ W.T - b, torch.from_numpy(p.labels), **LOSSES[p.loss])
    return mean + (p.lambda_W * (W**2).sum() + p.lambda_H * (H**2).sum() + p.lambda_b * (b**2).sum()) / 2


@pytest.fixture(scope="module")
def panel() -> Panel:
    return landscape_lab()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("alive", [0, 2, 3, 4])
@pytest.mark.parametrize("samples", [1, 3])
def test_every_named_point_is_critical_and_its_hessian_is_autograds(
    loss: str, alive: int, samples: int
) -> None:
    point = critical_point(problem(loss, samples=samples), alive)
    x = torch.from_numpy(point.x)
    assert point.objective == pytest.approx(objective(point, x).item(), abs=1e-12)
    gradient = torch.func.grad(lambda x: objective(point, x))(x)
    assert gradient.abs().max() < 1e-12
    assert np.linalg.norm(point.gradient) < 1e-12
    hessian = torch.autograd.functional.hessian(lambda x: objective(point, x), x)
    assert point.spectrum[0] == pytest.approx(torch.linalg.eigvalsh(hessian).numpy(), abs=1e-10)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("alive", [0, 2, 3, 4])
def test_a_new_dimension_has_the_closed_form_of_every_singular_value(loss: str, alive: int) -> None:
    point = critical_point(problem(loss), alive)
    for slope in point.slopes:
        for sign in (-1, 1):
            assert np.abs(point.spectrum[0] - (0.03 + sign * slope)).min() < 1e-10


@pytest.mark.parametrize("loss", LOSSES)
def test_the_point_of_all_classes_is_the_closed_form_of_neural_collapse(loss: str) -> None:
    point = critical_point(problem(loss), 4)
    best = theory.regularized.minimizer(loss, 4, 1, 0.03, 0.03, 0.07, **LOSSES[loss])
    assert point.objective == pytest.approx(best.objective, abs=1e-12)
    assert np.linalg.norm(point.state.W, axis=1) == pytest.approx([best.weight_norm] * 4)
    assert point.slopes[0] == pytest.approx(0.03, abs=1e-10)


def test_lemma_7_is_refuted_by_the_pair_of_three_classes() -> None:
    point = critical_point(ufm.RegularizedUFM(3, 1, 4, "ce", 0.05, 0.05, 0.1), 2)
    assert point.state.b == pytest.approx([0.2889, 0.2889, -0.5778], abs=1e-4)


def test_levels_count_every_direction_once_and_directions_are_eigenvectors() -> None:
    point = critical_point(problem("ce"), 2)
    values, vectors = point.spectrum
    hessian = vectors * values @ vectors.T
    assert sum(times for _, times in point.levels) == len(point.x)
    for level, (value, _) in enumerate(point.levels):
        direction = point.direction(level)
        assert np.linalg.norm(direction) == pytest.approx(1.0)
        assert hessian @ direction == pytest.approx(value * direction, abs=1e-7)
        step = np.array([1e-3])
        rise = (point.values(direction, step) + point.values(direction, -step))[0] / 2 - point.objective
        assert rise / step[0] ** 2 * 2 == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize("alive", [-1, 1, 5])
def test_a_number_of_living_classes_without_a_point_is_refused(alive: int) -> None:
    with pytest.raises(InputValueError, match="alive"):
        critical_point(problem("ce"), alive)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("point", ["zero", "pair", "one dead", "all"])
def test_the_readout_sets_the_lowest_eigenvalue_beside_its_closed_form(
    panel: Panel, loss: str, point: str
) -> None:
    panel.set(loss=loss, point=point, num_classes=5, decay=2.0**-5, level=1)
    shown = panel.readout["Lowest eigenvalue"]
    assert len(set(numbers(shown))) <= 1
    assert ("strict saddle" in panel.readout["Certificate"]) == bool(numbers(shown))
    down = int(panel.readout["Directions"].split()[0])
    assert (down > 0) == (point != "all")


def test_at_zero_a_count_of_directions_and_the_slope_are_the_closed_forms(panel: Panel) -> None:
    panel.set(loss="ce", point="zero", num_classes=6, decay=2.0**-6, level=1)
    lowest, form = numbers(panel.readout["Lowest eigenvalue"])
    assert lowest == form == pytest.approx(2.0**-6 - 1 / 6, abs=1e-6)
    assert panel.readout["Directions"].startswith("35 down, 0 flat")  # (K-1) d


def test_too_much_decay_kills_the_living_and_zero_is_the_minimum(panel: Panel) -> None:
    panel.set(loss="ce", point="pair", num_classes=3, decay=0.5, level=1)
    assert panel.readout["Alive"].startswith("no class")
    assert "nothing lies lower" in panel.readout["Certificate"]


def test_focal_loss_gets_no_global_certificate(panel: Panel) -> None:
    panel.set(loss="focal", point="all", num_classes=3, decay=2.0**-4, level=1)
    assert "proves nothing global" in panel.readout["Certificate"]


@pytest.mark.parametrize("name", ["level", "decay", "num_classes"])
@pytest.mark.parametrize("end", ["min", "max"])
@pytest.mark.parametrize("point", ["zero", "pair", "one dead", "all"])
def test_every_control_draws_from_end_to_end(panel: Panel, name: str, end: str, point: str) -> None:
    slider = panel.controls[name]
    value = getattr(slider, end)
    panel.set(point=point, **{name: slider.base**value if name == "decay" else value})
    assert panel.problem is None
    assert panel.readout


def test_bad_input_is_explained() -> None:
    with pytest.raises(InputValueError, match="num_classes"):
        landscape_lab(2)
    with pytest.raises(InputTypeError, match="num_classes"):
        landscape_lab(3.5)  # type: ignore[arg-type]
    with pytest.raises(InputValueError, match="loss"):
        landscape_lab(loss="mse")
    with pytest.raises(InputValueError, match="point"):
        landscape_lab(point="top")
