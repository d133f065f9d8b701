from __future__ import annotations

import base64
import io
import re
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from nccourse.errors import InputTypeError, InputValueError, NCCourseError
from nccourse.theory import normalized
from nccourse.widgets import NetworkLab, network_lab
from nccourse.widgets.network_lab import MOST_EPOCHS

PATIENCE = 60.0


@pytest.fixture(scope="module")
def made() -> NetworkLab:
    return network_lab(num_classes=3, scale=4.0, epochs=0)


@pytest.fixture
def lab(made: NetworkLab) -> Iterator[NetworkLab]:
    made.reset()
    assert made.problem is None
    yield made
    made.pause()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the network does not get on"
        time.sleep(0.01)


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("nccourse")]


def shown(text: str) -> tuple[float, float]:
    """Theory's value and the network's."""
    theory, network = re.findall(r"(?:theory|network)(?: b\*)? (-?[\d.]+)", text)
    return float(theory), float(network)


def test_it_trains_in_a_thread_and_shows_it(lab: NetworkLab) -> None:
    first = lab._image.value
    lab._run.click()
    assert threads() == ["nccourse-background"]
    assert lab._run.description == "Pause"
    until(lambda: len(lab.metrics) > 3 and lab._image.value != first)
    lab._run.click()
    assert threads() == []
    assert lab._run.description == "Start"
    assert lab.readout["Status"].startswith("at rest")


def test_scale_and_loss_change_midway(lab: NetworkLab) -> None:
    lab.start()
    until(lambda: len(lab.metrics) > 2)
    lab.controls["scale"].value = 8.0
    until(lambda: bool((lab.metrics.scale == 8.0).any()))
    lab.controls["loss"].value = "ce"
    until(lambda: bool((lab.metrics.trained_with == "ce").any()))
    lab.pause()
    metrics = lab.metrics
    assert metrics.scale.is_monotonic_increasing
    assert metrics.trained_with.iloc[0] == "bce"
    assert metrics.weight_norm.iloc[[0, -1]].tolist() == pytest.approx([4.0, 8.0])
    assert len(lab._curves._changes.get_segments()) >= 1
    assert "γ = 8" in lab.readout["Setting"]


def test_one_epoch_is_one_epoch(lab: NetworkLab) -> None:
    for expected in (1, 2):
        lab._epoch.click()
        lab.wait()
        assert lab.metrics.epoch.tolist() == list(range(expected + 1))
        assert not lab.training


def test_a_pause_within_an_epoch_measures_the_network_as_it_is(lab: NetworkLab) -> None:
    lab._network.step(lab._recipe)
    lab._ended(None)
    assert 0 < lab.metrics.epoch.iloc[-1] < 1
    head = lab.model.head
    assert lab.metrics.bias_mean.iloc[-1] == pytest.approx(float(head.b.detach().double().mean()))
    assert not lab.model.training
    lab.step_epoch()
    lab.wait()
    assert lab.metrics.epoch.iloc[-1] == 1


def test_stop_leaves_a_finished_run(lab: NetworkLab) -> None:
    lab.start()
    until(lambda: len(lab.metrics) > 1)
    lab._halt.click()
    assert threads() == []
    rows, status = len(lab.metrics), lab.readout["Status"]
    assert status == "stopped; Reset begins anew"
    lab.start()
    lab.step_epoch()
    assert not lab.training
    assert len(lab.metrics) == rows
    assert bool(torch.isfinite(lab.model(torch.rand(3, 1, 8, 8))).all())
    lab._reset.click()
    assert lab.metrics.epoch.tolist() == [0]
    lab._epoch.click()
    lab.wait()
    assert lab.metrics.epoch.tolist() == [0, 1]


def test_reset_while_it_trains_is_where_it_started(lab: NetworkLab) -> None:
    start, untrained = lab.values, lab._image.value
    lab.set(scale=16.0, azimuth=90.0)
    lab.start()
    until(lambda: len(lab.metrics) > 1)
    lab._reset.click()
    assert threads() == []
    assert lab.values == start
    assert lab._image.value == untrained


def test_equal_controls_give_equal_runs() -> None:
    first, second = (network_lab(num_classes=3, epochs=2).metrics for _ in range(2))
    columns = ["loss", "nc1", "nc2", "nc3"]
    assert first[columns].equals(second[columns])


@pytest.mark.parametrize(
    "changes",
    [
        {"num_classes": 2},
        {"num_classes": 6},
        {"num_classes": 10},
        {"data": "mnist5k"},
        {"scale": 0.25},
        {"scale": 32.0},
        {"loss": "ce"},
        {"learning_rate": 2.0**-9},
        {"learning_rate": 2.0},
        {"azimuth": -180.0, "elevation": -90.0},
        {"azimuth": 180.0, "elevation": 90.0},
    ],
)
def test_every_control_draws_and_trains_at_both_ends(lab: NetworkLab, changes: dict[str, Any]) -> None:
    lab.set(**changes)
    assert lab.problem is None
    lab.step_epoch()
    lab.wait()
    assert lab.problem is None
    assert lab.readout["Epoch"].startswith("1,")


def test_other_images_or_classes_begin_anew(lab: NetworkLab) -> None:
    lab.step_epoch()
    lab.wait()
    lab.controls["num_classes"].value = 5
    assert lab.metrics.epoch.tolist() == [0]
    assert "K = 5" in lab.readout["Setting"]
    assert len(lab._network.frame.bias) == 5


def test_the_trained_network_stands_on_the_theory() -> None:
    lab = network_lab(num_classes=3, scale=2.0, epochs=40)
    for name, expected in (("Positive score", 2.0), ("Negative score", -1.0)):
        theory, network = shown(lab.readout[name])
        assert theory == pytest.approx(expected)
        assert network == pytest.approx(expected, abs=0.05)
    theory, network = shown(lab.readout["Bias"])
    assert theory == pytest.approx(normalized.bce_bias(3, 2.0), abs=1e-4)
    assert network == pytest.approx(theory, abs=0.05)
    assert lab.metrics.nc1.iloc[-1] < 1e-2 * lab.metrics.nc1.iloc[0]


def test_the_theory_moves_with_the_controls_while_at_rest(lab: NetworkLab) -> None:
    cosine = lab._network.frame.positive.mean()
    lab.set(scale=8.0)
    theory, network = shown(lab.readout["Positive score"])
    assert theory == 8.0
    assert network == pytest.approx(8 * cosine, abs=1e-4)
    lab.set(loss="ce")
    assert "any value shared" in lab.readout["Bias"]
    assert lab.readout["Loss"].endswith("(BCE)")


def test_an_error_in_the_thread_is_explained(lab: NetworkLab, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        raise ZeroDivisionError("no batch")

    monkeypatch.setattr(lab._network, "step", fails)
    lab.start()
    lab.wait()
    assert "ZeroDivisionError: no batch" in lab.readout["Status"]
    assert lab._run.disabled
    assert threads() == []
    lab._reset.click()
    assert lab.readout["Status"].startswith("at rest")


def test_a_loss_that_is_not_finite_is_explained(lab: NetworkLab) -> None:
    with torch.no_grad():
        lab.model.head.b.fill_(torch.nan)
    lab.start()
    lab.wait()
    assert "learning rate: expected one at which the loss stays finite" in lab.readout["Status"]
    assert lab.metrics.loss.notna().all()


def test_what_cannot_begin_is_explained(lab: NetworkLab, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any) -> None:
        raise InputValueError("images", expected="a file", got="none")

    monkeypatch.setattr("nccourse.widgets.live_network._sets", missing)
    lab.controls["num_classes"].value = 7
    assert list(lab.readout.values()) == ["images: expected a file, got none"]
    lab.start()
    assert not lab.training
    monkeypatch.undo()
    lab.controls["num_classes"].value = 8
    assert lab.problem is None


def test_it_ends_by_itself(lab: NetworkLab, monkeypatch: pytest.MonkeyPatch) -> None:
    # The name in the package is the function's.
    monkeypatch.setattr(import_module("nccourse.widgets.network_lab"), "MOST_EPOCHS", 2)
    lab.start()
    lab.wait()
    assert lab.metrics.epoch.tolist() == [0, 1, 2]
    assert lab.readout["Status"] == "finished after 2 epochs"
    assert lab._run.disabled


def test_one_laboratory_trains_at_a_time(lab: NetworkLab) -> None:
    lab.start()
    other = network_lab(num_classes=3, epochs=0)
    assert not lab.training
    other.start()
    lab.start()
    assert (other.training, lab.training) == (False, True)


def test_only_what_is_at_rest_is_read_out_loud(lab: NetworkLab) -> None:
    assert 'aria-live="polite"' in lab._text.value
    lab.start()
    until(lambda: 'aria-live="off"' in lab._text.value)
    lab.pause()
    assert 'aria-live="polite"' in lab._text.value


def test_the_first_picture_is_of_a_trained_network_and_needs_no_kernel() -> None:
    data, metadata = network_lab(num_classes=3, epochs=3)._repr_mimebundle_()
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L"))
    assert picture.std() > 10
    assert "Epoch: 3," in metadata["image/png"]["alt"]


CASES: list[tuple[dict[str, Any], str, type[NCCourseError], str]] = [
    ({"data": "cifar"}, "data", InputValueError, "'cifar'"),
    ({"num_classes": 11}, "num_classes", InputValueError, "11"),
    ({"num_classes": "3"}, "num_classes", InputTypeError, "'3'"),
    ({"loss": "mse"}, "loss", InputValueError, "'mse'"),
    ({"scale": 64.0}, "scale", InputValueError, "64"),
    ({"epochs": -1}, "epochs", InputValueError, "-1"),
    ({"epochs": MOST_EPOCHS + 1}, "epochs", InputValueError, "501"),
]


@pytest.mark.parametrize(("arguments", "what", "kind", "got"), CASES)
def test_bad_input_is_explained(
    arguments: dict[str, Any], what: str, kind: type[NCCourseError], got: str
) -> None:
    with pytest.raises(kind) as caught:
        network_lab(**arguments)
    assert caught.value.what == what
    assert got in caught.value.got
