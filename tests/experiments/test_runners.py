"""What runs cells: networks that are trained, unconstrained feature models that are solved."""

from __future__ import annotations

import math

import pytest

from nccourse import theory, ufm
from nccourse.data import load
from nccourse.experiments import networks
from nccourse.experiments.cell import Grid
from nccourse.experiments.models import Models
from nccourse.experiments.networks import Networks
from nccourse.experiments.study import Study
from nccourse.training import TrainConfig, train

SMALL = {"model_options": {"widths": [16]}, "epochs": 2, "device": "cpu", "data_options": {"per_class": 10}}


WITHOUT_NORM = {"widths": [16], "batch_norm": False}


def trained(base, axes=None, measure=networks.final_row):
    return Study("A.table5", Networks(measure), {"ci": Grid({**SMALL, **base}, axes or {})}).run("ci", [3])


def test_a_network_is_recorded_as_training_reports_it():
    (entry,) = trained({"loss": "bce"})
    config = TrainConfig(**SMALL, loss="bce", seed=3)
    assert TrainConfig.from_dict(entry["config"]) == config
    assert entry["data"] == {"name": "digits", "checksum": load("digits").checksum}
    assert entry["status"] == "completed"
    last = train(config, progress=False).metrics.iloc[-1]
    assert entry["metrics"]["epoch"] == 2
    assert entry["metrics"]["train_loss"] == pytest.approx(last.loss, rel=1e-4)
    assert entry["metrics"]["nc1"] == pytest.approx(last.nc1, rel=1e-4)
    assert not {"loss", "seconds", "learning_rate"} & set(entry["metrics"])


def test_curves_have_a_value_for_each_recorded_epoch():
    (entry,) = trained({"record": 1}, measure=networks.curves("nc1", "train_accuracy"))
    curves = entry["metrics"]["curves"]
    assert curves["epoch"] == [0, 1, 2]
    assert len(curves["nc1"]) == len(curves["train_accuracy"]) == 3


def test_a_diverged_network_says_so():
    (entry,) = trained({"learning_rate": 1e30, "batch_size": 10, "model_options": WITHOUT_NORM})
    assert entry["status"] == "diverged"
    assert entry["metrics"]["nc1"] is None


def test_ctrl_c_stops_the_study_with_the_cell_unrecorded(tmp_path):
    def interrupt(result):
        raise KeyboardInterrupt

    study = Study("A.table5", Networks(interrupt), {"ci": Grid(SMALL)})
    with pytest.raises(KeyboardInterrupt):
        study.run("ci", [0], results=tmp_path)
    assert study.recorded("ci", results=tmp_path) == []


def test_the_state_of_a_recorded_cell_is_deleted(tmp_path):
    kept = []

    def look(result):
        kept.extend(path.name for path in tmp_path.rglob("*.pt"))
        return networks.final_row(result)

    grid = Grid({**SMALL, "model": "cnn", "model_options": {}, "epochs": 1})
    Study("A.table5", Networks(look), {"gpu": grid}).run("gpu", [0], results=tmp_path)
    assert kept
    assert not list(tmp_path.rglob("*.pt"))
    assert len(list(tmp_path.rglob("*.json"))) == 1


def test_models_are_solved_to_the_closed_form():
    problem = {"num_classes": 4, "samples_per_class": 1, "dim": 4}

    def adapt(coordinates):
        return {"problem": {**problem, "scale": coordinates["scale"], "loss": "ce"}}

    runner = Models(ufm.NormalizedUFM, lambda solution: {"objective": solution.objective})
    study = Study("A.fig2", runner, {"ci": Grid({}, {"scale": (1.0, 4.0)}, adapt)})
    for entry in study.run("ci", [0]):
        minimum = theory.normalized.ce_minimum(4, entry["coordinates"]["scale"])
        assert math.isclose(entry["metrics"]["objective"], minimum, rel_tol=1e-5)
        assert entry["metrics"]["solver"] == "converged"
        assert entry["data"] == {}
