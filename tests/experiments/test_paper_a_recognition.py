"""What paper A's experiments on long tails, open sets and collapse record, and how they judge it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import torch

from nccourse import metrics
from nccourse.data import DeviceBatches, load_open_set
from nccourse.experiments import get, paper_table
from nccourse.experiments.definitions import open_set_scores
from nccourse.experiments.definitions.loss_gaps import bce_is_higher, loss_gaps
from nccourse.training import TrainConfig, train

from .conftest import shortened


def gaps(means, errors):
    return pd.DataFrame({"mean": means, "error": errors})


@pytest.mark.parametrize(
    ("means", "errors", "holds"),
    [
        ([0.02, 0.01], [0.001, 0.02], True),
        ([0.02, -0.01], [0.001, 0.02], None),
        ([0.02, -0.01], [0.001, 0.001], False),
        ([0.02, 0.01], [0.05, 0.05], None),
    ],
)
def test_bce_is_higher_only_where_the_error_allows(means, errors, holds):
    assert bce_is_higher(gaps(means, errors), "accuracy").holds is holds


def test_gaps_pair_the_runs_of_a_seed():
    runs = pd.DataFrame(
        {
            "loss": ["ce", "ce", "bce", "bce"],
            "seed": [0, 1, 1, 0],
            "ratio": [10] * 4,
            "accuracy": [0.5, 0.7, 0.8, 0.6],
        }
    )
    found = loss_gaps(runs, "accuracy", ["ratio"], ["seed"]).loc[10]
    assert found["mean"] == pytest.approx(0.1)
    assert found["error"] == pytest.approx(0.0, abs=1e-12)


def trained(**options):
    config = TrainConfig(
        data="digits",
        data_options={"known": 6, "seed": 3},
        head="cosine",
        scale=32.0,
        epochs=3,
        device="cpu",
        model_options={"widths": [16], **options},
        loss="bce",
    )
    return train(config, progress=False)


def test_an_open_set_is_scored_by_the_largest_logit_of_images_it_never_saw():
    result = trained(bias_mean=5.0)
    trial = load_open_set("mnist", trial=3, data="digits")
    scores = []
    for part in (trial.test, trial.unknown):
        batches = DeviceBatches(part, 4096, mean=trial.train.mean, std=trial.train.std)
        ((images, labels),) = batches.in_order()
        with torch.no_grad():
            scores.append((result.model(images), labels))
    (known, labels), (unknown, _) = scores
    best, predicted = known.max(dim=1)
    measured = open_set_scores.measure(result)
    others = unknown.max(dim=1).values
    assert measured["auroc"] == pytest.approx(metrics.auroc(best, others), abs=1e-4)
    assert measured["oscr"] == pytest.approx(metrics.oscr(best, predicted == labels, others), abs=1e-4)
    assert measured["oscr"] <= min(measured["auroc"], measured["test_accuracy"])
    assert measured["unknown_cosine"] < measured["known_cosine"] <= 1


def test_a_common_bias_changes_no_order():
    known, unknown, labels = torch.randn(40, 6), torch.randn(30, 6), torch.randint(6, (40,))
    plain, moved = (open_set_scores.tells(known - b, unknown - b, labels) for b in (0.0, 5.0))
    assert moved == pytest.approx(plain)


def test_unknown_classes_of_cifar_50_come_from_cifar100(monkeypatch):
    asked = []
    monkeypatch.setattr(open_set_scores, "load", lambda name, train=True: asked.append((name, train)))
    monkeypatch.setattr(open_set_scores, "open_set", lambda *sets, **options: options)
    options = open_set_scores._trial.__wrapped__("cifar10", 4, 2)
    assert asked == [("cifar10", True), ("cifar10", False), ("cifar100", False)]
    assert (options["unknown"], options["seed"]) == (50, 2)


def test_table_3_is_table_10s_row_of_mean_5():
    rows = paper_table("A.table10")
    rows = rows[rows.bias == open_set_scores.TOLD].set_index(["split", "loss"])
    table = paper_table("A.table3").set_index(["split", "loss"])
    for quantity in ("auroc", "oscr"):
        assert ((rows[quantity] - table[quantity]).abs() <= 0.0501).all()


def test_without_bias_there_is_none(tmp_path):
    study = shortened(get("A.table10").study)
    records = get("A.table10")
    result = replace(records, study=study).run("ci", results=tmp_path).records
    without = result[result.bias == "none"]
    assert (without.bias_mean == 0).all()
    assert (without.bias_sd == 0).all()
    ten = result[(result.bias == "10") & (result.loss == "ce")]
    assert (ten.bias_mean - 10).abs().max() < 0.1


@pytest.mark.parametrize(
    ("without", "with_bias", "holds"), [(-0.05, 0.02, True), (0.05, 0.02, False), (-0.05, -0.02, False)]
)
def test_what_the_bias_is_needed_for(without, with_bias, holds):
    rows = [
        {
            "bias": bias,
            "split": "mnist",
            "trial": 0,
            "seed": 0,
            "loss": loss,
            "auroc": 0.9 + (loss == "bce") * gap,
            "oscr": 0.8,
        }
        for bias, gap in {"none": without, "0": with_bias, "5": with_bias, "10": with_bias}.items()
        for loss in ("ce", "bce")
    ]
    assert open_set_scores.needs_bias(pd.DataFrame(rows)).holds is holds


def collapse_records(nc2_of_bce, data="mnist", accuracy=1.0):
    curve = {"epoch": [0, 1, 2, 3, 4]}
    rows = []
    for loss, start, end in (("ce", 1.0, 0.1), ("bce", 0.5, nc2_of_bce)):
        values = {"nc1": 0.1, "nc2": end, "nc3": 0.1, "train_accuracy": accuracy}
        named = {name: [2.0, start, 0.3, 0.2, 0.1] for name in ("nc1", "nc2", "nc3")}
        for optimizer in ("sgd", "adamw"):
            where = {"network": "cnn", "data": data, "optimizer": optimizer, "loss": loss, "seed": 0}
            rows.append({**where, **values, "curves": {**curve, **named}})
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("nc2", "accuracy", "holds"), [(0.1, 1.0, True), (0.9, 1.0, False), (0.1, 0.9, None)]
)
def test_collapse_needs_all_three_metrics(nc2, accuracy, holds):
    assert get("A.fig2").verdict(collapse_records(nc2, accuracy=accuracy)).holds is holds


def test_a_hundred_classes_need_a_hundred_classes():
    few, many = collapse_records(0.1), collapse_records(0.1, data="cifar100")
    assert get("A.fig4").verdict(few).holds is None
    assert get("A.fig4").verdict(many).holds is False
    many.loc[many.optimizer == "sgd", ["nc2", "nc3"]] = 0.5
    assert get("A.fig4").verdict(many).holds is True


@pytest.mark.parametrize(("gap", "holds"), [(0.01, True), (-0.005, True), (-0.03, False)])
def test_a_point_below_is_as_accurate(gap, holds):
    rows = [
        {"model": "mlp", "data": "digits", "optimizer": "sgd", "seed": seed, "loss": loss}
        | {"test_accuracy": 0.9 + (loss == "bce") * gap}
        for loss in ("ce", "bce")
        for seed in (0, 1)
    ]
    assert get("A.table9").verdict(pd.DataFrame(rows)).holds is holds


def test_a_stand_in_has_the_papers_number_beside_it_and_its_own_name():
    result = replace(get("A.table2"), study=shortened(get("A.table2").study)).run("ci")
    comparison = result.compare().set_index(["data", "loss", "ratio"])
    assert comparison.paper["digits", "bce", 50] == 88.75
