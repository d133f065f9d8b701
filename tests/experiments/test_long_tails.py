"""Papers D's and E's experiments: class sizes, classifiers, alignment, own images, verdicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from nccourse import data, geometry
from nccourse.errors import MissingDataError
from nccourse.experiments import get
from nccourse.experiments.cell import Cell
from nccourse.experiments.definitions.class_mean_alignment import alignment
from nccourse.experiments.definitions.imbalanced_relu import METRICS, fall_tenfold, orthogonal
from nccourse.experiments.definitions.own_images import BALANCED, OwnImages, folder_of_digits
from nccourse.experiments.definitions.paper_e import class_sizes, ending
from nccourse.experiments.study import Options
from nccourse.training import TrainConfig


@pytest.mark.parametrize("tau", [0.005, 0.01, 0.02, 0.1, 1])
def test_class_sizes_are_those_of_a_long_tail(tau):
    labels = torch.arange(10).repeat_interleave(400)
    by_package = torch.bincount(labels[data.long_tailed(labels, 1 / tau)])
    assert class_sizes(400, tau, 10) == tuple(by_package.tolist())


def test_pairs_of_classifier_and_loss_are_the_papers():
    counts = (30, 10, 20)
    there = [(h, x) for h in ("learnable", "etf") for x in ("ce", "weighted_ce", "dot_regression")]
    pairs = [pair for pair in there if ending(*pair, counts) is not None]
    assert pairs == [
        ("learnable", "ce"),
        ("learnable", "weighted_ce"),
        ("etf", "ce"),
        ("etf", "dot_regression"),
    ]
    weights = ending("learnable", "weighted_ce", counts)["loss_options"]["class_weights"]
    assert np.multiply(weights, counts) == pytest.approx([20, 20, 20])
    assert len(get("E.table1").study.cells("gpu", [0])) == 4 * 2 * 5


def test_settings_at_gpu_are_the_papers():
    for name, epochs, rate in (("E.table1", 200, 0.1), ("E.table3", 90, 0.1), ("E.table4", 300, 0.04)):
        fields = dict(get(name).study.cells("gpu", [0])[0].setting)
        if fields["loss_options"].get("class_weights") == BALANCED:
            fields["loss_options"] = {}
        config = TrainConfig(**{**fields, "data": "cifar10"})
        assert (config.epochs, config.learning_rate) == (epochs, rate)
    relu = TrainConfig(**get("D.fig1").study.cells("gpu", [0])[0].setting)
    assert sum(relu.data_options["counts"]) == 3000
    assert relu.lambda_H == pytest.approx(0.03)
    assert relu.model_options["bias"] is False


def test_alignment_at_a_simplex_etf_is_collapse():
    W = geometry.simplex_etf(5, 7, norm=3.0, generator=torch.Generator().manual_seed(0))
    found = alignment(0.4 * W + 2.0, W, torch.full((5,), 10))
    wanted = {"means": -0.25, "means_sd": 0, "weights": -0.25, "weights_sd": 0, "own": 1, "distance": 0}
    assert found == pytest.approx(wanted, abs=1e-12)


def test_alignment_weighs_the_global_mean_by_class_sizes():
    means, counts = torch.eye(3, dtype=torch.float64), torch.tensor([8, 1, 1])
    centre = torch.tensor([0.8, 0.1, 0.1], dtype=torch.float64)
    own = torch.nn.functional.cosine_similarity(means - centre, means).mean()
    assert alignment(means, means, counts)["own"] == pytest.approx(float(own))


def test_a_folder_of_digits_is_read_back(tmp_path):
    path = folder_of_digits(tmp_path)
    train, test = data.load(str(path)), data.load(str(path), train=False)
    assert train.class_counts.tolist() == list(class_sizes(60, 0.1, 10))
    assert train.in_channels == 3
    assert train.image_size == (8, 8)
    assert test.class_counts.tolist() == [20] * 10


@pytest.mark.parametrize("options", [{}, {"weights": "resnet34-imagenet.pth"}])
def test_what_the_user_has_not_brought_is_explained(options, tmp_path, monkeypatch):
    monkeypatch.setenv("NCCOURSE_DATA", str(tmp_path))
    name = "digits" if options else "imagenet_lt"
    cell = Cell({}, {"data": name, "loss_options": {}, "model_options": options}, seed=0)
    wanted = r"torch\.save" if options else r"imagenet_lt-train\.npz.*load_folder"
    with pytest.raises(MissingDataError, match=wanted):
        OwnImages().run([cell], lambda *_: None, Options())


def test_the_larger_lead_must_be_early():
    rows = [(9, "ce", 0.5), (9, "dot_regression", 0.7), (18, "ce", 0.8), (18, "dot_regression", 0.9)]
    records = pd.DataFrame(rows, columns=["epochs", "loss", "test_accuracy"]).assign(data="mnist5k")
    assert get("E.table3").verdict(records).holds is True
    records.loc[1, "test_accuracy"] = 0.55
    assert get("E.table3").verdict(records).holds is False
    assert get("E.table3").verdict(records.assign(data="folder of digits")).holds is None


def test_dot_regression_must_beat_both_learnable_classifiers():
    rows = [("learnable", "ce", 0.7), ("learnable", "weighted_ce", 0.8), ("etf", "dot_regression", 0.9)]
    records = pd.DataFrame(rows, columns=["head", "loss", "test_accuracy"])
    records = records.assign(augmentation="none", tau=0.01, train_accuracy=1.0)
    assert get("E.table1").verdict(records).holds is True
    records.loc[2, "test_accuracy"] = 0.75
    assert get("E.table1").verdict(records).holds is False
    assert get("E.table1").verdict(records.assign(train_accuracy=0.3)).holds is None


def test_metrics_must_fall_tenfold_in_a_terminal_phase():
    falling = {"epoch": [0, 1], **{name: [1.0, 0.05] for name in METRICS.values()}}
    records = pd.DataFrame([{"network": "mlp", "train_accuracy": 1.0, "curves": falling}])
    assert fall_tenfold(records).holds is True
    assert fall_tenfold(records.assign(train_accuracy=0.9)).holds is None
    records.at[0, "curves"] = {**falling, "nc1": [1.0, 0.5]}
    assert fall_tenfold(records).holds is False


def test_class_means_must_be_orthogonal():
    for cosine, holds in ((0.05, True), (0.3, False)):
        records = pd.DataFrame({"cosines": [[[1, cosine], [cosine, 1]]]})
        assert orthogonal(records).holds is holds
